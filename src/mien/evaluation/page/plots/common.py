"""Parts of several plots: colours of sets, dots with intervals, heat maps, legends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from mien.drawing import plots as style
from mien.evaluation.intervals import Figure, Floats
from mien.evaluation.page.parts import POOLED
from mien.evaluation.report.key_figures import Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

WIDTH = 4.8
"""Width of a plot in inches; on a telephone its text can then be read."""

SMALL_WIDTH = 3.25
"""Width in inches of a plot that stands beside others of its kind."""

Curves = Iterable[tuple[str, str, Figures]]
"""Name, colour and figures of each curve."""

_Corner = Literal["upper left", "upper right", "lower left", "lower right"]

_MOST_INSIDE = 7  # lines of a legend in the axes

_LEGEND: dict[str, Any] = {
    "frameon": False,
    "fontsize": style.SMALL,
    "labelcolor": style.INK,
    "handlelength": 1.3,
}


def colours(sets: Iterable[str]) -> dict[str, str]:
    """Returns the colour of each set; all sets together are drawn in the colour of text."""
    lines = cycle(style.LINES)
    return {name: style.INK if name == POOLED else next(lines) for name in sets}


def legend(drawing: Drawing, names: Mapping[str, str], marker: str = "o", columns: int = 3) -> None:
    """Writes the names of several lines below a plot; a single name needs no legend.

    Args:
        drawing: The plot.
        names: Colour of each line by its name.
        marker: Marker of the lines, or an empty text.
        columns: Number of names beside each other.
    """
    from matplotlib.lines import Line2D

    if len(names) > 1:
        keys = [Line2D([], [], color=colour, marker=marker) for colour in names.values()]
        drawing.legend(keys, list(names), loc="outside lower left", ncols=columns, **_LEGEND)


def inner_legend(axes: Axes, corner: _Corner) -> None:
    """Writes the labels of the lines into the axes."""
    axes.legend(loc=corner, **_LEGEND)


def dots(
    axes: Axes, rows: Sequence[Figure | None], colour: str, offset: float = 0, factor: float = 1
) -> None:
    """Draws figures as dots with their intervals, one below the other.

    Args:
        axes: The axes.
        rows: Figure of each row; None leaves the row empty.
        colour: Colour of the dots.
        offset: Distance by which the dots are moved down, in rows.
        factor: Factor of the figures, for example 100 for per cent.
    """
    for i, figure in enumerate(rows):
        if figure is None:
            continue
        y = i + offset
        if figure["low"] is not None and figure["high"] is not None:
            ends = [factor * figure["low"], factor * figure["high"]]
            axes.plot(ends, [y, y], color=colour, linewidth=1.3, solid_capstyle="butt")
        axes.plot(factor * figure["value"], y, "o", color=colour, markersize=3.6)


def offsets(count: int) -> list[float]:
    """Returns the offsets of so many sets within a row."""
    return [0.0] if count == 1 else list(np.linspace(-0.26, 0.26, count))


def row_names(axes: Axes, names: Sequence[str]) -> None:
    """Names the rows of :func:`dots`, the first one at the top."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)


def band(axes: Axes, x: Sequence[float], figures: Sequence[Figure], colour: str) -> None:
    """Draws a curve in per cent with a band of its intervals."""
    values = np.array([figure["value"] for figure in figures])
    ends = [(f["low"], f["high"]) for f in figures]
    low, high = np.array(ends, np.float64).T
    axes.fill_between(x, 100 * low, 100 * high, color=colour, alpha=0.18, linewidth=0)
    axes.plot(x, 100 * values, color=colour, linewidth=1.6)


def roc_curves(axes: Axes, curves: Curves) -> None:
    """Draws ROC curves over the diagonal of chance.

    Args:
        axes: The axes.
        curves: The curves, which have ``false_positives`` and ``true_positives``.
    """
    axes.axline((0, 0), slope=1, color=style.FAINT, linewidth=1)
    curves_with_areas(axes, curves, "false_positives", "true_positives", "lower right")
    axes.set_ylim(-1, 101)


def shade(axes: Axes, x: Any, low: Any, high: Any, colour: str) -> None:
    """Draws the band of a curve's intervals.

    Args:
        axes: The axes.
        x: Positions of the points, array or sequence, (p,).
        low: Lower ends of the intervals, (p,).
        high: Upper ends of the intervals, (p,).
        colour: Colour of the curve.
    """
    axes.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)


def curves_with_areas(axes: Axes, curves: Curves, x: str, y: str, legend: _Corner) -> None:
    """Draws curves of two shares; the legend tells the area below each.

    Args:
        axes: The axes.
        curves: The curves, which have an ``area``.
        x: Name of the share to the right.
        y: Name of the share upwards.
        legend: Corner of the legend. If it has many lines, it is beside the axes.
    """
    drawn: list[str] = []
    lowest = []
    for name, colour, curve in curves:
        again = colour in drawn  # there are more curves than colours
        drawn.append(colour)
        lowest.append(100 * min(curve[y]))
        low, high = (100 * np.array(curve[end]) for end in ("low", "high"))
        shade(axes, 100 * np.array(curve[x]), low, high, colour)
        axes.plot(
            100 * np.array(curve[x]),
            100 * np.array(curve[y]),
            linestyle=(0, (3, 1.5)) if again else "-",
            color=colour,
            linewidth=1.5,
            label=f"{name}  {curve['area']['value']:.3f}",
        )
    axes.set_xlim(-1, 101)
    axes.set_ylim(max(-1.0, min(lowest) - 2), 101)  # bands are wide at the ends
    per_cent(axes, "xy")
    if len(drawn) > _MOST_INSIDE:
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), **_LEGEND)
    else:
        inner_legend(axes, legend)


def heat_map(
    axes: Axes,
    level: Floats,
    texts: Sequence[Sequence[str]],
    below: Sequence[Sequence[str]],
    rows: Sequence[str],
    columns: Sequence[str],
    size: float = style.SMALL,
) -> None:
    """Draws a table whose cells are coloured.

    Args:
        axes: The axes.
        level: Strength of the colour of each cell, 0..1, float64, (rows, columns); NaN for none.
        texts: Text of each cell.
        below: Small text below it.
        rows: Names of the rows.
        columns: Names of the columns.
        size: Size of the text in points.
    """
    axes.pcolormesh(
        np.ma.masked_invalid(level),
        cmap=style.faded(style.HEAT),
        vmin=0,
        vmax=1,
        edgecolor="#ffffff",
        linewidth=1.2,
    )
    for (row, column), value in np.ndenumerate(level):
        ink = style.ON_HEAT if value > 0.5 else style.INK if value >= 0 else style.MUTED
        x, y = column + 0.5, row + 0.5
        text, small = texts[row][column], below[row][column]
        if text:
            style.note(axes, text, (x, y), (0, 0), ink, size, ha="center")
        if small:
            style.note(axes, small, (x, y), (0, -2), ink, size - 2, ha="center", va="top")
    axes.set_xticks(np.arange(len(columns)) + 0.5, columns)
    axes.set_yticks(np.arange(len(rows)) + 0.5, rows)
    axes.set_ylim(len(rows), 0)


def per_cent(axes: Axes, axis: str = "y") -> None:
    """Formats the numbers of an axis as per cent; its values are per cent already."""
    for name in axis:
        getattr(axes, f"{name}axis").set_major_formatter(lambda value, _: f"{value:g} %")
