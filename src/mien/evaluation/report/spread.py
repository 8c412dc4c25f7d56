"""Figures of the spread: how the answers for pictures of one group differ."""

from __future__ import annotations

import numpy as np

from mien.evaluation.intervals import Floats, Positions, bootstrap
from mien.evaluation.predictions import Predictions
from mien.evaluation.report.key_figures import Figures


def spread_report(predictions: Predictions) -> Figures:
    """Returns how the answers differ within the groups of the records.

    A group has near-duplicates of one photograph, or several pictures of one person, as the data
    set has it. Its pictures should have the same answer.

    Returns:
        ``groups`` with at least two pictures, and ``pictures`` in them; ``deviation``, the standard
        deviation of the apparent age within a group in years; ``label_deviation``, that of the
        labels; ``same_gender``, the share of pairs of pictures with the same more probable gender
        presentation. The intervals are of a bootstrap of the groups. Without groups the result is
        empty.
    """
    numbers = np.array([-1 if r.group is None else r.group for r in predictions.records])
    answered = (numbers >= 0) & predictions.answered
    found, count = np.unique(numbers[answered], return_counts=True)
    chosen = predictions.select(answered & np.isin(numbers, found[count > 1]))
    if not len(chosen):
        return {}
    group = np.array([record.group for record in chosen.records])
    _, index = np.unique(group, return_inverse=True)
    figures: Figures = {"groups": int(index.max()) + 1, "pictures": len(chosen)}
    figures["deviation"] = _deviation(chosen.years.astype(np.float64), index)
    if chosen.exact.all():
        figures["label_deviation"] = _deviation(chosen.age_low, index)
    if "gender" in chosen.labels and (predicted := chosen.labels["gender"].predicted).min() >= 0:
        figures["same_gender"] = _same(predicted, index)
    return figures


def _deviation(values: Floats, index: Positions) -> Figures:
    count = np.bincount(index)
    mean = np.bincount(index, values) / count
    squares = np.bincount(index, (values - mean[index]) ** 2)

    def deviation(groups: Positions) -> float:
        return float(np.sqrt(squares[groups].sum() / (count[groups] - 1).sum()))

    return {**bootstrap(deviation, len(count))}


def _same(predicted: Positions, index: Positions) -> Figures:
    count = np.bincount(index)
    pairs = count * (count - 1) / 2
    same = np.zeros(len(count))
    for label in np.unique(predicted):
        of_label = np.bincount(index, predicted == label)
        same += of_label * (of_label - 1) / 2

    def agreement(groups: Positions) -> float:
        return float(same[groups].sum() / pairs[groups].sum())

    return {**bootstrap(agreement, len(count))}
