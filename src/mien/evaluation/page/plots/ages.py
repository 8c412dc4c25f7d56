"""Plots of the apparent age."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from mien.datasets.records import MAX_AGE
from mien.drawing import plots as style
from mien.evaluation.page.names import ATTRIBUTES
from mien.evaluation.page.plots.common import (
    WIDTH,
    colours,
    dots,
    legend,
    offsets,
    per_cent,
    row_names,
    shade,
)
from mien.evaluation.report.key_figures import Figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

Sets = Mapping[str, Figures]

_LEAST_OF_A_YEAR = 20  # pictures; the mean of fewer would hide the others


def error_by_band(sets: Sets, attribute: str) -> Drawing:
    """Plots the mean absolute error and the bias of each band of ages.

    Args:
        sets: Figures by the name of the set, of sets with exact ages.
        attribute: ``age_band`` or ``age_group``.
    """
    names = list(dict.fromkeys(name for of in sets.values() for name in of["by"][attribute]))
    drawing = style.new_figure(
        WIDTH,
        1.6 + 0.26 * len(names),
        "Error of the apparent age",
        "Mean and 95 % interval; left of 0 faces look too young",
    )
    left, right = drawing.subplots(1, 2, sharey=True)
    for offset, (name, colour) in zip(offsets(len(sets)), colours(sets).items(), strict=True):
        bands = [sets[name]["by"][attribute].get(band, {}) for band in names]
        dots(left, [figures.get("mae") for figures in bands], colour, offset)
        dots(right, [figures.get("bias") for figures in bands], colour, offset)
    row_names(left, names)
    left.set_xlim(left=0)
    right.axvline(0, color=style.MUTED, linewidth=0.9, zorder=0.5)
    style.tidy(left, "Mean absolute error, years", ATTRIBUTES[attribute].capitalize(), grid="x")
    style.tidy(right, "Bias, years", grid="x")
    legend(drawing, colours(sets))
    return drawing


def shown_years(figures: Figures) -> list[Figures]:
    """Returns the figures of the years of age that :func:`error_by_year` shows."""
    return [
        year
        for year in figures["age"]["by_year"]
        if year["mae"]["n"] >= _LEAST_OF_A_YEAR and year["age"] <= MAX_AGE
    ]


def error_by_year(sets: Sets) -> Drawing:
    """Plots the mean absolute error of each labelled year of age."""
    sets = {name: of for name, of in sets.items() if shown_years(of)}
    drawing = style.new_figure(
        WIDTH,
        3.3,
        "Error by year of age",
        f"Years with at least {_LEAST_OF_A_YEAR} pictures; the band is the 95 % interval",
    )
    axes = drawing.subplots()
    for i, (name, colour) in enumerate(colours(sets).items()):
        years = shown_years(sets[name])
        ages = [year["age"] for year in years]
        axes.plot(ages, [year["mae"]["value"] for year in years], color=colour, linewidth=1.3)
        if i == 0:
            low = [year["mae"]["low"] for year in years]
            high = [year["mae"]["high"] for year in years]
            shade(axes, ages, low, high, colour)
    axes.set_ylim(bottom=0)
    style.tidy(axes, "Labelled age, years", "Absolute error, years", grid="both")
    legend(drawing, colours(sets), "")
    return drawing


def cumulative_score(sets: Sets) -> Drawing:
    """Plots the share of ages with at most each error."""
    drawing = style.new_figure(
        WIDTH,
        3.3,
        "Cumulative score",
        "Share of ages in whole years with at most this error; 95 % intervals",
    )
    axes = drawing.subplots()
    for name, colour in colours(sets).items():
        curve = sets[name]["age"]["cumulative"]
        low, middle, high = (100 * np.array(curve[key]) for key in ("low", "share", "high"))
        shade(axes, curve["years"], low, high, colour)
        axes.plot(curve["years"], middle, ".-", color=colour, linewidth=1.3)
    axes.set_ylim(0, 101)
    axes.set_xlim(0, 20)
    axes.set_xticks((0, 1, 3, 5, 10, 15, 20))
    per_cent(axes)
    style.tidy(axes, "Error, years", "Pictures", grid="both")
    legend(drawing, colours(sets), "")
    return drawing


def scatter(figures: Figures) -> Drawing:
    """Plots apparent ages against labelled ages, as squares of two by two years."""
    from matplotlib.colors import LogNorm

    edges = np.arange(-0.5, MAX_AGE + 2, 2)
    count = np.zeros((len(edges) - 1, len(edges) - 1))
    for truth, years, pictures in figures["age"]["histogram"]:
        count[years // 2, truth // 2] = pictures
    drawing = style.new_figure(
        WIDTH,
        4.6,
        "Apparent age against labelled age",
        f"Pictures in squares of two by two years, of {int(count.sum()):,}",
    )
    axes = drawing.subplots()
    squares = axes.pcolormesh(
        edges,
        edges,
        np.ma.masked_equal(count, 0),
        cmap=style.faded(style.HEAT),
        norm=LogNorm(0.4, max(2, count.max())),
        rasterized=True,
    )
    axes.axline((0, 0), slope=1, color=style.VERMILION, linewidth=1)
    style.note(axes, "equal ages", (99, 99), (-10, 0), style.VERMILION, ha="right", va="top")
    axes.set_aspect("equal")
    style.tidy(axes, "Labelled age, years", "Apparent age, years", grid="both")
    bar = drawing.colorbar(squares, ax=axes, shrink=0.5, aspect=18, format="{x:,.0f}")
    bar.ax.set_ylim(1, None)
    style.tidy(bar.ax)
    return drawing
