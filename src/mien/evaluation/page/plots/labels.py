"""Plots of labels: confusion matrices, ROC and precision-recall curves."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from mien.drawing import plots as style
from mien.evaluation.page.names import head as words
from mien.evaluation.page.plots.common import (
    WIDTH,
    colours,
    curves_with_areas,
    heat_map,
    roc_curves,
)
from mien.evaluation.report.key_figures import Figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

Sets = Mapping[str, Figures]


def confusion(head: str, of: str, figures: Figures) -> Drawing:
    """Plots a confusion matrix.

    Args:
        head: Name of the head, or ``age_group``.
        of: Name of the set, for the subtitle; an empty text if there is only one.
        figures: The figures of the head, see :mod:`mien.evaluation.report.labels`.
    """
    counts = np.array(figures["confusion"])
    names = figures["names"]
    of_label = counts.sum(axis=1, keepdims=True)
    share = np.where(of_label > 0, counts / np.maximum(of_label, 1), np.nan)
    side = max(3.1, 1.2 + 0.39 * len(names))
    drawing = style.new_figure(
        side + 0.35,
        side,
        f"Confusion: {words(head)}",
        f"{of}: per cent of each label, counts below"
        if of
        else "Per cent of each label, counts below",
    )
    axes = drawing.subplots()
    filled = counts > 0
    heat_map(
        axes,
        share,
        [
            [f"{100 * s:.0f}" if f else "" for s, f in zip(*row, strict=True)]
            for row in zip(share, filled, strict=True)
        ],
        [[f"{count:,}" if count else "" for count in row] for row in counts],
        names,
        names,
    )
    style.tidy(axes, f"Apparent {words(head)}", f"Labelled {words(head)}")
    return drawing


def roc(head: str, sets: Sets) -> Drawing:
    """Plots the ROC curves of a head: one for each set, or one for each of several labels.

    Args:
        head: Name of the head.
        sets: Figures by the name of the set, of sets with curves of this head. If the head has more
            than two labels, the first set is drawn.
    """
    drawing = style.new_figure(
        WIDTH, 3.6, f"ROC: {words(head)}", _subtitle(head, sets, "area below it")
    )
    axes = drawing.subplots()
    curves = _curves(head, sets)
    roc_curves(axes, [(name, colour, c["roc"]) for name, colour, c in curves])
    style.tidy(axes, "False positives", "True positives", grid="both")
    return drawing


def precision_recall(head: str, sets: Sets) -> Drawing:
    """Plots the precision-recall curves of a head, as :func:`roc` its ROC curves."""
    drawing = style.new_figure(
        WIDTH,
        3.6,
        f"Precision and recall: {words(head)}",
        _subtitle(head, sets, "area below it"),
    )
    axes = drawing.subplots()
    curves = [(name, colour, c["precision_recall"]) for name, colour, c in _curves(head, sets)]
    curves_with_areas(axes, curves, "recall", "precision", "lower left")
    style.tidy(axes, "Recall", "Precision", grid="both")
    return drawing


def _curves(head: str, sets: Sets) -> list[tuple[str, str, Figures]]:
    """Returns the name, the colour and the curves of each line."""
    first = next(iter(sets.values()))["labels"][head]
    if len(first["names"]) > 2:
        lines = cycle(style.LINES)
        return [(name, next(lines), curves) for name, curves in first["curves"].items()]
    label = first["names"][1]
    return [
        (name, colour, sets[name]["labels"][head]["curves"][label])
        for name, colour in colours(sets).items()
        if label in sets[name]["labels"][head]["curves"]
    ]


def _subtitle(head: str, sets: Sets, numbers: str) -> str:
    names = next(iter(sets.values()))["labels"][head]["names"]
    lines = "a line for each label" if len(names) > 2 else f"positive: {names[1]}"
    return f"{lines[0].upper()}{lines[1:]}; number: {numbers}; bands: 95 % intervals"
