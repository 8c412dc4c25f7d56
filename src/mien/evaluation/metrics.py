"""Measures of estimates against labels: pure functions over NumPy arrays.

A mean over no pictures at all is nan, without a warning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any] | np.integer[Any]]
Positions = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


class Averages(NamedTuple):
    """Precision, recall and F1 averaged over classes, each in 0..1."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, eq=False)
class ClassScores:
    """How well each of k classes is recognised; 0 where a ratio is undefined.

    Attributes:
        precision: Share of the answers of a class that are right, (k,) float64 in 0..1.
        recall: Share of a class that is recognised, (k,) float64 in 0..1.
        f1: Harmonic mean of the two, (k,) float64 in 0..1.
        support: Pictures labelled with each class, (k,) int64.
        macro: Averages over the classes that occur among labels or answers, each counting the same.
        weighted: Averages with each class counting by its support.
    """

    precision: Floats
    recall: Floats
    f1: Floats
    support: Counts
    macro: Averages
    weighted: Averages


@dataclass(frozen=True, slots=True, eq=False)
class CalibrationBins:
    """Pictures binned by probability; bins without any are left out, so b may be small.

    Attributes:
        probability: Mean probability in each bin, (b,) float64 in 0..1.
        frequency: Share of each bin where the event happened, (b,) float64 in 0..1.
        count: Pictures in each bin, (b,) int64, at least 1.
    """

    probability: Floats
    frequency: Floats
    count: Counts


def mean_absolute_error(predicted: Numbers, truth: Numbers) -> float:
    """Returns the mean absolute difference, >= 0, in the unit of the inputs.

    Args:
        predicted: (n,) float or int.
        truth: (n,) float or int.

    Example:
        >>> mean_absolute_error(np.array([20, 34]), np.array([22, 30]))
        3.0
    """
    return _mean(np.abs(_errors(predicted, truth)))


def mean_error(predicted: Numbers, truth: Numbers) -> float:
    """Returns the mean of predicted minus true, the bias, in the unit of the inputs.

    Args:
        predicted: (n,) float or int.
        truth: (n,) float or int.

    Example:
        >>> mean_error(np.array([20, 34]), np.array([22, 30]))
        1.0
    """
    return _mean(_errors(predicted, truth))


def cumulative_score(predicted: Numbers, truth: Numbers, years: float = 5) -> float:
    """Returns the share in 0..1 whose error is at most ``years``.

    Args:
        predicted: (n,) float or int, in years.
        truth: (n,) float or int, in years.
        years: The greatest error that counts as good, inclusive.

    Example:
        >>> cumulative_score(np.array([20, 34]), np.array([22, 40]))
        0.5
    """
    return _mean(np.abs(_errors(predicted, truth)) <= years)


def interval_coverage(low: Numbers, high: Numbers, truth: Numbers) -> float:
    """Returns the share in 0..1 of truths inside their interval, ends included.

    Args:
        low: (n,) float or int.
        high: (n,) float or int.
        truth: (n,) float or int.

    Example:
        >>> interval_coverage(np.array([18, 30]), np.array([25, 40]), np.array([25, 41]))
        0.5
    """
    return _mean((low <= truth) & (truth <= high))


def accuracy(predicted: NDArray[Any], truth: NDArray[Any]) -> float:
    """Returns the share in 0..1 of equal entries.

    Args:
        predicted: (n,) of any kind that can be compared.
        truth: (n,) of the same kind.

    Example:
        >>> accuracy(np.array(["female", "male"]), np.array(["female", "female"]))
        0.5
    """
    return _mean(predicted == truth)


