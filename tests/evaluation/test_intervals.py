from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mien.evaluation.intervals import (
    bootstrap,
    difference,
    mean,
    mean_of_means,
    ratio,
    share,
    share_of,
    square_root,
)


@pytest.mark.parametrize(("right", "count"), [(0, 5), (3, 7), (190, 200), (50, 50)])
def test_the_interval_of_a_share_is_wilsons(right: int, count: int) -> None:
    figure = share(np.arange(count) < right)
    wilson = stats.binomtest(right, count).proportion_ci(0.95, method="wilson")
    assert figure["value"] == right / count
    assert (figure["low"], figure["high"]) == pytest.approx((wilson.low, wilson.high), abs=1e-6)
    assert 0 <= figure["low"] <= figure["value"] <= figure["high"] <= 1


@pytest.mark.parametrize("count", [4, 8, 40, 4000])
def test_the_interval_of_a_mean_is_students(count: int) -> None:
    values = np.random.default_rng(0).gamma(2, 3, count)
    figure = mean(values)
    low, high = stats.t.interval(0.95, count - 1, values.mean(), stats.sem(values))
    # The values are not negative, and neither is their mean.
    assert (figure["low"], figure["high"]) == pytest.approx((max(0, low), high), rel=1e-2)
    assert figure["n"] == count
    assert mean(values - 100)["low"] == pytest.approx(low - 100, rel=1e-2)


def test_two_values_have_no_interval() -> None:
    figure = mean(np.array([1, 2]))
    assert figure == {"value": 1.5, "low": None, "high": None, "n": 2}
    assert square_root(figure)["low"] is None
    assert difference(figure, figure)["high"] is None


def test_the_sum_over_many_values_keeps_its_digits() -> None:
    figure = mean(np.full(300_000, 50.1, np.float32))
    assert figure["value"] == pytest.approx(float(np.float32(50.1)), rel=1e-9)


def test_parts_of_different_sizes_have_the_same_weight() -> None:
    random = np.random.default_rng(0)
    parts = [random.normal(2, 1, 1000), random.normal(8, 3, 50)]
    figure = mean_of_means(parts)
    assert figure["value"] == pytest.approx((parts[0].mean() + parts[1].mean()) / 2)
    error = np.hypot(*(stats.sem(part) for part in parts)) / 2
    assert figure["high"] - figure["value"] == pytest.approx(1.96 * error, rel=1e-4)


def test_the_bootstrap_of_a_mean_is_near_students_interval() -> None:
    values = np.random.default_rng(0).gamma(2, 3, 500)
    drawn = bootstrap(lambda chosen: float(values[chosen].mean()), 500, resamples=4000)
    expected = mean(values)
    assert drawn["value"] == pytest.approx(expected["value"])
    assert drawn["low"] == pytest.approx(expected["low"], abs=0.05)
    assert drawn["high"] == pytest.approx(expected["high"], abs=0.05)


def test_the_difference_of_shares_is_newcombes() -> None:
    # Newcombe (1998), table II, example a, method 10: 56/70 - 48/80.
    figure = difference(share_of(56, 70), share_of(48, 80))
    assert figure["value"] == pytest.approx(0.2)
    assert (figure["low"], figure["high"]) == pytest.approx((0.0524, 0.3339), abs=1e-4)


def test_the_difference_of_means_is_that_of_the_normal_distribution() -> None:
    random = np.random.default_rng(0)
    a, b = random.normal(5, 2, 400), random.normal(4, 1, 300)
    figure = difference(mean(a), mean(b))
    spread = stats.norm.ppf(0.975) * np.hypot(stats.sem(a), stats.sem(b))
    assert figure["high"] - figure["value"] == pytest.approx(spread, rel=1e-2)


def test_the_ratio_of_shares_is_near_scipys_relative_risk() -> None:
    figure = ratio(share_of(156, 270), share_of(148, 280))
    expected = stats.contingency.relative_risk(156, 270, 148, 280)
    ends = expected.confidence_interval(0.95)
    assert figure["value"] == pytest.approx(expected.relative_risk)
    assert (figure["low"], figure["high"]) == pytest.approx((ends.low, ends.high), abs=5e-3)


def test_a_ratio_to_what_may_be_zero_has_no_interval() -> None:
    assert ratio(share_of(1, 5), mean(np.array([-1.0, 0.0, 2.0])))["low"] is None
