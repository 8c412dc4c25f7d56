"""Hidden faces cannot be detected or recognised."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage.data import lbp_frontal_face_cascade_filename
from skimage.feature import Cascade

from mien import Analyzer
from mien.assets import DETECTOR
from mien.drawing.hiding import FrameHider, HidingRule, boxes_to_hide, hide, hide_faces
from mien.errors import OptionError
from mien.results import Box, Detection
from mien.video.identity.identities import OTHER
from mien.video.watcher import Watched

_ALL = HidingRule("all")


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(threads=1)


@pytest.fixture(scope="module")
def hidden(analyzer: Analyzer, astronaut: np.ndarray) -> np.ndarray:
    return hide_faces(analyzer, _ALL, astronaut, analyzer.analyze(astronaut))


def _yunet(picture: np.ndarray) -> int:
    height, width = picture.shape[:2]
    detector = cv2.FaceDetectorYN.create(str(DETECTOR), "", (width, height), 0.3)
    found = detector.detect(np.ascontiguousarray(picture[:, :, ::-1]))[1]
    return 0 if found is None else len(found)


def _lbp(picture: np.ndarray) -> int:
    cascade = Cascade(lbp_frontal_face_cascade_filename())
    return len(cascade.detect_multi_scale(picture, 1.2, 1, (40, 40), (200, 200)))


@pytest.mark.parametrize("detect", [_yunet, _lbp])
def test_no_detector_finds_a_hidden_face(detect, analyzer, astronaut, hidden) -> None:
    (face,) = analyzer.detect(astronaut)
    x, y, right, bottom = (round(v) for v in face.box.xyxy)
    around = slice(max(0, y - 60), bottom + 60), slice(x - 60, right + 60)
    assert detect(astronaut[around]) > 0
    assert detect(hidden[around]) == 0


def test_no_embedding_matches_a_hidden_face(analyzer, astronaut, hidden) -> None:
    (face,) = analyzer.detect(astronaut)
    views = [
        analyzer.align(p, [Detection(face.box, face.landmarks)])[0] for p in (astronaut, hidden)
    ]
    seen, unseen = analyzer.predict(views).embedding
    assert float(seen @ unseen) < OTHER


def test_the_rest_of_the_picture_stays(astronaut: np.ndarray) -> None:
    changed = (hide(astronaut, [Box(200, 80, 60, 60), Box(500, -90, 40, 30)]) != astronaut).any(
        axis=2
    )
    rows, columns = np.nonzero(changed)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (62, 157, 182, 277)


def test_faces_that_are_certainly_older_are_shown(
    analyzer: Analyzer, astronaut: np.ndarray
) -> None:
    faces = analyzer.analyze(astronaut)
    assert boxes_to_hide(analyzer, HidingRule.parse("under-4"), astronaut, faces) == []
    assert len(boxes_to_hide(analyzer, HidingRule.parse("under 40"), astronaut, faces)) == 3
    assert boxes_to_hide(analyzer, HidingRule.parse("all"), astronaut, [])  # undescribed


def test_unsure_hides_undetermined_labels(astronaut: np.ndarray) -> None:
    for certainty, hides in ((None, False), (1.0, True)):
        (face,) = Analyzer(threads=1, certainty=certainty).analyze(astronaut)
        assert HidingRule.parse("unsure").hides(face) == hides


@pytest.mark.parametrize(
    ("frame", "width", "face"), [(False, 3600, 17), (True, 3840, 20)], ids=["picture", "frame"]
)
def test_faces_that_are_not_described_are_hidden(
    astronaut: np.ndarray, frame: bool, width: int, face: int
) -> None:
    analyzer = Analyzer(threads=1, max_faces=1)
    scene = np.full((600, width, 3), 120, np.uint8)
    scene[:512, :512] = astronaut
    side = round(face / 90 * 512)  # the astronaut's face has 90 of 512 pixels
    small = cv2.resize(astronaut, (side, side), interpolation=cv2.INTER_AREA)
    for left in range(600, 1500, 180):
        scene[400 : 400 + side, left : left + side] = small
    detector = analyzer.detector
    assert [face.box.width < 30 for face in detector.detect(scene)] == [False, *[True] * 5]
    faces = analyzer.analyze(scene)
    if frame:
        hider = FrameHider(analyzer, _ALL)
        assert not list(hider.add(Watched(scene, 0.0, [])))
        hidden = next(hider.rest()).frame
    else:
        hidden = hide_faces(analyzer, _ALL, scene, faces)
    assert not detector.detect(hidden)


@pytest.mark.parametrize("text", ["", "none", "under", "under 200", "over 18"])
def test_another_rule_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="choose all, unsure or an age"):
        HidingRule.parse(text)


def test_a_face_is_hidden_before_and_after_it_is_detected(
    analyzer: Analyzer, astronaut: np.ndarray
) -> None:
    missed = np.repeat(np.arange(512, dtype=np.uint8)[:, None, None] // 2, 512, axis=1).repeat(3, 2)
    assert analyzer.detector.detect(missed, 0.3, 1280) == []
    hider = FrameHider(analyzer, _ALL)
    frames = [Watched(f, t, []) for f, t in ((missed, 0.0), (astronaut, 0.4), (missed, 0.8))]
    frames.append(Watched(missed, 1.0, []))
    ready = [shown for frame in frames for shown in hider.add(frame)]
    assert [shown.time for shown in ready] == [0.0, 0.4]
    ready += hider.rest()
    changed = [bool((r.frame != f.frame).any()) for r, f in zip(ready, frames, strict=True)]
    assert changed == [True, True, True, False]
