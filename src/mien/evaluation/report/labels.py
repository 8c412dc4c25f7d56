"""Figures of labels: the age groups, the gender presentation, and the labels of other heads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mien.ages import AGE_GROUP_NAMES, group_probabilities
from mien.evaluation.intervals import Figure, Floats, mean
from mien.evaluation.metrics.calibration import brier_score
from mien.evaluation.metrics.classes import Averages, class_scores, confusion_matrix
from mien.evaluation.metrics.ranking import precision_recall_figures, roc_figures
from mien.evaluation.predictions import Ints, Predictions
from mien.evaluation.report.key_figures import Figures

AGE_GROUP = "age_group"
"""Name of the age groups among the labels."""


def label_report(predictions: Predictions) -> dict[str, Figures]:
    """Returns the figures of the age groups and of each head with labels.

    Returns:
        By the name of the head, or ``age_group``:

        - ``names``; ``confusion``, counts with the truth as rows.
        - ``accuracy``; ``per_class`` with ``precision``, ``recall``, ``f1`` and ``pictures`` by
          name; ``macro`` and ``weighted`` with ``precision``, ``recall`` and ``f1``. See
          :class:`mien.evaluation.metrics.classes.ClassScores`.
        - ``brier``, the Brier score: the mean of the squared differences of all probabilities and
          the labels; for two labels of the probability of one of them.
        - ``curves`` by the name of the label: ``roc`` and ``precision_recall``, see
          :func:`mien.evaluation.metrics.ranking.roc_figures` and
          :func:`mien.evaluation.metrics.ranking.precision_recall_figures`.

        The predicted label is the most probable one, also if it is undetermined. What a system has
        no probabilities for, and a head without labelled pictures, is left out.
    """
    reports: dict[str, Figures] = {}
    truth, predicted = predictions.age_group_truth, predictions.age_group
    known = (truth >= 0) & (predicted >= 0)
    if known.any():
        reports[AGE_GROUP] = _scores(predicted[known], truth[known], AGE_GROUP_NAMES)
        if predictions.age is not None:
            groups = group_probabilities(predictions.age[known]).astype(np.float64)
            reports[AGE_GROUP] |= _ranking(groups, truth[known], AGE_GROUP_NAMES)
    for name, head in predictions.labels.items():
        truth = predictions.truth(name)
        known = predictions.known(name)
        if known.any():
            reports[name] = _scores(head.predicted[known], truth[known], head.names)
            if head.probabilities is not None:
                probabilities = head.probabilities[known].astype(np.float64)
                reports[name] |= _ranking(probabilities, truth[known], head.names)
    return reports


def _scores(predicted: Ints, truth: Ints, names: Sequence[str]) -> Figures:
    confusion = confusion_matrix(predicted, truth, len(names))
    scores = class_scores(confusion)
    columns = zip(scores.precision, scores.recall, scores.f1, scores.support, strict=True)
    return {
        "names": list(names),
        "confusion": confusion.tolist(),
        "accuracy": scores.accuracy,
        "per_class": {
            name: _known({"precision": precision, "recall": recall, "f1": f1})
            | {"pictures": pictures}
            for name, (precision, recall, f1, pictures) in zip(names, columns, strict=True)
        },
        "macro": _averages(scores.macro),
        "weighted": _averages(scores.weighted),
    }


def _ranking(probabilities: Floats, truth: Ints, names: Sequence[str]) -> Figures:
    one_hot = np.eye(len(names))[truth]
    squares = brier_score(probabilities, one_hot.astype(bool)).sum(axis=1)
    curves: Figures = {}
    for i, name in enumerate(names):
        positive = truth == i
        if not positive.any() or positive.all():
            continue
        score = probabilities[:, i]
        curves[name] = {
            "roc": roc_figures(score, positive),
            "precision_recall": precision_recall_figures(score, positive),
        }
    return {"brier": mean(squares / 2 if len(names) == 2 else squares), "curves": curves}


def _averages(averages: Averages) -> dict[str, Figure]:
    return {
        "precision": averages.precision,
        "recall": averages.recall,
        "f1": averages.f1,
    }


def _known(figures: dict[str, Figure | None]) -> Figures:
    return {name: figure for name, figure in figures.items() if figure is not None}
