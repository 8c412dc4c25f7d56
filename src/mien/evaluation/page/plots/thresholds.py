"""Plots of the questions whether a person is at least n years old."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from mien.drawing import plots as style
from mien.evaluation.page.plots.common import (
    SMALL_WIDTH,
    WIDTH,
    band,
    inner_legend,
    legend,
    per_cent,
    roc_curves,
)
from mien.evaluation.report.key_figures import Figures
from mien.evaluation.report.thresholds import NEAR

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

_LINES = (*style.LINES, style.INK)
_DET_TICKS = (0.001, 0.01, 0.05, 0.2, 0.5, 0.8)


def roc(questions: Mapping[str, Figures]) -> Drawing:
    """Plots a ROC curve for each question *at least n*.

    Args:
        questions: Figures by the number n.
    """
    drawing = style.new_figure(
        WIDTH,
        3.7,
        "ROC of “at least n years”",
        "The number is the area below the curve; bands: 95 % intervals",
    )
    axes = drawing.subplots()
    lines = zip(questions.items(), cycle(_LINES), strict=False)
    roc_curves(axes, [(f"{n} years", colour, f["roc"]) for (n, f), colour in lines])
    style.tidy(axes, "Younger people who pass", "Older people who pass", grid="both")
    return drawing


def det(questions: Mapping[str, Figures]) -> Drawing:
    """Plots a detection error trade-off for each question, on axes of normal deviates.

    Args:
        questions: Figures by the number n.
    """
    deviate = NormalDist().inv_cdf
    drawing = style.new_figure(
        WIDTH, 3.7, "DET of “at least n years”", "The same errors; lower and further left is better"
    )
    axes = drawing.subplots()
    least, most = deviate(_DET_TICKS[0]), deviate(_DET_TICKS[-1])
    for (n, figures), colour in zip(questions.items(), cycle(_LINES), strict=False):
        passing = np.array(figures["roc"]["false_positives"])
        failing = 1 - np.array(figures["roc"]["true_positives"])
        inside = (passing > 0) & (passing < 1) & (failing > 0) & (failing < 1)
        x = [deviate(share) for share in passing[inside]]
        y = [deviate(share) for share in failing[inside]]
        axes.plot(x, y, color=colour, linewidth=1.4, label=f"{n} years")
    ticks = [deviate(share) for share in _DET_TICKS]
    names = [f"{100 * share:g} %" for share in _DET_TICKS]
    axes.set_xticks(ticks, names)
    axes.set_yticks(ticks, names)
    axes.set_xlim(least, most)
    axes.set_ylim(least, most)
    style.tidy(axes, "Younger people who pass", "Older people who fail", grid="both")
    inner_legend(axes, "upper right")
    return drawing


def challenge(n: str, figures: Figures) -> Drawing:
    """Plots the shares of younger people who pass and of older people who are asked.

    Args:
        n: Number of years of the question.
        figures: See :func:`mien.evaluation.report.thresholds.question_report`.
    """
    drawing = style.new_figure(
        SMALL_WIDTH, 3.6, f"At least {n} years", "By challenge age; bands are 95 % intervals"
    )
    axes = drawing.subplots()
    lines = {
        "older_asked": (style.BLUE, f"{n} or older: asked"),
        "near_pass": (style.LINES[4], f"{max(0, int(n) - NEAR)} to {int(n) - 1}: pass"),
        "younger_pass": (style.VERMILION, f"all younger than {n}: pass"),
    }
    drawn = {}
    for key, (colour, name) in lines.items():
        steps = [step for step in figures["challenge"] if key in step]
        if steps:
            band(axes, [step["age"] for step in steps], [step[key] for step in steps], colour)
            drawn[name] = colour
    axes.set_ylim(bottom=0)
    axes.set_xlim(int(n), int(n) + 12)
    axes.set_xticks(range(int(n), int(n) + 13, 3))
    per_cent(axes)
    style.tidy(axes, "Challenge age, years", grid="both")
    legend(drawing, drawn, "", 1)
    return drawing
