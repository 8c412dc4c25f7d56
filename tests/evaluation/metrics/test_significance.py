from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mien.evaluation.metrics.significance import binomial_test, holm


@settings(max_examples=50)
@given(st.integers(1, 300), st.floats(0, 1), st.sampled_from([0.5, 0.8, 0.95]))
def test_the_binomial_test_is_scipys(n: int, share: float, expected: float) -> None:
    count = round(share * n)
    theirs = stats.binomtest(count, n, expected).pvalue
    assert binomial_test(count, n, expected) == pytest.approx(theirs, rel=1e-6, abs=1e-12)


def test_the_binomial_test_of_many_pictures_is_scipys() -> None:
    theirs = stats.binomtest(15_800, 20_000, 0.8).pvalue
    assert binomial_test(15_800, 20_000, 0.8) == pytest.approx(theirs, rel=1e-6)


def test_holms_correction_is_that_of_its_definition() -> None:
    p = [0.01, 0.04, 0.03, 0.005, 0.9]
    # Sorted: 0.005 x 5, 0.01 x 4, 0.03 x 3, 0.04 x 2 (not below the one before), 0.9 x 1.
    assert holm(p) == pytest.approx([0.04, 0.09, 0.09, 0.025, 0.9])
    assert holm([]) == []


def test_with_holm_a_false_finding_is_rare() -> None:
    random = np.random.default_rng(0)
    found = [
        min(holm([binomial_test(int(k), 200, 0.8) for k in random.binomial(200, 0.8, 20)])) < 0.05
        for _ in range(200)
    ]
    assert np.mean(found) <= 0.08
