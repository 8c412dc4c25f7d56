"""Several data sets side by side, as tables for the terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from mien.evaluation.overview import Figure, Figures

_YEARS = {"mae", "bias"}
_AGE_COLUMNS = {
    "mae": "error\nyears",
    "bias": "bias\nyears",
    "within_5": "within\n5 years",
    "interval_coverage": "inside\n80 %",
    "age_group_accuracy": "age\ngroup",
}
_LABEL_COLUMNS = {
    "gender_accuracy": "gender",
    "decided": "gender\ndecided",
    "decided_accuracy": "of those\nright",
    "ethnicity_recall": "ethnicity\nrecall",
}
_ADULTS = {
    "minors_passing": "labelled 13 to 17 that pass as 18 or older",
    "adults_passing": "labelled 25 or older that pass as 18 or older",
}


def tables(figures: Mapping[str, Any], title: str) -> list[Table]:
    """Returns tables of an overview for a terminal of 80 columns.

    Args:
        figures: As of :func:`mien.evaluation.overview.overview`.
        title: What was measured.
    """
    shown = [rows for rows in _all_rows(figures) if rows[1]]
    return [_table("" if i else title, *rows) for i, rows in enumerate(shown)]


def ladder_tables(figures: Mapping[str, Figures]) -> list[Table]:
    """Returns the figures of each step of a ladder as tables.

    Args:
        figures: As of :func:`mien.evaluation.robustness.climb`.
    """
    parts = (_rows("view", figures, columns) for columns in (_AGE_COLUMNS, _LABEL_COLUMNS))
    shown = [rows for rows in parts if rows[1]]
    return [_table("" if i else "poor views, all sets", *rows) for i, rows in enumerate(shown)]


def markdown(figures: Mapping[str, Any]) -> str:
    """Returns the tables of an overview as Markdown.

    Args:
        figures: As of :func:`mien.evaluation.overview.overview`.
    """
    parts = []
    for headings, rows in _all_rows(figures):
        if rows:
            names = [heading.replace("\n", " ") for heading in headings]
            lines = [names, ["---", *["---:"] * (len(names) - 1)], *rows]
            parts.append("\n".join(f"| {' | '.join(line)} |" for line in lines))
    return "\n\n".join(parts) + "\n"


_Rows = tuple[list[str], list[list[str]]]


def _all_rows(figures: Mapping[str, Any]) -> tuple[_Rows, ...]:
    adults = [[_ADULTS[name], _told(name, figure)] for name, figure in figures["adults"].items()]
    return (
        _rows("age by\nset", figures["sets"], _AGE_COLUMNS),
        _rows("labels by\nset", figures["sets"], _LABEL_COLUMNS),
        _rows("all sets,\nby label", figures["bands"], _AGE_COLUMNS),
        (["all sets", "share"], adults),
    )


def _rows(name: str, parts: Mapping[str, Figures], columns: Mapping[str, str]) -> _Rows:
    """Returns headings and rows of those parts that have one of the columns."""
    keys = [key for key in columns if any(key in part for part in parts.values())]
    rows = []
    for part_name, part in parts.items():
        known = [part[key] for key in keys if key in part]
        if known:
            n = int(max(figure["n"] for figure in known))
            told = [_told(key, part[key]) if key in part else "" for key in keys]
            rows.append([part_name, f"{n:,}", *told])
    return [name, "n", *(columns[key] for key in keys)], rows


def _told(key: str, figure: Figure) -> str:
    """Returns a figure with half the width of its 95 % interval."""
    spread = (figure["high"] - figure["low"]) / 2
    if key in _YEARS:
        sign = "+" if key == "bias" else ""
        return f"{figure['value']:{sign}.2f} ±{spread:.2f}"
    return f"{100 * figure['value']:.1f} % ±{100 * spread:.1f}"


def _table(title: str, headings: list[str], rows: list[list[str]]) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        padding=0,
        show_edge=False,
    )
    for i, heading in enumerate(headings):
        table.add_column(heading, justify="right" if i else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table
