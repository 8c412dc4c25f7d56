from itertools import pairwise

import numpy as np
import pytest

from mien.results import AgeEstimate, GenderEstimate
from mien.video.identity.display import Labels

_THRESHOLD = 0.9


def _age(years: float) -> AgeEstimate:
    return AgeEstimate(years, years - 5, years + 5, "", {}, np.zeros(101, np.float32))


def _gender(female: float) -> GenderEstimate:
    return GenderEstimate("undetermined", female, 1 - female)


def test_years_do_not_follow_small_changes() -> None:
    labels = Labels()
    shown = [labels.show_age(_age(30 + wobble)).years for wobble in (0, 0.5, -0.5, 0.9, -0.9)]
    assert shown == [30] * 5


def test_years_follow_large_changes() -> None:
    labels = Labels()
    labels.show_age(_age(30))
    assert labels.show_age(_age(50)).years == pytest.approx(48.8)
    assert labels.show_age(_age(30)).years == pytest.approx(31.2)


def test_gender_needs_more_to_change_than_to_stay() -> None:
    labels = Labels()
    shown = [
        labels.show_gender(_gender(female), _THRESHOLD).label
        for female in (0.85, 0.91, 0.94, 0.89, 0.87, 0.8, 0.91, 0.02)
    ]
    assert shown == [
        "undetermined",
        "undetermined",
        "female",
        "female",
        "female",
        "undetermined",
        "undetermined",
        "male",
    ]


def test_an_estimate_that_hovers_at_the_threshold_does_not_flicker() -> None:
    labels = Labels()
    random = np.random.default_rng(0)
    shown = [
        labels.show_gender(_gender(0.9 + d), _THRESHOLD).label for d in random.normal(0, 0.01, 300)
    ]
    assert sum(a != b for a, b in pairwise(shown)) <= 1


def test_probabilities_are_those_of_now() -> None:
    labels = Labels()
    labels.show_gender(_gender(0.99), _THRESHOLD)
    shown = labels.show_gender(_gender(0.88), _THRESHOLD)
    assert (shown.label, shown.female) == ("female", 0.88)
