"""Metrics of scores that rank pictures: ROC and precision-recall curves, and their areas."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mien.evaluation.intervals import (
    Z95,
    Bools,
    Figure,
    Floats,
    Positions,
    bootstrap,
    figure,
    share_band,
)

Numbers = NDArray[np.floating[Any] | np.integer[Any]]

_POINTS = 300  # maximum number of points of a curve in a report


class RocCurve(NamedTuple):
    """A ROC curve of p points, from (0, 0) to (1, 1).

    Attributes:
        false_positives: Share of the negatives with at least the threshold, 0..1, float64, (p,).
        true_positives: Share of the positives with at least the threshold, 0..1, float64, (p,).
    """

    false_positives: Floats
    true_positives: Floats


class PrecisionRecallCurve(NamedTuple):
    """A precision-recall curve of p points, from low to high recall.

    Attributes:
        recall: Share of the positives with at least the threshold, 0..1, float64, (p,).
        precision: Share of positives among the pictures with at least the threshold, 0..1, float64,
            (p,).
    """

    recall: Floats
    precision: Floats


def roc_curve(score: Numbers, truth: Bools) -> RocCurve:
    """Returns the ROC curve with a point for each score.

    Args:
        score: Scores, higher for positives, (n,).
        truth: Whether each picture is positive, bool, (n,); both must occur.

    Example:
        >>> roc_curve(np.array([3, 2, 1]), np.array([True, False, True])).true_positives.tolist()
        [0.0, 0.5, 0.5, 1.0]
    """
    return _curve(*_passing(score, truth))


def precision_recall_curve(score: Numbers, truth: Bools) -> PrecisionRecallCurve:
    """Returns the precision-recall curve with a point for each score.

    Args:
        score: Scores, higher for positives, (n,).
        truth: Whether each picture is positive, bool, (n,); a positive must occur.
    """
    positives, negatives = _passing(score, truth)
    return PrecisionRecallCurve(positives / positives[-1], positives / (positives + negatives))


def roc_area(score: Numbers, truth: Bools) -> Figure:
    """Returns the area under the ROC curve with its interval (DeLong et al., 1988).

    It is the probability that a positive has a higher score than a negative. Equal scores count as
    one half.

    Args:
        score: Scores, higher for positives, (n,).
        truth: Whether each picture is positive, bool, (n,); both must occur.

    Example:
        >>> roc_area(np.array([0.1, 0.4, 0.8]), np.array([False, True, True]))["value"]
        1.0
    """
    positive, negative = score[truth], score[~truth]
    # Of each positive the share of negatives below it, and of each negative that of positives.
    above = (_ranks(score)[truth] - _ranks(positive)) / len(negative)
    below = 1 - (_ranks(score)[~truth] - _ranks(negative)) / len(positive)
    value = float(above.mean())
    if min(len(positive), len(negative)) < 3:
        return figure(value, None, None, len(score))
    variance = above.var(ddof=1) / len(positive) + below.var(ddof=1) / len(negative)
    spread = Z95 * float(np.sqrt(variance))
    return figure(value, max(0.0, value - spread), min(1.0, value + spread), len(score))


def average_precision(score: Numbers, truth: Bools) -> Figure:
    """Returns the area under the precision-recall curve with the interval of a bootstrap.

    The area is the mean of the precisions, weighted by the growth of the recall.

    Args:
        score: Scores, higher for positives, (n,).
        truth: Whether each picture is positive, bool, (n,); a positive must occur.
    """
    order = np.argsort(score, kind="stable")[::-1]
    positive, last = truth[order], _last_of_equals(score[order])

    def area(chosen: Positions) -> float:
        drawn = np.bincount(chosen, minlength=len(order))  # how often each picture is drawn
        positives = np.cumsum(drawn * positive)[last]
        if not positives[-1]:
            return float("nan")
        precision = positives / np.maximum(np.cumsum(drawn)[last], 1)
        return float(np.diff(positives, prepend=0) @ precision / positives[-1])

    return bootstrap(area, len(order))


def roc_figures(score: Numbers, truth: Bools) -> dict[str, Any]:
    """Returns the figures of a ROC curve for a report.

    Args:
        score: Scores, higher for positives, (n,).
        truth: Whether each picture is positive, bool, (n,); both must occur.

    Returns:
        ``area``; and of at most 300 points ``false_positives``, ``true_positives``, and ``low`` and
        ``high``, the ends of the intervals of the true positives.
    """
    false_positives, true_positives = thinned(*roc_curve(score, truth))
    low, high = share_band(true_positives, np.full(len(true_positives), np.count_nonzero(truth)))
    columns = {"false_positives": false_positives, "true_positives": true_positives}
    return _figures(roc_area(score, truth), columns | {"low": low, "high": high})


def precision_recall_figures(score: Numbers, truth: Bools) -> dict[str, Any]:
    """Returns the figures of a precision-recall curve for a report.

    Args:
        score: Scores, higher for positives, (n,).
        truth: Whether each picture is positive, bool, (n,); a positive must occur.

    Returns:
        ``area``; and of at most 300 points ``recall``, ``precision``, and ``low`` and ``high``, the
        ends of the intervals of the precision.
    """
    recall, precision = thinned(*precision_recall_curve(score, truth))
    # Without a positive above a threshold, at least one negative is.
    above = np.maximum(1, recall * np.count_nonzero(truth) / np.maximum(precision, 1e-9))
    low, high = share_band(precision, above)
    columns = {"recall": recall, "precision": precision, "low": low, "high": high}
    return _figures(average_precision(score, truth), columns)


def _figures(area: Figure, columns: dict[str, Floats]) -> dict[str, Any]:
    return {"area": area} | {name: values.tolist() for name, values in columns.items()}


def equal_error_rate(curve: RocCurve) -> float:
    """Returns the error at which as many negatives pass as positives fail, 0..1.

    Args:
        curve: From :func:`roc_curve`. Between two points it is a straight line.
    """
    missed = 1 - curve.true_positives
    gap = curve.false_positives - missed  # grows along the curve from -1 to 1
    after = int(np.argmax(gap >= 0))
    step = gap[after] - gap[after - 1]
    part = gap[after] / step
    return float(missed[after] + part * (missed[after - 1] - missed[after]))


def equal_error(score: Numbers, truth: Bools) -> Figure:
    """Returns the equal error rate of scores with the interval of a bootstrap.

    Args:
        score: Scores, higher for positives, (n,).
        truth: Whether each picture is positive, bool, (n,); both must occur.
    """
    order = np.argsort(score, kind="stable")[::-1]
    positive, last = truth[order], _last_of_equals(score[order])

    def rate(chosen: Positions) -> float:
        drawn = np.bincount(chosen, minlength=len(order))  # how often each picture is drawn
        positives = np.cumsum(drawn * positive)[last]
        negatives = np.cumsum(drawn * ~positive)[last]
        if not positives[-1] or not negatives[-1]:
            return float("nan")
        return equal_error_rate(_curve(positives, negatives))

    return bootstrap(rate, len(order))


def thinned(x: Floats, y: Floats, points: int = _POINTS) -> tuple[Floats, Floats]:
    """Returns a curve with at most ``points`` points; the ends of the axes keep more of them.

    Args:
        x: Shares 0..1 that do not decrease, float64, (p,), at least one.
        y: Shares 0..1, float64, (p,).
        points: Maximum number of points, at least 2.
    """
    if len(x) <= points:
        return x, y
    steps = np.abs(np.diff(np.sqrt(x))) + np.abs(np.diff(np.sqrt(np.abs(1 - y))))
    length = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = np.linspace(0, length[-1], points)
    kept = np.unique(np.searchsorted(length, wanted).clip(0, len(x) - 1))
    return x[kept], y[kept]


def _curve(positives: NDArray[Any], negatives: NDArray[Any]) -> RocCurve:
    """Returns the curve of the numbers of positives and negatives with at least each score."""
    return RocCurve(
        np.concatenate([[0.0], negatives / negatives[-1]]),
        np.concatenate([[0.0], positives / positives[-1]]),
    )


def _last_of_equals(ordered: Numbers) -> Positions:
    """Returns the position of the last of each run of equal scores."""
    return np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(ordered) - 1)


def _passing(score: Numbers, truth: Bools) -> tuple[Floats, Floats]:
    """Returns how many positives and negatives have at least each score, from high to low."""
    order = np.argsort(score, kind="stable")[::-1]
    ordered = score[order]
    last = _last_of_equals(ordered)
    positives = np.cumsum(truth[order])[last].astype(np.float64)
    return positives, last + 1 - positives


def _ranks(values: Numbers) -> Floats:
    """Returns the rank of each value from 1; equal values have their mean rank."""
    _, index, count = np.unique(values, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(count) - (count - 1) / 2
    return np.asarray(mean_rank[index], np.float64)
