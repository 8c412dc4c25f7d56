"""The style of all plots; colour-blind readers can read them.

The functions do not change matplotlib's global settings.
"""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#222222"
MUTED = "#666666"
FAINT = "#d9d9d9"
BLUE, VERMILION = "#0072b2", "#d55e00"
LINES = (BLUE, VERMILION, "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Colours of lines, from Okabe and Ito."""

SEQUENTIAL = "Blues"
"""Name of the colour map for quantities."""

HEAT, ON_HEAT = "#1f6fad", "#fdfdfd"
"""Colour of the strongest cell of a heat map, and of the text on it."""

TEXT, SMALL, TINY = 9.5, 8.5, 7.5
"""Sizes of text in points."""

_TITLE = 12.0
_DPI = 160
_PAPER = "#ffffff"

_VARIABLES = {
    INK: "ink",
    MUTED: "muted",
    FAINT: "faint",
    _PAPER: "paper",
    **{colour: f"line-{number}" for number, colour in enumerate(LINES, start=1)},
}


def new_figure(width: float, height: float, title: str, subtitle: str) -> Figure:
    """Returns a figure without axes, with a title at the top left.

    Args:
        width: Width in inches.
        height: Height in inches.
        title: Title of the figure.
        subtitle: Text below the title, which says how to read the figure.
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    below_title = (0, 0, 1, 1 - 0.6 / height)
    layout = ConstrainedLayoutEngine(rect=below_title, w_pad=0.1, h_pad=0.1)
    figure = Figure(figsize=(width, height), layout=layout, facecolor="white")
    left, top = 0.12 / width, 1 - 0.14 / height
    figure.text(left, top, title, size=_TITLE, weight="bold", color=INK, va="top")
    figure.text(left, top - 0.24 / height, subtitle, size=SMALL, color=MUTED, va="top")
    return figure


def tidy(
    axes: Axes, x: str = "", y: str = "", grid: Literal["x", "y", "both"] | None = None
) -> None:
    """Labels axes, and removes their frame and ticks.

    Args:
        axes: The axes.
        x: Label of the horizontal axis, with its unit.
        y: Label of the vertical axis, with its unit.
        grid: Axis whose values get grid lines; None for none.
    """
    axes.set_xlabel(x, size=TEXT, color=INK, labelpad=7)
    axes.set_ylabel(y, size=TEXT, color=INK, labelpad=7)
    axes.tick_params(which="both", length=0, labelsize=SMALL, labelcolor=INK, pad=5)
    axes.spines[:].set_visible(False)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(axis=grid, color=FAINT, linewidth=0.6)


def panel_title(axes: Axes, text: str) -> None:
    """Writes a title above one of several axes of a figure."""
    axes.set_title(text, loc="left", size=TEXT, weight="bold", color=INK, pad=8)


def note(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    offset: tuple[float, float] = (0, 0),
    color: str = INK,
    size: float = SMALL,
    **options: Any,
) -> None:
    """Writes small text into axes.

    Args:
        axes: The axes.
        text: The text.
        at: Position in the coordinates of the axes, (x, y).
        offset: Offset of the text from this position in points, (x, y).
        color: Colour of the text.
        size: Size of the text in points.
        options: Further options of matplotlib's ``annotate``.
    """
    axes.annotate(text, at, offset, textcoords="offset points", color=color, size=size, **options)


def faded(colour: str) -> Any:
    """Returns a colour map from hardly visible to a colour, for light and dark backgrounds.

    Args:
        colour: Colour of the highest quantity.
    """
    from matplotlib.colors import LinearSegmentedColormap, to_rgba

    ends = [to_rgba(colour, 0.05), to_rgba(colour, 1)]
    return LinearSegmentedColormap.from_list("faded", ends)


def svg(figure: Figure, name: str) -> str:
    """Returns a figure as an SVG element for a page, with a transparent background.

    Its colours are CSS variables of the page: ``--ink``, ``--muted``, ``--faint``, ``--paper``, and
    ``--line-1`` and so on for :data:`LINES`. Its text has the font of the page.

    Args:
        figure: The figure.
        name: Name that no other figure of the page has.
    """
    from matplotlib import rc_context

    text = StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(text, format="svg", dpi=_DPI, transparent=True, metadata={"Date": None})
    drawing = text.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r"<metadata>.*?</metadata>\s*", "", drawing, flags=re.DOTALL)
    drawing = re.sub(r' id="[a-zA-Z][\w.]*_\d+"', "", drawing)  # of groups; nothing refers to them
    for colour, variable in _VARIABLES.items():
        drawing = drawing.replace(colour, f"var(--{variable}, {colour})")
    return drawing


def save(figure: Figure, path: Path) -> None:
    """Writes a figure as PNG, without the name of the software in it."""
    figure.savefig(path, dpi=_DPI, metadata={"Software": None})
