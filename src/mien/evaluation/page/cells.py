"""The text of the cells of tables, for the page, the terminal and CSV files."""

from __future__ import annotations

from typing import Any, NamedTuple

from mien.evaluation.page.parts import Column, Row, Table, Unit

MISSING = "–"
"""Text of a missing cell."""


class Cell(NamedTuple):
    """The text of a cell.

    Attributes:
        text: The figure with its unit, or a text.
        interval: The ends of its 95 % interval; an empty text if there is none.
        n: Number of pictures of the figure; an empty text if it is not a figure.
    """

    text: str
    interval: str = ""
    n: str = ""


def cell(row: Row, column: Column) -> Cell:
    """Returns the text of a cell."""
    content, unit = row.get(column.key), _unit(row, column)
    if content is None:
        return Cell(MISSING)
    if not isinstance(content, dict):
        return Cell(_text(content, unit))
    low, high = content["low"], content["high"]
    interval = ""
    if low is not None:
        between = " to " if unit == "change" or low < 0 else "–"
        interval = f"{_bare(low, unit)}{between}{_bare(high, unit)}"
    return Cell(_text(content["value"], unit), interval, f"{content['n']:,}")


def brief(row: Row, column: Column) -> str:
    """Returns the text of a cell with half the width of its interval, for a narrow table."""
    content = row.get(column.key)
    text = cell(row, column).text
    if not isinstance(content, dict) or content["low"] is None:
        return "" if text == MISSING else text
    half = (content["high"] - content["low"]) / 2
    return f"{text} ±{_bare(half, _unit(row, column)).lstrip('+')}"


def csv_rows(table: Table) -> tuple[list[str], list[list[Any]]]:
    """Returns the names of the columns and the cells of a CSV file.

    A figure has four columns: its value, ``NAME_low``, ``NAME_high`` and ``NAME_n``.
    """
    names, keys = ["set"], []
    for column in table.columns:
        has_figures = any(isinstance(row.get(column.key), dict) for row in table.rows)
        keys.append((column.key, has_figures))
        names.append(column.key)
        if has_figures:
            names += [f"{column.key}_{part}" for part in ("low", "high", "n")]
    rows = []
    for row in table.rows:
        cells: list[Any] = [row["set"]]
        for key, has_figures in keys:
            content = row.get(key)
            if has_figures:
                content = content or {}
                cells += [content.get(part) for part in ("value", "low", "high", "n")]
            else:
                cells.append(content)
        rows.append(cells)
    return names, rows


def _unit(row: Row, column: Column) -> Unit:
    unit: Unit = row["unit"] if column.unit == "own" else column.unit
    return unit


def _text(value: Any, unit: Unit) -> str:
    text = _bare(value, unit)
    return f"{text} %" if unit == "share" else text


def _bare(value: Any, unit: Unit) -> str:
    return _plain(value, unit) if unit == "text" else _plain(value, unit).replace("-", "−")


def _plain(value: Any, unit: Unit) -> str:
    if unit == "count":
        return f"{value:,}"
    if unit == "share":
        return f"{100 * value:.1f}"
    if unit == "years":
        return f"{value:.2f}"
    if unit == "change":
        return f"{value:+.2f}"
    if unit == "number":
        return f"{value:.3f}"
    if unit == "probability":
        return "< 0.001" if value < 0.001 else f"{value:.3f}"
    return str(value)
