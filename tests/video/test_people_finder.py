"""The people finder, on frames of the astronaut's picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from models import with_head
from moving import FPS, walk_over

from mien.ages import AGE_GROUP_NAMES
from mien.analyzer import Analyzer
from mien.attributes.model import Prediction
from mien.faces import AlignedFace
from mien.images import Picture
from mien.results import LabelEstimate, TrackedFace
from mien.video import PeopleFinder
from mien.video.audience import Audience
from mien.video.expected_people import summary


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(threads=1)


def _process(finder: PeopleFinder, frames: Iterable[Picture]) -> list[list[TrackedFace]]:
    return [finder.process(frame, index / FPS) for index, frame in enumerate(frames)]


def test_one_person_keeps_a_number_and_steady_labels(
    analyzer: Analyzer, astronaut: np.ndarray
) -> None:
    shown = _process(PeopleFinder(analyzer), walk_over(astronaut, 60))
    assert [[face.person_id for face in faces] for faces in shown] == [[1]] * 60
    alone = [analyzer.analyze(frame)[0] for frame in list(walk_over(astronaut, 60))[::6]]
    years = [faces[0].age.years for faces in shown if faces[0].estimates]
    assert np.std(years) < np.std([face.age.years for face in alone]) / 2
    assert np.median(years) == pytest.approx(np.median([f.age.years for f in alone]), abs=2)


def test_the_first_frame_has_a_label(analyzer: Analyzer, astronaut: np.ndarray) -> None:
    (face,) = PeopleFinder(analyzer).process(astronaut, 0.0)
    (alone,) = analyzer.analyze(astronaut)
    assert face.age.years == pytest.approx(alone.age.years, abs=2)
    assert face.gender.female == pytest.approx(alone.gender.female, abs=0.1)


def test_an_empty_picture_has_no_people(analyzer: Analyzer) -> None:
    finder = PeopleFinder(analyzer)
    assert finder.process(np.zeros((240, 320, 3), np.uint8), 0.0) == []


def test_a_person_who_has_left_is_not_shown(analyzer: Analyzer, astronaut: np.ndarray) -> None:
    finder = PeopleFinder(analyzer)
    _process(finder, walk_over(astronaut, 10))
    empty = np.full((320, 320, 3), 120, np.uint8)
    shown = [finder.process(empty, (10 + i) / FPS) for i in range(20)]
    assert shown[-1] == []


def test_a_change_of_resolution_keeps_the_person(analyzer: Analyzer, astronaut: np.ndarray) -> None:
    finder = PeopleFinder(analyzer)
    _process(finder, walk_over(astronaut, 10))
    large = cv2.resize(astronaut[6:326, 30:350], (640, 640), interpolation=cv2.INTER_LINEAR)
    (face,) = finder.process(np.asarray(large, np.uint8), 10 / FPS)
    assert face.person_id == 1
    assert face.box.width > 120


class Counting(Analyzer):
    """An analyzer that remembers the number of faces in each prediction."""

    def predict(self, aligned: Sequence[AlignedFace]) -> Prediction:
        self.__dict__.setdefault("counts", []).append(len(aligned))
        return super().predict(aligned)


def test_of_many_faces_a_few_are_predicted_at_a_time(astronaut: np.ndarray) -> None:
    crowd = np.tile(astronaut[0:224, 110:334], (3, 4, 1))
    analyzer = Counting(threads=1)
    finder = PeopleFinder(analyzer)
    for index in range(25):  # the faces are the same, so that the decisions who they are wait
        faces = finder.process(crowd, index / FPS)
    assert max(analyzer.__dict__["counts"]) == finder.effort.faces
    assert [bool(face.estimates) for face in faces] == [True] * 12


def test_a_model_of_other_attributes_is_followed_and_counted(
    tmp_path: Path, astronaut: np.ndarray
) -> None:
    analyzer = Analyzer(with_head(tmp_path / "model.onnx", "hat"), certainty=None, threads=1)
    finder, audience = PeopleFinder(analyzer), Audience(None, analyzer.heads)
    for index, frame in enumerate(walk_over(astronaut, 30)):
        (face,) = finder.process(frame, index / FPS)
        audience.add(index / FPS, [face])
        hat = face.estimates["hat"]
        assert isinstance(hat, LabelEstimate)
        assert hat.label in ("male", "female")
    assert list(face.estimates) == list(face.to_dict()["attributes"]) == ["age", "hat"]
    short = summary(audience.current.cells)
    assert short["people"]["people"] == 1
    assert list(short["by_group"]) == list(AGE_GROUP_NAMES)
    assert short["by_gender"] == {}


def test_the_boxes_are_those_of_the_frame(analyzer: Analyzer, astronaut: np.ndarray) -> None:
    finder = PeopleFinder(analyzer)
    for index, frame in enumerate(walk_over(astronaut, 40)):
        (face,) = finder.process(frame, index / FPS)
        (alone,) = analyzer.detector.detect(frame)
        assert abs(face.box.center[0] - alone.box.center[0]) < 8


def test_other_work_on_frames_reduces_the_effort(analyzer: Analyzer) -> None:
    finder = PeopleFinder(analyzer, fps=10.0)
    empty = np.full((64, 64, 3), 90, np.uint8)
    for index in range(60):
        finder.process(empty, index / 10)
        finder.add_cost(60.0)  # as long as a pause
    assert finder.reduced
    for index in range(60, 200):
        finder.process(empty, index / 10)
    assert not finder.reduced


def test_people_are_shown_on_a_machine_that_is_far_too_slow(
    analyzer: Analyzer, astronaut: np.ndarray
) -> None:
    finder = PeopleFinder(analyzer, fps=30.0)
    face = np.ascontiguousarray(astronaut[0:256, 96:352])
    shown = []
    for index in range(100):
        finder.add_cost(0.1)
        shown.append(finder.process(face, index / 2))
    assert finder.effort.interval == 4
    assert {face.person_id for faces in shown for face in faces} == {1}
    assert all(shown)
