from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.metrics as reference
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from mien.evaluation.metrics.ranking import (
    average_precision,
    equal_error,
    equal_error_rate,
    precision_recall_curve,
    precision_recall_figures,
    roc_area,
    roc_curve,
    roc_figures,
    thinned,
)

# Sixteenths are exact in binary, and so few that equal scores are frequent.
scores = st.integers(2, 60).flatmap(
    lambda n: st.tuples(
        hnp.arrays(np.int64, n, elements=st.integers(0, 16)).map(lambda x: x / 16),
        hnp.arrays(np.bool_, n),
    )
)


@settings(max_examples=50)
@given(scores)
def test_curves_and_their_areas_are_scikit_learns(scored: tuple[np.ndarray, np.ndarray]) -> None:
    score, truth = scored
    assume(truth.any() and not truth.all())
    curve = roc_curve(score, truth)
    false_positives, true_positives, _ = reference.roc_curve(truth, score, drop_intermediate=False)
    np.testing.assert_allclose(curve.false_positives, false_positives)
    np.testing.assert_allclose(curve.true_positives, true_positives)
    assert roc_area(score, truth)["value"] == pytest.approx(reference.roc_auc_score(truth, score))
    precision, recall, _ = reference.precision_recall_curve(truth, score)
    ours = precision_recall_curve(score, truth)
    np.testing.assert_allclose(ours.recall, recall[-2::-1])
    np.testing.assert_allclose(ours.precision, precision[-2::-1])


@settings(max_examples=50)
@given(scores)
def test_bands_are_scipys_intervals_of_each_point(scored: tuple[np.ndarray, np.ndarray]) -> None:
    score, truth = scored
    assume(truth.any() and not truth.all())
    roc, recalled = roc_figures(score, truth), precision_recall_figures(score, truth)
    positives = int(truth.sum())
    thresholds = [np.inf, *np.unique(score)[::-1]]
    for i, threshold in enumerate(thresholds):
        above = score >= threshold
        check_band(roc, "true_positives", i, int(truth[above].sum()), positives)
        if i:
            passing = int(above.sum())
            right = int(truth[above].sum())
            if right:  # the number of those that pass follows from the two shares
                check_band(recalled, "precision", i - 1, right, passing)
    assert len(roc["low"]) == len(thresholds)


def check_band(curve: dict[str, Any], share: str, i: int, count: int, n: int) -> None:
    known = stats.binomtest(count, n).proportion_ci(method="wilson")
    assert curve[share][i] == pytest.approx(count / n)
    assert (curve["low"][i], curve["high"][i]) == pytest.approx((known.low, known.high), abs=1e-6)


def test_the_average_precision_is_scikit_learns_and_its_interval_a_bootstrap() -> None:
    random = np.random.default_rng(0)
    score = random.integers(0, 40, 500) / 40
    truth = random.random(500) < score
    figure = average_precision(score, truth)
    assert figure["value"] == pytest.approx(reference.average_precision_score(truth, score))
    drawn = [
        reference.average_precision_score(truth[chosen], score[chosen])
        for chosen in random.integers(0, 500, (300, 500))
    ]
    low, high = np.quantile(drawn, (0.025, 0.975))
    assert (figure["low"], figure["high"]) == pytest.approx((low, high), abs=0.012)


def test_delongs_interval_is_near_that_of_a_bootstrap() -> None:
    random = np.random.default_rng(0)
    truth = random.random(400) < 0.3
    score = random.normal(truth * 1.2, 1).round(1)
    figure = roc_area(score, truth)
    drawn = [
        reference.roc_auc_score(truth[chosen], score[chosen])
        for chosen in random.integers(0, 400, (400, 400))
    ]
    low, high = np.quantile(drawn, (0.025, 0.975))
    assert (figure["low"], figure["high"]) == pytest.approx((low, high), abs=0.01)


def test_the_equal_error_rate_of_normal_scores_is_known() -> None:
    random = np.random.default_rng(0)
    truth = np.arange(40_000) % 2 == 0
    score = random.normal(truth * 2.0, 1)
    assert equal_error_rate(roc_curve(score, truth)) == pytest.approx(0.1587, abs=0.005)


def test_the_interval_of_the_equal_error_is_that_of_whole_resamples() -> None:
    random = np.random.default_rng(0)
    truth = random.random(300) < 0.4
    score = random.normal(truth * 1.5, 1).round(1)
    figure = equal_error(score, truth)
    assert figure["value"] == equal_error_rate(roc_curve(score, truth))
    drawn = [
        equal_error_rate(roc_curve(score[chosen], truth[chosen]))
        for chosen in random.integers(0, 300, (400, 300))
    ]
    low, high = np.quantile(drawn, (0.025, 0.975))
    assert (figure["low"], figure["high"]) == pytest.approx((low, high), abs=0.012)


@pytest.mark.parametrize(("separate", "rate"), [(True, 0), (False, 1)])
def test_the_equal_error_rate_of_separate_scores(separate: bool, rate: float) -> None:
    truth = np.array([False, False, True, True])
    score = np.arange(4) if separate else -np.arange(4)
    assert equal_error_rate(roc_curve(score, truth)) == rate


def test_a_thinned_curve_has_few_points_and_the_same_area() -> None:
    random = np.random.default_rng(0)
    truth = random.random(20_000) < 0.5
    score = random.normal(truth * 3.0, 1)
    curve = roc_curve(score, truth)
    x, y = thinned(*curve, 300)
    assert len(x) <= 300
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(y, x) == pytest.approx(roc_area(score, truth)["value"], abs=1e-3)
    # The ends matter most: small shares of false positives are kept.
    assert ((x > 0) & (x < 0.001)).sum() >= 5