def confusion_matrix(predicted: Positions, truth: Positions, classes: int) -> Counts:
    """Returns how often each class was taken for each, (classes, classes) int64, rows the truth.

    Args:
        predicted: (n,) int in 0..classes-1.
        truth: (n,) int in 0..classes-1.
        classes: Number of classes.

    Example:
        >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).tolist()
        [[1, 1], [0, 1]]
    """
    pairs = np.ravel_multi_index((truth, predicted), (classes, classes))
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def precision_recall_f1(confusion: Counts) -> ClassScores:
    """Returns precision, recall and F1 of each class and their averages.

    Args:
        confusion: (k, k) int, rows the truth, as of :func:`confusion_matrix`.

    Example:
        >>> precision_recall_f1(np.array([[8, 2], [4, 6]])).recall.tolist()
        [0.8, 0.6]
    """
    hits = np.diagonal(confusion)
    answers, support = confusion.sum(axis=0), confusion.sum(axis=1)
    scores = (
        _ratio(hits, answers),
        _ratio(hits, support),
        _ratio(2 * hits, answers + support),
    )
    occurs = (answers + support) > 0
    return ClassScores(
        *scores,
        support=support,
        macro=Averages(*(_mean(score[occurs]) for score in scores)),
        weighted=Averages(*(float(_ratio(score @ support, support.sum())) for score in scores)),
    )


def roc_auc(score: Numbers, truth: Bools | Positions) -> float:
    """Returns the area under the ROC curve in 0..1, nan where only one class occurs.

    It is the chance that a positive scores above a negative, ties counting half.

    Args:
        score: (n,) float or int, greater for the positive class.
        truth: (n,) bool, or int with 1 for the positive class and 0 for the other.

    Example:
        >>> roc_auc(np.array([0.1, 0.4, 0.8]), np.array([0, 1, 1]))
        1.0
    """
    positive = truth.astype(bool)
    positives, negatives = int(positive.sum()), int((~positive).sum())
    if not positives or not negatives:
        return float("nan")
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(count) - (count - 1) / 2
    rank_sum = mean_rank[place][positive].sum()
    return float((rank_sum - positives * (positives + 1) / 2) / (positives * negatives))


def calibration_bins(
    probability: Numbers, happened: Bools | Positions, bins: int = 15
) -> CalibrationBins:
    """Returns how often an event happened by how probable it was said to be.

    Args:
        probability: (n,) float in 0..1.
        happened: (n,) bool, or int 0 and 1.
        bins: Number of bins of equal width; the last includes 1.

    Example:
        >>> calibration_bins(np.array([0.9, 0.95]), np.array([1, 0]), bins=2).frequency.tolist()
        [0.5]
    """
    place = np.minimum((probability * bins).astype(np.int64), bins - 1)
    count = np.bincount(place, minlength=bins)
    filled = count > 0
    count = count[filled]
    return CalibrationBins(
        np.bincount(place, probability, bins)[filled] / count,
        np.bincount(place, happened, bins)[filled] / count,
        count,
    )


def expected_calibration_error(
    probability: Numbers, correct: Bools | Positions, bins: int = 15
) -> float:
    """Returns the mean gap in 0..1 between how sure and how right, over bins of how sure.

    Args:
        probability: Of the answer that was given, (n,) float in 0..1.
        correct: Whether that answer is right, (n,) bool, or int 0 and 1.
        bins: Number of bins of equal width.

    Example:
        >>> round(expected_calibration_error(np.array([0.9, 0.9]), np.array([1, 0])), 3)
        0.4
    """
    binned = calibration_bins(probability, correct, bins)
    gaps = np.abs(binned.probability - binned.frequency)
    return float(_ratio(gaps @ binned.count, binned.count.sum())) if len(gaps) else float("nan")


def brier(probability: Numbers, truth: Bools | Positions) -> float:
    """Returns the mean squared difference of probability and event, in 0..1; 0 is perfect.

    Args:
        probability: Of the event, (n,) float in 0..1.
        truth: Whether it happened, (n,) bool, or int 0 and 1.

    Example:
        >>> brier(np.array([1.0, 0.5]), np.array([1, 0]))
        0.125
    """
    return _mean(_errors(probability, truth.astype(np.int64)) ** 2)


def _errors(predicted: Numbers, truth: Numbers) -> Floats:
    # float64, for in float32 a sum over many pictures loses digits that a comparison needs.
    return np.subtract(predicted, truth, dtype=np.float64)


def _mean(values: Floats | Bools) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _ratio(part: Any, whole: Any) -> Floats:
    empty = np.zeros(np.shape(part), np.float64)
    return np.asarray(np.divide(part, whole, out=empty, where=np.asarray(whole) > 0))
