"""How the project's plots look: one restrained style that colour-blind readers can read.

Nothing here touches matplotlib's global state, so a host's own settings neither matter nor change.
"""

from __future__ import annotations

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
"""Okabe and Ito's colours for lines."""

SEQUENTIAL = "Blues"
"""Colour map from little to much."""

TEXT, SMALL, TINY = 9.5, 8.5, 7.5
"""Sizes in points."""

_TITLE = 12.0
_DPI = 160


def new_figure(width: float, height: float, title: str, subtitle: str) -> Figure:
    """Returns a figure without axes, its title at the top left.

    Args:
        width: In inches.
        height: In inches.
        title: What is shown.
        subtitle: What to know for reading it.
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
    """Labels axes and takes away what carries no information.

    Args:
        axes: What to tidy.
        x: What is on the horizontal axis, with its unit.
        y: What is on the vertical axis, with its unit.
        grid: Where lines help to read values.
    """
    axes.set_xlabel(x, size=TEXT, color=INK, labelpad=7)
    axes.set_ylabel(y, size=TEXT, color=INK, labelpad=7)
    axes.tick_params(which="both", length=0, labelsize=SMALL, labelcolor=INK, pad=5)
    axes.spines[:].set_visible(False)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(axis=grid, color=FAINT, linewidth=0.6)


def panel_title(axes: Axes, text: str) -> None:
    """Names one of several axes of a figure."""
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
        axes: Where.
        text: What.
        at: In the axes' own coordinates.
        offset: From there, in points.
        color: Of the text.
        size: In points.
        options: More of matplotlib's options for text.
    """
    axes.annotate(text, at, offset, textcoords="offset points", color=color, size=size, **options)


def save(figure: Figure, path: Path) -> None:
    """Writes a PNG that says nothing of the software that made it."""
    figure.savefig(path, dpi=_DPI, metadata={"Software": None})
