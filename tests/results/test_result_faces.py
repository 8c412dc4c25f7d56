from __future__ import annotations

import json
import pickle
from dataclasses import replace

import numpy as np
import pytest

from mien import (
    AgeEstimate,
    Box,
    Face,
    GenderEstimate,
    ModelError,
    PictureResult,
    Quality,
    TrackedFace,
)

LANDMARKS = np.arange(10.0).reshape(5, 2)


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


def test_age_and_gender_are_typed_estimates(face: Face) -> None:
    assert face.age is face.estimates["age"]
    assert face.gender.female == 0.95
    assert face.gender.confidence == 0.95
    tracked = TrackedFace(
        estimates={}, box=face.box, landmarks=None, score=0.9, quality=None, person_id=3, since=1.0
    )
    with pytest.raises(ModelError, match="no estimate of 'age'"):
        _ = tracked.age


def test_faces_are_equal_only_to_themselves(face: Face) -> None:
    """Their estimates alone would make different people equal."""
    other = replace(face, box=Box(5, 6, 7, 8))
    assert face not in (other, replace(face))
    assert [other, face].index(face) == 1
    assert len({face, other}) == 2


def test_the_repr_of_a_face_is_a_short_line(face: Face) -> None:
    assert repr(face) == "Face(30 years (22-37), female 95 % at Box(1, 2, 30 x 40))"


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
    assert len(written["attributes"]["age"]["older"]) == 101
    assert "distribution" not in face.to_dict()["attributes"]["age"]
