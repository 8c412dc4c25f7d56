"""Metrics of predicted classes: the confusion matrix, and what is computed from it.

The intervals of F1 and of averages are of a bootstrap. To draw pictures again changes only the
counts of the confusion matrix, so that the counts are drawn: 1,000 resamples take milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mien.evaluation.intervals import Figure, Floats, from_resamples, share_of

Positions = NDArray[np.integer[Any]]
Counts = NDArray[np.int64]

_RESAMPLES = 1000


class Averages(NamedTuple):
    """Precision, recall and F1, averaged over classes, each 0..1."""

    precision: Figure
    recall: Figure
    f1: Figure


@dataclass(frozen=True, slots=True, eq=False)
class ClassScores:
    """Scores of k classes.

    A ratio with a denominator of 0 is None for a class, and 0 in the averages.

    Attributes:
        accuracy: Share of right predictions, 0..1.
        precision: Share of right predictions among the predictions of each class, 0..1, k.
        recall: Share of right predictions among the labels of each class, 0..1, k.
        f1: Harmonic mean of precision and recall of each class, 0..1, k.
        support: Number of labels of each class, k.
        macro: Averages over the classes that occur among the labels or predictions, all with the
            same weight.
        weighted: Averages over all classes, weighted by their support.
    """

    accuracy: Figure
    precision: list[Figure | None]
    recall: list[Figure | None]
    f1: list[Figure | None]
    support: list[int]
    macro: Averages
    weighted: Averages


def confusion_matrix(predicted: Positions, truth: Positions, classes: int) -> Counts:
    """Returns the confusion matrix: counts, int64, (classes, classes); rows are the truth.

    Args:
        predicted: Predicted classes 0..classes-1, int, (n,).
        truth: True classes 0..classes-1, int, (n,).
        classes: Number of classes.

    Raises:
        ValueError: A class is out of range.

    Example:
        >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).tolist()
        [[1, 1], [0, 1]]
    """
    pairs = np.ravel_multi_index((truth, predicted), (classes, classes))
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def class_scores(confusion: Counts, seed: int = 0) -> ClassScores:
    """Returns the scores of each class, and their averages.

    Args:
        confusion: Counts from :func:`confusion_matrix`, int, (k, k), of at least one picture; rows
            are the truth.
        seed: Seed of the bootstrap.

    Example:
        >>> scores = class_scores(np.array([[8, 2], [4, 6]]))
        >>> [recall["value"] for recall in scores.recall]
        [0.8, 0.6]
    """
    n = int(confusion.sum())
    drawn = np.random.default_rng(seed).multinomial(n, confusion.ravel() / n, _RESAMPLES)
    values = _scores(confusion[None])
    resampled = _scores(drawn.reshape(_RESAMPLES, *confusion.shape))
    right = np.diagonal(confusion)
    predicted, support = confusion.sum(axis=0), confusion.sum(axis=1)
    f1 = [
        from_resamples(float(values.f1[0, i]), resampled.f1[:, i], int(support[i]))
        if support[i] + predicted[i]
        else None
        for i in range(len(confusion))
    ]
    return ClassScores(
        accuracy=share_of(int(right.sum()), n),
        precision=_shares(right, predicted),
        recall=_shares(right, support),
        f1=f1,
        support=support.tolist(),
        macro=_averages(values, resampled, n, weighted=False),
        weighted=_averages(values, resampled, n, weighted=True),
    )


class _Scores(NamedTuple):
    """Scores of r resamples and k classes, each 0..1, (r, k)."""

    precision: Floats
    recall: Floats
    f1: Floats
    support: Floats
    occurs: Floats


def _scores(confusions: NDArray[Any]) -> _Scores:
    right = np.diagonal(confusions, axis1=1, axis2=2)
    predicted, support = confusions.sum(axis=1), confusions.sum(axis=2)
    return _Scores(
        _ratio(right, predicted),
        _ratio(right, support),
        _ratio(2 * right, predicted + support),
        support.astype(np.float64),
        (predicted + support > 0).astype(np.float64),
    )


def _averages(values: _Scores, resampled: _Scores, n: int, weighted: bool) -> Averages:
    def average(scores: _Scores, name: str) -> Floats:
        weights = scores.support if weighted else scores.occurs
        return np.asarray((getattr(scores, name) * weights).sum(axis=1) / weights.sum(axis=1))

    return Averages(
        *(
            from_resamples(float(average(values, name)[0]), average(resampled, name), n)
            for name in Averages._fields
        )
    )


def _shares(part: Counts, whole: Counts) -> list[Figure | None]:
    return [
        share_of(int(count), int(n)) if n else None for count, n in zip(part, whole, strict=True)
    ]


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0))
