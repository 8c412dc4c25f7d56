"""Comparison of two models: the differences of their metrics, with 95 % intervals."""

from __future__ import annotations

from typing import Any

import numpy as np

from mien.errors import DataError
from mien.evaluation.intervals import Bools, Floats
from mien.evaluation.predictions import Predictions


def compare(a: Predictions, b: Predictions, seed: int = 0, resamples: int = 2000) -> dict[str, Any]:
    """Compares two models on the pictures that both predicted, by a paired bootstrap.

    Each resample draws pictures with replacement, the same pictures for both models. The difference
    of the two metrics therefore depends less on the pictures that were drawn.

    Args:
        a: Predictions of the first model.
        b: Predictions of the second model; pictures are matched by their path.
        seed: Seed of the resampling.
        resamples: Number of resamples, at least 1.

    Returns:
        ``pictures``, the number of pictures in both. For each of ``mae`` (in years), ``within_5``
        (of whole years), ``age_group_accuracy`` and, for each head with labels that both have,
        ``NAME_accuracy`` a dictionary with ``pictures`` (those with the needed label and an answer
        of both), ``a``, ``b``, ``difference`` (b minus a), and ``low`` and ``high``, the ends of
        the 95 % interval of the difference. A metric without labels or answers is left out.

    Raises:
        DataError: The predictions have no picture in common, name a picture twice, or have
            different labels for a picture.
    """
    a, b = _matched(a, b)
    random = np.random.default_rng(seed)
    comparison: dict[str, Any] = {"pictures": len(a)}
    aged = a.exact & a.answered & b.answered
    grouped = _group_known(a) & _group_known(b)
    metrics = [
        ("mae", aged, np.abs(a.error), np.abs(b.error)),
        ("within_5", aged, _within_5(a), _within_5(b)),
        ("age_group_accuracy", grouped, _group_right(a), _group_right(b)),
    ]
    for head in a.labels:
        if head in b.labels:
            known = a.known(head) & b.known(head)
            right = (_label_right(a, head), _label_right(b, head))
            metrics.append((f"{head}_accuracy", known, *right))
    for name, known, of_a, of_b in metrics:
        if known.any():
            comparison[name] = _difference(of_a[known], of_b[known], random, resamples)
    return comparison


def _matched(a: Predictions, b: Predictions) -> tuple[Predictions, Predictions]:
    """Returns the predictions of both models for the pictures that they share, in one order."""
    indexes = [{r.path: i for i, r in enumerate(predictions.records)} for predictions in (a, b)]
    if len(indexes[0]) < len(a) or len(indexes[1]) < len(b):
        raise DataError("the predictions cannot be compared: one of them names a picture twice")
    shared = sorted(indexes[0].keys() & indexes[1].keys())
    if not shared:
        raise DataError(
            "the predictions cannot be compared: they have no picture in common; evaluate both"
            " models on the same data set"
        )
    a = a.select([indexes[0][path] for path in shared])
    b = b.select([indexes[1][path] for path in shared])
    for of_a, of_b in zip(a.records, b.records, strict=True):
        first, second = (
            (r.age_low, r.age_high, r.gender, r.ethnicity, r.labels) for r in (of_a, of_b)
        )
        if first != second:
            raise DataError(
                "the predictions cannot be compared: they have different labels for"
                f" '{of_a.path}'; evaluate both models with the same labels"
            )
    return a, b


def _within_5(predictions: Predictions) -> Bools:
    return np.less_equal(np.abs(np.rint(predictions.years) - predictions.age_low), 5)


def _group_known(predictions: Predictions) -> Bools:
    return (predictions.age_group_truth >= 0) & (predictions.age_group >= 0)


def _group_right(predictions: Predictions) -> Bools:
    return np.equal(predictions.age_group, predictions.age_group_truth)


def _label_right(predictions: Predictions, head: str) -> Bools:
    return np.equal(predictions.labels[head].predicted, predictions.truth(head))


def _difference(
    of_a: Floats | Bools, of_b: Floats | Bools, random: np.random.Generator, resamples: int
) -> dict[str, float]:
    # The difference of two means over the same pictures is the mean of their differences.
    differences = of_b.astype(np.float64) - of_a
    n = len(differences)
    means = [differences[random.integers(n, size=n)].mean() for _ in range(resamples)]
    low, high = np.quantile(means, (0.025, 0.975))
    return {
        "pictures": n,
        "a": float(of_a.mean()),
        "b": float(of_b.mean()),
        "difference": float(differences.mean()),
        "low": float(low),
        "high": float(high),
    }
