from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

from mien import Box, Face, GenderEstimate, LabelEstimate, ModelError, PictureResult, Quality
from mien.results import AgeEstimate, Detection, TrackedFace

LANDMARKS = np.arange(10.0).reshape(5, 2)


@pytest.fixture
def age() -> AgeEstimate:
    distribution = np.zeros(101, np.float32)
    distribution[20:40] = 0.05
    return AgeEstimate(29.5, 22.4, 37.1, "20-29", {"20-29": 0.5, "30-39": 0.5}, distribution)


@pytest.fixture
def face(age: AgeEstimate) -> Face:
    return Face(
        estimates={"age": age, "gender": GenderEstimate("female", {"male": 0.05, "female": 0.95})},
        box=Box(1.234, 2, 30, 40),
        landmarks=LANDMARKS,
        score=0.98765,
        aligned=True,
        quality=Quality(30, 0.9, 0.3),
    )


def test_the_edges_center_and_area_of_a_box() -> None:
    box = Box(10, 20, 30, 40)
    assert box.xyxy == (10, 20, 40, 60)
    assert box.center == (25, 40)
    assert box.area == 1200
    assert repr(box) == "Box(10, 20, 30 x 40)"


def test_age_and_gender_are_typed_estimates(face: Face) -> None:
    assert face.age is face.estimates["age"]
    assert face.gender.female == 0.95
    assert face.gender.confidence == 0.95
    tracked = TrackedFace(
        estimates={}, box=face.box, landmarks=None, score=0.9, quality=None, person_id=3, since=1.0
    )
    with pytest.raises(ModelError, match="no estimate of 'age'"):
        _ = tracked.age


def test_the_repr_of_a_face_is_a_short_line(face: Face) -> None:
    assert repr(face) == "Face(30 years (22-37), female 95 % at Box(1, 2, 30 x 40))"


@pytest.mark.parametrize(
    ("label", "female", "text", "leaning"),
    [
        ("female", 0.99, "female 99 %", "female"),
        ("undetermined", 0.92, "leans female 92 %", "female"),
        ("undetermined", 0.15, "leans male 85 %", "male"),
        ("undetermined", 0.79, "undetermined", None),
        ("undetermined", 0.5, "undetermined", None),
    ],
)
def test_an_undetermined_label_may_have_a_leaning(
    label: str, female: float, text: str, leaning: str | None
) -> None:
    estimate = GenderEstimate(label, {"male": 1 - female, "female": female})
    assert (str(estimate), estimate.leaning) == (text, leaning)


def test_hints_name_the_problems_of_a_view() -> None:
    assert Quality(200, 0.9, 0.9).hints == ()
    assert Quality(20, 0.1, 0.1).hints == ("small", "blurred", "turned")
    assert Quality(200, 0.9, None).hints == ()
    for rotation, hints in ((0, ()), (-40, ()), (50, ("rotated",)), (-170, ("rotated",))):
        assert Quality(200, 0.9, 0.9, rotation).hints == hints


def test_estimates_can_be_hashed_and_compared(age: AgeEstimate) -> None:
    assert len({age, pickle.loads(pickle.dumps(age))}) == 1
    label = LabelEstimate("a", {"a": 0.7, "b": 0.3})
    assert hash(label) == hash(LabelEstimate("a", {"a": 0.7, "b": 0.3}))


def test_everything_can_be_pickled_and_written_as_json(face: Face) -> None:
    result = PictureResult("a.jpg", "default", 640, 480, (face,))
    again = pickle.loads(pickle.dumps(result))
    text = json.dumps(result.to_dict(distribution=True))
    assert json.dumps(again.to_dict(distribution=True)) == text
    plain = json.loads(text)
    assert plain["schema"] == 2
    (written,) = plain["faces"]
    assert written["box"] == {"x": 1.23, "y": 2, "width": 30, "height": 40}
    assert written["quality"]["hints"] == ["small", "turned"]
    assert written["attributes"]["gender"] == {
        "kind": "label",
        "label": "female",
        "leaning": "female",
        "probabilities": {"male": 0.05, "female": 0.95},
    }
    assert len(written["attributes"]["age"]["distribution"]) == 101
    assert "distribution" not in face.to_dict()["attributes"]["age"]


def test_the_repr_of_a_detection_is_a_short_line() -> None:
    assert repr(Detection(Box(1, 2, 3, 4), LANDMARKS, 0.9)) == (
        "Detection(Box(1, 2, 3 x 4), score 0.90)"
    )
