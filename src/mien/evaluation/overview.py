"""Several data sets side by side: how good a model is where, with 95 % intervals.

Beside each set it measures what crosses sets: teenagers, old people, and who passes as an adult.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mien.evaluation.predictions import Predictions, concatenated
from mien.results import UNDETERMINED

Figure = dict[str, float]
"""``value``, the ends ``low`` and ``high`` of its 95 % interval, and ``n``."""

Figures = dict[str, Figure]

Z95 = 1.959964
"""Deviations of a normal distribution within which 95 % lie."""

AGE_BANDS = {"13-17": (13, 17), "18-29": (18, 29), "30-59": (30, 59), "60+": (60, math.inf)}
"""Ages that are pooled over all sets."""

PASS = 0.95
"""Probability of looking 18 or older from which a face passes as an adult."""


def overview(sets: Mapping[str, Predictions]) -> dict[str, Any]:
    """Measures the predictions of one model for several sets.

    Args:
        sets: Predictions by the set's name.

    Returns:
        ``sets``, the figures of each set by its name; ``bands``, those of :data:`AGE_BANDS` over
        all sets; ``adults``, the shares that pass as an adult, see :func:`adult_figures`. A figure
        without labels is left out.
    """
    pooled = concatenated(list(sets.values()))
    known = pooled.select(pooled.exact)
    bands = {
        name: known.select((known.age_low >= low) & (known.age_low < high + 1))
        for name, (low, high) in AGE_BANDS.items()
    }
    return {
        "sets": {name: set_figures(predictions) for name, predictions in sets.items()},
        "bands": {name: age_figures(part) for name, part in bands.items() if len(part)},
        "adults": adult_figures(known),
    }


def set_figures(predictions: Predictions) -> Figures:
    """Returns the figures of one set.

    Returns:
        Those of :func:`age_figures`; ``age_group_accuracy`` of known age groups; of known genders
        ``gender_accuracy``, ``decided`` and ``decided_accuracy``; ``NAME_recall``, the mean over
        the labels of every other head with labels that the records have.
    """
    figures = age_figures(predictions.select(predictions.exact))
    grouped = predictions.select(predictions.age_group_truth >= 0)
    if len(grouped):
        figures["age_group_accuracy"] = share(grouped.age_group == grouped.age_group_truth)
    gendered = predictions.select(predictions.female_truth >= 0)
    if len(gendered):
        female = gendered.female_truth == 1
        decided = gendered.gender != UNDETERMINED
        figures["gender_accuracy"] = share((gendered.female >= 0.5) == female)
        figures["decided"] = share(decided)
        if decided.any():
            right = (gendered.gender == "female") == female
            figures["decided_accuracy"] = share(right[decided])
    if "ethnicity" in predictions.labels and (predictions.ethnicity != "").any():
        figures["ethnicity_recall"] = _macro_recall(predictions)
    return figures


def age_figures(exact: Predictions) -> Figures:
    """Returns ``mae`` and ``bias`` in years, ``within_5`` and ``interval_coverage``.

    Args:
        exact: Predictions whose records all have an exact age; nothing is returned of none.
    """
    if not len(exact):
        return {}
    error = exact.years.astype(np.float64) - exact.age_low
    inside = (exact.low <= exact.age_low) & (exact.age_low <= exact.high)
    return {
        "mae": mean(np.abs(error)),
        "bias": mean(error),
        "within_5": share(np.abs(np.rint(exact.years) - exact.age_low) <= 5),
        "interval_coverage": share(inside),
    }


def adult_figures(exact: Predictions) -> Figures:
    """Returns which shares look 18 or older with a probability of at least :data:`PASS`.

    Args:
        exact: Predictions whose records all have an exact age.

    Returns:
        ``minors_passing``, of labels 13 to 17, and ``adults_passing``, of labels from 25 on.
    """
    passing = exact.age[:, 18:].sum(axis=1) >= PASS
    groups = {
        "minors_passing": (exact.age_low >= 13) & (exact.age_low < 18),
        "adults_passing": exact.age_low >= 25,
    }
    return {name: share(passing[part]) for name, part in groups.items() if part.any()}


def mean(values: NDArray[np.float64]) -> Figure:
    """Returns a mean with its normal 95 % interval."""
    n = len(values)
    spread = Z95 * float(values.std(ddof=1)) / math.sqrt(n) if n > 1 else math.inf
    value = float(values.mean())
    return {"value": value, "low": value - spread, "high": value + spread, "n": n}


def share(right: NDArray[np.bool_]) -> Figure:
    """Returns a share with its 95 % interval by Wilson's score."""
    n, value = len(right), float(right.mean())
    middle = (value + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    spread = Z95 / (1 + Z95**2 / n) * math.sqrt(value * (1 - value) / n + Z95**2 / (4 * n * n))
    return {"value": value, "low": middle - spread, "high": middle + spread, "n": n}


def _macro_recall(predictions: Predictions) -> Figure:
    """Returns the mean over ethnicities of the share that is recognised, with its interval."""
    predicted = predictions.labels["ethnicity"]
    answer = np.array(predicted.names)[predicted.probabilities.argmax(axis=1)]
    truth = predictions.ethnicity
    recalls = [(answer == truth)[truth == name] for name in predicted.names if name in truth]
    value = float(np.mean([right.mean() for right in recalls]))
    variance = sum(right.mean() * (1 - right.mean()) / len(right) for right in recalls)
    spread = Z95 * math.sqrt(variance) / len(recalls)
    n = sum(len(right) for right in recalls)
    return {"value": value, "low": value - spread, "high": value + spread, "n": n}
