from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest

from mien.results import AgeEstimate, GenderEstimate, LabelEstimate
from mien.video.identity.display import Display

_THRESHOLD = 0.9


def _age(years: float) -> AgeEstimate:
    return AgeEstimate(years, years - 5, years + 5, "", {}, *np.zeros((2, 101), np.float32))


def _gender(female: float) -> GenderEstimate:
    return GenderEstimate("undetermined", {"male": 1 - female, "female": female})


def _years(estimates: Iterable[float], display: Display | None = None) -> list[float]:
    """Returns the shown years for one estimate after another."""
    display = display or Display()
    shown = [display.show({"age": _age(years)}, {})["age"] for years in estimates]
    return [estimate.years for estimate in shown if isinstance(estimate, AgeEstimate)]


def _labels(estimates: Iterable[LabelEstimate], threshold: float = _THRESHOLD) -> list[str]:
    """Returns the shown labels for one estimate after another."""
    display = Display()
    shown = [display.show({"x": estimate}, {"x": threshold})["x"] for estimate in estimates]
    return [estimate.label for estimate in shown if isinstance(estimate, LabelEstimate)]


def test_years_do_not_follow_small_changes() -> None:
    assert _years(30 + wobble for wobble in (0, 0.5, -0.5, 0.9, -0.9)) == [30] * 5


def test_years_follow_large_changes() -> None:
    assert _years([30, 50, 30]) == pytest.approx([30, 48.8, 31.2])


def test_a_change_of_a_label_needs_a_margin() -> None:
    females = (0.85, 0.91, 0.94, 0.89, 0.87, 0.8, 0.91, 0.02)
    assert _labels(map(_gender, females)) == [
        "undetermined",
        "undetermined",
        "female",
        "female",
        "female",
        "undetermined",
        "undetermined",
        "male",
    ]


def test_the_first_label_is_that_of_a_picture() -> None:
    assert _labels([_gender(0.91)]) == ["female"]
    assert _labels([_gender(0.89), _gender(0.91)]) == ["undetermined", "undetermined"]


def test_the_label_of_an_estimate_near_the_threshold_does_not_flicker() -> None:
    random = np.random.default_rng(0)
    shown = _labels(_gender(0.9 + d) for d in random.normal(0, 0.01, 300))
    assert sum(a != b for a, b in pairwise(shown)) == 0


def test_always_decided_labels_have_a_margin_too() -> None:
    females = (0.45, 0.55, 0.59, 0.61, 0.45, 0.39)
    expected = ["male", "male", "male", "female", "female", "male"]
    assert _labels(map(_gender, females), threshold=0.0) == expected


def test_the_label_changes_to_one_that_is_clearly_more_likely() -> None:
    rows = ((0.4, 0.3, 0.3), (0.38, 0.42, 0.2), (0.3, 0.5, 0.2), (0.34, 0.36, 0.3), (0.1, 0.1, 0.8))
    estimates = [LabelEstimate("", dict(zip("abc", row, strict=True))) for row in rows]
    assert _labels(estimates, threshold=0.0) == ["a", "a", "b", "b", "c"]
    assert _labels(estimates, threshold=0.7) == ["undetermined"] * 4 + ["c"]


def test_at_a_threshold_of_one_only_a_probability_of_one_is_decided() -> None:
    assert _labels([_gender(0.999), _gender(1.0)], threshold=1.0) == ["undetermined", "female"]


def test_probabilities_and_types_are_those_of_the_new_estimate() -> None:
    display = Display()
    display.show({"gender": _gender(0.99)}, {"gender": _THRESHOLD})
    shown = display.show({"gender": _gender(0.88)}, {"gender": _THRESHOLD})["gender"]
    assert isinstance(shown, GenderEstimate)
    assert (shown.label, shown.female) == ("female", 0.88)


def test_each_attribute_has_its_own_memory() -> None:
    display = Display()
    thresholds = {"gender": _THRESHOLD, "hat": 0.5}
    display.show({"gender": _gender(0.99), "hat": _gender(0.01)}, thresholds)
    shown = display.show({"gender": _gender(0.88), "hat": _gender(0.45)}, thresholds)
    assert [getattr(estimate, "label", None) for estimate in shown.values()] == ["female", "male"]
