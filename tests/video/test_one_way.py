"""Pictures, frames, explanations and evaluations have the same estimates, for all settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from models import with_head
from PIL import Image

from mien.analyzer import Analyzer
from mien.datasets.records import Record
from mien.errors import PictureFormatError, PictureTooLargeError
from mien.evaluation.predict import predict
from mien.explanation import explain
from mien.faces import YuNet
from mien.faces.boxes import corners, overlaps
from mien.images import Picture, read_picture
from mien.results import (
    UNDETERMINED,
    AgeEstimate,
    Detection,
    Face,
    LabelEstimate,
    TrackedFace,
)
from mien.video import PeopleFinder

_FRAMES = 10  # several frames, for each predicts a few faces only
_NOISE = 0.03  # maximum difference of scores at the resolutions of a video and of a picture

_Found = Detection | Face | TrackedFace

SETTINGS: dict[str, dict[str, Any]] = {
    "none": {},
    "few detections": {"min_score": 0.9},
    "no detections": {"min_score": 0.99},
    "all detections": {"min_score": 0.3},
    "one face": {"max_faces": 1},
    "two faces": {"max_faces": 2},
    "more faces than there are": {"max_faces": 20},
    "always decided": {"certainty": None},
    "mostly decided": {"certainty": 0.9},
    "seldom decided": {"certainty": 0.999},
    "another model": {"model": "open"},
}


class Bare:
    """A detector without landmarks, whose scores are half of those of mien's own detector."""

    def __init__(self) -> None:
        self._detector = YuNet(threads=1)

    def detect(
        self, picture: Picture, min_score: float = 0.4, longest_side: int | None = None
    ) -> list[Detection]:
        found = self._detector.detect(picture, 2 * min_score, longest_side)
        return [Detection(face.box, None, face.score / 2) for face in found]

    def detect_near(
        self, picture: Picture, detections: Sequence[Detection]
    ) -> list[Detection | None]:
        near = self._detector.detect_near(picture, detections)
        return [face and replace(face, score=face.score / 2) for face in near]


def compare(analyzer: Analyzer, picture: Picture) -> tuple[int, int]:
    """Checks that a still video has the faces of the picture, with the same estimates.

    Returns:
        The numbers of faces in the picture and in the video.
    """
    finder = PeopleFinder(analyzer)
    for index in range(_FRAMES):
        shown = finder.process(picture, index / 25)
    faces = analyzer.analyze(picture)
    for person in shown:
        assert _the_same(person, analyzer.detector.detect(picture, analyzer.min_score - _NOISE))
    if analyzer.min_score >= 0.8 and analyzer.max_faces is None:
        for detection in analyzer.detector.detect(picture, analyzer.min_score + _NOISE):
            assert _the_same(detection, shown)
    for person in shown:
        for face in _the_same(person, faces):
            assert list(person.estimates) == list(face.estimates)
            for name, estimate in face.estimates.items():
                _compare_estimates(estimate, person.estimates[name], analyzer)
    return len(faces), len(shown)


def _the_same(face: _Found, others: Sequence[_Found]) -> Sequence[Any]:
    """Returns the one of the others at the same position, if there is one."""
    same = overlaps(corners([face.box]), corners([other.box for other in others]))[0] > 0.6
    assert same.sum() <= 1
    return [other for other, is_same in zip(others, same, strict=True) if is_same]


def _compare_estimates(alone: object, pooled: object, analyzer: Analyzer) -> None:
    if isinstance(alone, AgeEstimate):
        assert isinstance(pooled, AgeEstimate)
        assert pooled.years == pytest.approx(alone.years, abs=3)
        return
    assert isinstance(alone, LabelEstimate)
    assert type(pooled) is type(alone)
    assert pooled.probabilities == pytest.approx(alone.probabilities, abs=0.1)
    if analyzer.certainty is None:
        assert pooled.label == alone.label != UNDETERMINED
    elif UNDETERMINED in (alone.label, pooled.label):
        # Near the threshold, the frame and the picture may be on different sides of it.
        threshold = max(head.calibration.threshold(analyzer.certainty) for head in analyzer.heads)
        assert min(alone.confidence, pooled.confidence) < threshold + 0.04
    else:
        assert pooled.label == alone.label


@pytest.fixture(scope="module")
def pair(astronaut: np.ndarray) -> Picture:
    """The astronaut's face, and the same face in half the size."""
    face = astronaut[0:260, 90:350]
    picture = np.full((300, 480, 3), 128, np.uint8)
    picture[20:280, 20:280] = face
    picture[80:210, 320:450] = cv2.resize(face, (130, 130), interpolation=cv2.INTER_AREA)
    return picture


