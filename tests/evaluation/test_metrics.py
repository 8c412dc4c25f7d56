from __future__ import annotations

import math

import numpy as np
import pytest
import sklearn.metrics as reference
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mien.evaluation import metrics

CLASSES = 4
pairs = st.integers(1, 60).flatmap(
    lambda n: st.tuples(*[hnp.arrays(np.int64, n, elements=st.integers(0, CLASSES - 1))] * 2)
)
ages = st.integers(1, 60).flatmap(
    lambda n: st.tuples(
        hnp.arrays(np.float32, n, elements=st.floats(0, 100, width=32)),
        hnp.arrays(np.int64, n, elements=st.integers(0, 116)),
    )
)
# Sixteenths are few enough to tie often, and exact in binary.
scores = st.integers(2, 60).flatmap(
    lambda n: st.tuples(
        hnp.arrays(np.int64, n, elements=st.integers(0, 16)).map(lambda x: x / 16),
        hnp.arrays(np.bool_, n),
    )
)


@given(ages)
def test_mean_absolute_error_is_scikit_learns(ages_: tuple[np.ndarray, np.ndarray]) -> None:
    predicted, truth = ages_
    expected = reference.mean_absolute_error(truth, predicted.astype(np.float64))
    assert metrics.mean_absolute_error(predicted, truth) == pytest.approx(expected)


def test_mean_error_has_the_sign_of_what_is_too_old() -> None:
    assert metrics.mean_error(np.array([30, 40, 50]), np.array([20, 40, 49])) == pytest.approx(
        11 / 3
    )


def test_the_sum_over_many_errors_keeps_its_digits() -> None:
    predicted = np.full(300_000, 50.1, np.float32)
    error = metrics.mean_absolute_error(predicted, np.full(300_000, 50))
    assert error == pytest.approx(float(np.float32(50.1)) - 50, rel=1e-9)


def test_cumulative_score_counts_an_error_of_exactly_the_limit() -> None:
    predicted = np.array([25, 15, 26, 20.5], np.float32)
    truth = np.array([20, 20, 20, 20])
    assert metrics.cumulative_score(predicted, truth) == 0.75
    assert metrics.cumulative_score(predicted, truth, 4) == 0.25


def test_interval_coverage_includes_the_ends() -> None:
    low, high = np.array([10, 10, 10, 10]), np.array([20, 20, 20, 20])
    assert metrics.interval_coverage(low, high, np.array([10, 20, 21, 9])) == 0.5


@given(pairs)
def test_confusion_and_accuracy_are_scikit_learns(pair: tuple[np.ndarray, np.ndarray]) -> None:
    predicted, truth = pair
    ours = metrics.confusion_matrix(predicted, truth, CLASSES)
    theirs = reference.confusion_matrix(truth, predicted, labels=range(CLASSES))
    np.testing.assert_array_equal(ours, theirs)
    expected = reference.accuracy_score(truth, predicted)
    assert metrics.accuracy(predicted, truth) == pytest.approx(expected)


def test_a_class_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="invalid entry"):
        metrics.confusion_matrix(np.array([2]), np.array([0]), 2)


@given(pairs)
def test_precision_recall_f1_are_scikit_learns(pair: tuple[np.ndarray, np.ndarray]) -> None:
    predicted, truth = pair
    ours = metrics.precision_recall_f1(metrics.confusion_matrix(predicted, truth, CLASSES))
    each = reference.precision_recall_fscore_support(
        truth, predicted, labels=range(CLASSES), zero_division=0
    )
    for mine, theirs in zip(
        (ours.precision, ours.recall, ours.f1, ours.support), each, strict=True
    ):
        np.testing.assert_allclose(mine, theirs)
    for average, mine in (("macro", ours.macro), ("weighted", ours.weighted)):
        theirs = reference.precision_recall_fscore_support(
            truth, predicted, average=average, zero_division=0
        )
        np.testing.assert_allclose(mine, theirs[:3])


@given(scores)
def test_roc_auc_is_scikit_learns(scores_: tuple[np.ndarray, np.ndarray]) -> None:
    score, truth = scores_
    ours = metrics.roc_auc(score, truth)
    if truth.all() or not truth.any():
        assert math.isnan(ours)
    else:
        assert ours == pytest.approx(reference.roc_auc_score(truth, score))


@given(scores)
def test_brier_is_scikit_learns(scores_: tuple[np.ndarray, np.ndarray]) -> None:
    probability, truth = scores_
    expected = reference.brier_score_loss(truth, probability, labels=[False, True])
    assert metrics.brier(probability, truth) == pytest.approx(expected)


def test_expected_calibration_error_weighs_the_gaps_by_pictures() -> None:
    probability = np.array([0.9, 0.9, 0.9, 0.9, 0.6])
    correct = np.array([1, 1, 1, 0, 0])
    # Of four at 90% three are right, a gap of 0.15; of one at 60% none, a gap of 0.6.
    expected = 0.8 * 0.15 + 0.2 * 0.6
    error = metrics.expected_calibration_error(probability, correct, bins=10)
    assert error == pytest.approx(expected)


def test_calibration_bins_leave_out_empty_ones_and_keep_certainty_in_the_last() -> None:
    bins = metrics.calibration_bins(np.array([0.0, 0.04, 0.95, 1.0]), np.array([0, 1, 1, 1]), 10)
    np.testing.assert_array_equal(bins.count, [2, 2])
    np.testing.assert_allclose(bins.probability, [0.02, 0.975])
    np.testing.assert_allclose(bins.frequency, [0.5, 1])


@given(scores, st.integers(1, 20))
def test_bins_lose_no_picture(scores_: tuple[np.ndarray, np.ndarray], bins: int) -> None:
    probability, happened = scores_
    binned = metrics.calibration_bins(probability, happened, bins)
    assert binned.count.sum() == len(probability)
    assert binned.count @ binned.probability == pytest.approx(probability.sum())
    assert binned.count @ binned.frequency == pytest.approx(happened.sum())


@pytest.mark.filterwarnings("error")
def test_figures_of_no_pictures_are_nan() -> None:
    none = np.array([], np.float64)
    nobody = np.array([], np.int64)
    assert math.isnan(metrics.mean_absolute_error(none, none))
    assert math.isnan(metrics.mean_error(none, none))
    assert math.isnan(metrics.cumulative_score(none, none))
    assert math.isnan(metrics.interval_coverage(none, none, none))
    assert math.isnan(metrics.accuracy(nobody, nobody))
    assert math.isnan(metrics.roc_auc(none, nobody))
    assert math.isnan(metrics.expected_calibration_error(none, nobody))
    assert math.isnan(metrics.brier(none, nobody))
    assert metrics.confusion_matrix(nobody, nobody, 2).tolist() == [[0, 0], [0, 0]]
