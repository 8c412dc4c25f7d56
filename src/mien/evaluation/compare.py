"""Is one model better than another, or was it chance?"""

from __future__ import annotations

from typing import Any

import numpy as np

from mien.errors import DataError
from mien.evaluation.metrics import Bools, Floats
from mien.evaluation.predictions import Predictions


def compare(a: Predictions, b: Predictions, seed: int = 0, resamples: int = 2000) -> dict[str, Any]:
    """Compares two models on the pictures that both judged, by a paired bootstrap.

    Each resample draws pictures with replacement and takes both models' answers to them, so that
    how hard the pictures are cancels out.

    Args:
        a: The one model's answers.
        b: The other's; pictures are matched by their path.
        seed: Of the resampling.
        resamples: How many.

    Returns:
        ``pictures`` (in both), and for each of ``mae`` (years), ``within_5`` (of whole years) and
        ``gender_accuracy`` a dictionary of ``pictures`` (with the label that it needs), ``a``,
        ``b``, ``difference`` (b minus a), and ``low`` and ``high``, the ends of its 95 % interval;
        left out where the labels are missing.

    Raises:
        DataError: They share no picture, name one twice, or differ in its labels.
    """
    a, b = _matched(a, b)
    random = np.random.default_rng(seed)
    comparison: dict[str, Any] = {"pictures": len(a)}
    for name, known, of_a, of_b in (
        ("mae", a.exact, _age_error(a), _age_error(b)),
        ("within_5", a.exact, _within_5(a), _within_5(b)),
        ("gender_accuracy", a.female_truth >= 0, _gender_right(a), _gender_right(b)),
    ):
        if known.any():
            comparison[name] = _difference(of_a[known], of_b[known], random, resamples)
    return comparison


def _matched(a: Predictions, b: Predictions) -> tuple[Predictions, Predictions]:
    places = [{r.path: i for i, r in enumerate(predictions.records)} for predictions in (a, b)]
    if len(places[0]) < len(a) or len(places[1]) < len(b):
        raise DataError("the predictions name a picture twice, so they cannot be matched")
    shared = sorted(places[0].keys() & places[1].keys())
    if not shared:
        raise DataError("the two predictions have no picture in common")
    a = a.select([places[0][path] for path in shared])
    b = b.select([places[1][path] for path in shared])
    for of_a, of_b in zip(a.records, b.records, strict=True):
        labels_a = (of_a.age_low, of_a.age_high, of_a.gender)
        if labels_a != (of_b.age_low, of_b.age_high, of_b.gender):
            raise DataError(f"the two predictions have different labels for '{of_a.path}'")
    return a, b


def _age_error(predictions: Predictions) -> Floats:
    return np.abs(predictions.years.astype(np.float64) - predictions.age_low)


def _within_5(predictions: Predictions) -> Bools:
    return np.less_equal(np.abs(np.rint(predictions.years) - predictions.age_low), 5)


def _gender_right(predictions: Predictions) -> Bools:
    return np.equal(predictions.female >= 0.5, predictions.female_truth)


def _difference(
    of_a: Floats | Bools, of_b: Floats | Bools, random: np.random.Generator, resamples: int
) -> dict[str, float]:
    # Of means over the same pictures, the difference is the mean of the differences.
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