@pytest.fixture(scope="module")
def group(shared_data: Path) -> Picture:
    """Four people."""
    return read_picture(shared_data / "photos" / "human_stock-group-2.jpg")


def analyzer_with(setting: str) -> Analyzer:
    return Analyzer(**{"threads": 1, **SETTINGS[setting]})


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_picture_and_a_frame_of_it_are_the_same(setting: str, pair: Picture) -> None:
    in_picture, in_frame = compare(analyzer_with(setting), pair)
    assert in_frame == in_picture == {"no detections": 0, "one face": 1}.get(setting, 2)


@pytest.mark.parametrize("setting", SETTINGS)
def test_explanations_and_evaluations_are_of_the_same_estimates(
    setting: str, pair: Picture, tmp_path: Path
) -> None:
    analyzer = analyzer_with(setting)
    explained = [face.to_dict() for face, _ in explain(analyzer, pair)]
    assert explained == [face.to_dict() for face in analyzer.analyze(pair)]
    Image.fromarray(pair).save(tmp_path / "pair.png")
    predictions = predict(analyzer, tmp_path, [Record("pair.png", 33, 33)])
    (face,) = analyzer.analyze(pair, cropped=True)
    np.testing.assert_allclose(predictions.years, face.age.years, rtol=1e-6)
    np.testing.assert_allclose(predictions.thresholds[18], face.age.at_least(18), rtol=1e-6)
    assert predictions.labels["gender"].decided.tolist() == [face.gender.label]


@pytest.mark.data
@pytest.mark.parametrize("setting", ["none", "few detections", "two faces", "always decided"])
def test_a_photograph_and_a_frame_of_it_are_the_same(setting: str, group: Picture) -> None:
    _, in_frame = compare(analyzer_with(setting), group)
    assert in_frame == (2 if setting == "two faces" else 4)


def test_another_detector_is_used_in_videos_too(pair: Picture) -> None:
    detector = Bare()
    analyzer = Analyzer(detector=detector, min_score=0.4, threads=1)
    assert compare(analyzer, pair) == (2, 2)
    strict = Analyzer(detector=detector, min_score=0.495, threads=1)
    assert compare(strict, pair) == (0, 0)


@pytest.mark.parametrize(("attributes", "heads"), [((), ["age"]), (("hat",), ["age", "hat"])])
def test_an_attribute_with_a_notice_is_shown_if_it_is_asked_for(
    tmp_path: Path, pair: Picture, attributes: Sequence[str], heads: list[str]
) -> None:
    model = with_head(tmp_path / "model.onnx", "hat", "A guess.")
    analyzer = Analyzer(model, attributes=attributes, threads=1)
    assert [head.name for head in analyzer.heads] == heads
    assert compare(analyzer, pair) == (2, 2)


def test_with_one_face_only_the_largest_gets_a_number(pair: Picture) -> None:
    finder = PeopleFinder(Analyzer(max_faces=1, threads=1))
    for index in range(_FRAMES):
        (face,) = finder.process(pair, index / 25)
        assert face.person_id == 1
        assert face.box.width > 70


@pytest.mark.parametrize(("min_score", "faces"), [(0.8, 1), (0.92, 0)])
def test_a_small_face_is_detected_as_in_a_picture(
    astronaut: np.ndarray, min_score: float, faces: int
) -> None:
    picture = np.full((720, 1280, 3), 128, np.uint8)
    face = cv2.resize(astronaut[0:260, 90:350], (70, 70), interpolation=cv2.INTER_AREA)
    picture[300:370, 600:670] = face
    analyzer = Analyzer(min_score=min_score, threads=1)
    # The score in a search of the frame is too low, that in a near view too high.
    (searched,) = analyzer.detector.detect(picture, 0.3, 640)
    (near,) = analyzer.detector.detect_near(picture, [searched])
    assert searched.score < min_score < near.score
    assert compare(analyzer, picture) == (faces, faces)


def test_a_limit_on_pixels_holds_for_frames(pair: Picture) -> None:
    analyzer = Analyzer(max_pixels=480 * 300, threads=1)
    assert len(PeopleFinder(analyzer).process(pair, 0.0)) == 2
    wider = np.zeros((300, 481, 3), np.uint8)
    for look in (analyzer.analyze, lambda picture: PeopleFinder(analyzer).process(picture, 0.0)):
        with pytest.raises(PictureTooLargeError, match="has 481 x 300 pixels"):
            look(wider)
        with pytest.raises(PictureFormatError, match="an array must be uint8"):
            look(wider.astype(np.float32))
