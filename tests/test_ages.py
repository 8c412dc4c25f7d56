from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mien import ages

logits = hnp.arrays(np.float32, (3, 101), elements=st.floats(-20, 20, width=32))


@given(logits, st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_quantiles_are_ordered_and_hold_their_share(values: np.ndarray, a: float, b: float) -> None:
    probabilities = ages.softmax(values)
    low = ages.quantile(probabilities, min(a, b))
    high = ages.quantile(probabilities, max(a, b))
    assert (low <= high).all()
    assert (low >= 0).all()
    assert (high <= 100.5).all()
    # The share below the quantile, of a histogram with a bin of one year around each age.
    for row, value in zip(probabilities, high, strict=True):
        bins = np.clip(value - (np.arange(101) - 0.5), 0, 1)
        below = float((row * bins).sum())
        assert below == pytest.approx(max(a, b), abs=1e-3) or value == 0


def test_the_median_of_a_certain_age_is_that_age() -> None:
    certain = np.zeros((101, 101), np.float32)
    np.fill_diagonal(certain, 1)
    np.testing.assert_allclose(ages.median(certain), np.arange(101), atol=1e-6)
    np.testing.assert_allclose(ages.expectation(certain), np.arange(101), atol=1e-4)


@given(logits)
def test_groups_divide_the_distribution(values: np.ndarray) -> None:
    groups = ages.group_probabilities(ages.softmax(values))
    np.testing.assert_allclose(groups.sum(axis=1), 1, atol=1e-5)


def test_every_age_is_between_the_ends_of_its_group() -> None:
    for age in range(117):
        low, high = ages.AGE_GROUPS[int(ages.group_of(np.array([age]))[0])]
        assert low <= min(age, 100) <= high
    assert ages.AGE_GROUP_NAMES[0] == "0-2"
    assert ages.AGE_GROUP_NAMES[-1] == "70+"


@given(logits)
def test_the_logit_of_an_age_or_an_older_one(values: np.ndarray) -> None:
    probabilities = ages.softmax(values)
    shown = 1 / (1 + np.exp(-ages.at_least_logits(probabilities)))
    for age in (0, 1, 18, 100):
        np.testing.assert_allclose(shown[:, age], probabilities[:, age:].sum(axis=1), atol=1e-5)
    assert (np.diff(shown, axis=1) <= 0).all()
