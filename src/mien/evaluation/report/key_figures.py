"""The key figures of some pictures, as a summary and for each part of a set."""

from __future__ import annotations

from typing import Any

import numpy as np

from mien.evaluation.intervals import Figure, mean, mean_of_means, share, square_root
from mien.evaluation.predictions import NO_ANSWER, Predictions
from mien.results import UNDETERMINED, UNUSUAL

Figures = dict[str, Any]
"""Plain values for JSON, by their names."""

WITHIN = (1, 3, 5, 10)
"""Errors in years whose shares are among the figures."""


def key_figures(predictions: Predictions) -> Figures:
    """Returns the key figures of some pictures.

    Returns:
        - ``pictures``; ``not_found``, the number of pictures without a detected face.
        - ``without_age`` and ``without_NAME`` of each head: the number of pictures for which the
          system has no such answer, if it has some.
        - For exact ages: ``mae``, ``bias`` and ``rmse`` in years; ``within_1``, ``within_3``,
          ``within_5`` and ``within_10``, the shares of ages in whole years with at most this error;
          ``interval_coverage``, the share inside the 80 % interval.
        - For known age groups: ``age_group_accuracy`` and ``within_one_age_group``.
        - For each head with labels: ``NAME_accuracy`` of the most probable label; ``NAME_decided``,
          the share of decided labels; ``NAME_decided_accuracy``, the share of those that is right;
          ``NAME_recall``, the mean recall of the labels, for a head with more than two.
        - ``unusual``, the share of faces with this hint, if the system says how unusual a face is.

        All but these numbers are a :class:`mien.evaluation.intervals.Figure`. A figure without
        labels or without answers is left out.
    """
    figures: Figures = {
        "pictures": len(predictions),
        "not_found": int((~predictions.found).sum()),
    }
    answered = {"age": predictions.answered} | {
        name: head.decided != NO_ANSWER for name, head in predictions.labels.items()
    }
    for name, has in answered.items():
        if has.any() and not has.all():
            figures[f"without_{name}"] = int((~has).sum())
    figures |= age_figures(predictions)
    for name in predictions.labels:
        figures |= label_figures(predictions, name)
    if predictions.novelty is not None:
        known = predictions.novelty[np.isfinite(predictions.novelty)]
        if len(known):
            figures["unusual"] = share(known > UNUSUAL)
    return figures


def age_figures(predictions: Predictions) -> dict[str, Figure]:
    """Returns the figures of the ages, see :func:`key_figures`."""
    figures: dict[str, Figure] = {}
    exact = predictions.select(predictions.exact & predictions.answered)
    if len(exact):
        error = exact.error
        whole = np.abs(np.rint(exact.years) - exact.age_low)
        figures["mae"] = mean(np.abs(error))
        figures["bias"] = mean(error)
        figures["rmse"] = square_root(mean(error**2))
        figures |= {f"within_{years}": share(whole <= years) for years in WITHIN}
    measured = predictions.select(predictions.exact & predictions.with_interval)
    if len(measured):
        truth = measured.age_low
        figures["interval_coverage"] = share((measured.low <= truth) & (truth <= measured.high))
    known = (predictions.age_group_truth >= 0) & (predictions.age_group >= 0)
    if known.any():
        off = np.abs(predictions.age_group - predictions.age_group_truth)[known]
        figures["age_group_accuracy"] = share(off == 0)
        figures["within_one_age_group"] = share(off <= 1)
    return figures


def label_figures(predictions: Predictions, name: str) -> dict[str, Figure]:
    """Returns the figures of a head with labels, see :func:`key_figures`."""
    head, truth = predictions.labels[name], predictions.truth(name)
    figures: dict[str, Figure] = {}
    known = predictions.known(name)
    right = head.predicted == truth
    if known.any():
        figures[f"{name}_accuracy"] = share(right[known])
        parts = [right[known & (truth == i)] for i in range(len(head.names))]
        measured = [part for part in parts if len(part) > 1]
        if len(head.names) > 2 and measured:
            figures[f"{name}_recall"] = mean_of_means(measured)
    known = (truth >= 0) & (head.decided != NO_ANSWER)
    decided = head.decided != UNDETERMINED
    if known.any():
        figures[f"{name}_decided"] = share(decided[known])
        if (known & decided).any():
            figures[f"{name}_decided_accuracy"] = share(right[known & decided])
    return figures
