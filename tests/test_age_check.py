"""Over, under or ask."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mien import AgeCheck, Analyzer, PictureResult
from mien.ages import COUNT
from mien.attributes.calibration import Calibration
from mien.errors import OptionError
from mien.results import AgeEstimate, Box, Face, Quality, TrackedFace

_GOOD = Quality(size=120, sharpness=0.8, frontality=0.9, rotation=2)


def face(*years: int, score: float = 0.9, quality: Quality = _GOOD) -> Face:
    """A face that looks one of several ages, all equally probable."""
    distribution = np.zeros(COUNT, np.float32)
    distribution[list(years)] = 1 / len(years)
    older = Calibration().older(distribution[None])[0]
    age = AgeEstimate(float(np.median(years)), min(years), max(years), "", {}, distribution, older)
    box = Box(0, 0, 120, 120)
    return Face(
        estimates={"age": age}, box=box, landmarks=None, score=score, aligned=True, quality=quality
    )


_SMALL = replace(_GOOD, size=20)


@pytest.mark.parametrize(
    ("seen", "challenge", "expected"),
    [
        (face(30, 40), None, "over"),
        (face(30, 40), 25, "over"),
        (face(18), None, "over"),
        (face(17), None, "under"),
        (face(5, 9), 25, "under"),
        (face(17, 30), None, "ask (probability)"),
        (face(19, 21), 25, "ask (estimate)"),
        (face(17, 19), 25, "ask (estimate)"),
        (face(40, quality=_SMALL), None, "ask (view)"),
        (face(5, quality=_SMALL), None, "ask (view)"),
        (face(40, quality=replace(_GOOD, novelty=1.1)), 25, "ask (not a face)"),
        (face(5, quality=replace(_SMALL, novelty=1.1)), None, "ask (not a face)"),
        (face(40, score=0), None, "ask (no face)"),
    ],
)
def test_each_answer_has_its_reason(seen: Face, challenge: int | None, expected: str) -> None:
    assert str(AgeCheck(18, challenge).decide(seen)) == expected


def test_the_certainty_moves_the_answer() -> None:
    nine_of_ten = face(17, *range(30, 39))
    assert AgeCheck(18, certainty=0.95).decide(nine_of_ten).answer == "ask"
    decision = AgeCheck(18, certainty=0.89).decide(nine_of_ten)
    assert decision.answer == "over"
    assert decision.probability == pytest.approx(0.9)


def test_a_person_without_a_view_must_be_asked() -> None:
    person = TrackedFace(
        estimates={},
        box=Box(0, 0, 9, 9),
        landmarks=None,
        score=1,
        quality=None,
        person_id=1,
        since=0,
    )
    assert str(AgeCheck(18).decide(person)) == "ask (view)"


def test_a_result_has_the_decisions_of_its_faces(astronaut: np.ndarray) -> None:
    faces = tuple(Analyzer(threads=1).analyze(astronaut))
    result = PictureResult("a", "default", 512, 512, faces)
    (told,) = AgeCheck(3, 5).apply(result).to_dict()["faces"]
    assert told["age_check"] == {
        "over": 3,
        "challenge": 5,
        "answer": "over",
        "reason": "probability",
        "probability": round(faces[0].age.at_least(3), 4),
    }
    assert (
        told["notice"] == "an apparent age is no proof of age; refuse nobody anything by it alone"
    )
    assert "age_check" not in result.to_dict()["faces"][0]


@pytest.mark.parametrize(
    "numbers", [(0,), (100,), (18, 17), (18, 100), (18, None, 0.4), (18, None, 1.1)]
)
def test_numbers_out_of_range_are_refused(numbers: tuple) -> None:
    with pytest.raises(OptionError):
        AgeCheck(*numbers)
