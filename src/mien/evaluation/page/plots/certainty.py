"""Plots of certainty: reliability, coverage of intervals, risk and coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mien.drawing import plots as style
from mien.evaluation.page.names import ATTRIBUTES
from mien.evaluation.page.names import head as words
from mien.evaluation.page.plots.common import (
    WIDTH,
    colours,
    dots,
    legend,
    per_cent,
    row_names,
    shade,
)
from mien.evaluation.report.calibration import INTERVAL
from mien.evaluation.report.key_figures import Figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

Sets = Mapping[str, Figures]

_MAGNIFIED = 80.0  # per cent; many probabilities are above it


def reliability(title: str, subtitle: str, figures: Figures, event: str) -> Drawing:
    """Plots how frequent an event is by its predicted probability, and again from 80 %.

    Args:
        title: Title of the plot.
        subtitle: Text below it.
        figures: See :func:`mien.evaluation.report.calibration.probability_report`.
        event: Words for the event, for the axis.
    """
    bins = figures["reliability"]
    drawing = style.new_figure(WIDTH, 0.5 * WIDTH + 0.15, title, subtitle)
    probability = 100 * np.array(bins["probability"])
    low, high = 100 * np.array(bins["band_low"]), 100 * np.array(bins["band_high"])
    lowest = [100 * frequency["low"] for frequency in bins["frequency"]]
    near = [end for x, end in zip(probability, lowest, strict=True) if x >= _MAGNIFIED]
    panels = drawing.subplots(1, 2)
    for axes, left, bottom in zip(
        panels, (0, _MAGNIFIED), (0, min([_MAGNIFIED, *near])), strict=True
    ):
        axes.axline((0, 0), slope=1, color=style.MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
        axes.fill_between(probability, low, high, color=style.MUTED, alpha=0.22, linewidth=0)
        for x, frequency in zip(probability, bins["frequency"], strict=True):
            ends = [100 * frequency["low"], 100 * frequency["high"]]
            axes.plot([x, x], ends, color=style.BLUE, linewidth=1.2)
        shares = [100 * frequency["value"] for frequency in bins["frequency"]]
        axes.plot(probability, shares, "o", color=style.BLUE, markersize=3.8)
        for limits, least in ((axes.set_xlim, left), (axes.set_ylim, bottom)):
            margin = 0.03 * (100 - least)
            limits(least - margin, 100 + margin)
        axes.set_box_aspect(1)
        per_cent(axes, "xy")
        style.tidy(axes, "Predicted probability", event if axes is panels[0] else "", grid="both")
    return drawing


def coverage(by: str, tests: Sequence[Figures]) -> Drawing:
    """Plots the share of ages inside the 80 % interval, for each tested part.

    Args:
        by: Word for the attributes that divide the pictures, for the title.
        tests: See :func:`mien.evaluation.report.calibration.interval_report`.
    """
    attributes = list(dict.fromkeys(test["attribute"] for test in tests))
    counts = [sum(test["attribute"] == name for test in tests) for name in attributes]
    drawing = style.new_figure(
        WIDTH,
        1.3 + 0.23 * len(tests) + 0.32 * len(attributes),
        f"Ages inside the 80 % interval, by {by}",
        "Orange: differs from 80 %, corrected for the number of tests",
    )
    panels = drawing.subplots(
        len(attributes), sharex=True, squeeze=False, gridspec_kw={"height_ratios": counts}
    )[:, 0]
    for axes, attribute in zip(panels, attributes, strict=True):
        rows = [test for test in tests if test["attribute"] == attribute]
        for i, test in enumerate(rows):
            colour = style.VERMILION if test["differs"] else style.BLUE
            dots(axes, [test["coverage"]], colour, i, 100)
        axes.axvline(100 * INTERVAL, color=style.MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
        row_names(axes, [test["part"] for test in rows])
        per_cent(axes, "x")
        if attribute != "all":
            style.panel_title(axes, ATTRIBUTES[attribute].capitalize())
        style.tidy(axes, grid="x")
    return drawing


def risk_coverage(name: str, sets: Sets) -> Drawing:
    """Plots the error of the most certain answers.

    Args:
        name: ``age``, or the name of a head.
        sets: Figures by the name of the set, of sets with such a curve.
    """
    is_age = name == "age"
    drawing = style.new_figure(
        WIDTH,
        3.3,
        f"Risk and coverage: {words(name)}",
        "Error of the most certain answers; bands: 95 % intervals",
    )
    axes = drawing.subplots()
    highest = []
    for of, colour in colours(sets).items():
        curve = sets[of]["calibration"]["risk_coverage"][name]
        risk, low, high = (
            np.array(curve[key], np.float64) * (1 if is_age else 100)
            for key in ("risk", "low", "high")
        )
        coverage = 100 * np.array(curve["coverage"])
        shade(axes, coverage, low, high, colour)
        axes.plot(coverage, risk, color=colour, linewidth=1.5)
        highest.append(1.2 * float(risk.max()))  # few answers have very wide intervals
    axes.set_xlim(0, 101)
    axes.set_ylim(0, max(highest) or 1)
    per_cent(axes, "x" if is_age else "xy")
    unit = "Absolute error, years" if is_age else "Wrong labels"
    style.tidy(axes, "Share of pictures, the most certain first", unit, grid="both")
    legend(drawing, colours(sets), "")
    return drawing
