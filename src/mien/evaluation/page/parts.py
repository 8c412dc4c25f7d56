"""Parts of a page: sections of blocks, which have text, tables and plots."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mien.evaluation.report.key_figures import Figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

POOLED = "all sets"
"""Name of the pictures of several sets together."""

Unit = Literal["text", "count", "years", "change", "share", "number", "probability", "own"]

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        key: Key of its cells in the rows, and its name in the CSV file.
        heading: Heading on the page.
        unit: Unit of its cells; ``change`` is years with a sign, ``number`` has no unit,
            ``probability`` is a p-value, and ``own`` is the unit in the cell ``unit`` of each row.
    """

    key: str
    heading: str
    unit: Unit


SET = Column("set", "set", "text")
"""The column with the name of the set, for tables with one row for each set."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        name: Name of its CSV file, without the suffix.
        columns: Its columns.
        rows: Cells by the key of the column. A cell is a text, a number, a
            :class:`mien.evaluation.intervals.Figure`, or missing. The key ``set`` has the name of
            the set.
        brief: Whether the page shows the rows of the first set alone; the CSV file has all rows.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    brief: bool = False

    @property
    def by_set(self) -> dict[str, list[Row]]:
        """The rows that the page shows, by the name of the set."""
        grouped: dict[str, list[Row]] = {}
        for row in self.rows:
            grouped.setdefault(row["set"], []).append(row)
        return dict(list(grouped.items())[:1]) if self.brief else grouped


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot.

    Attributes:
        name: Name of its PNG file, without the suffix.
        shows: What it shows, for readers who do not see it.
        draw: Function that draws it.
    """

    name: str
    shows: str
    draw: Callable[[], Drawing]


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a section with a title.

    Attributes:
        title: The title.
        text: Sentences that say what the figures mean, one paragraph each.
        tables: Its tables.
        plots: Its plots.
    """

    title: str
    text: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    plots: tuple[Plot, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the page.

    Attributes:
        key: Its name in addresses.
        title: Its title.
        lead: What it is about, in one or two sentences.
        blocks: Its blocks; a section without blocks is not shown.
    """

    key: str
    title: str
    lead: str
    blocks: tuple[Block, ...]


def by_set(report: Figures) -> dict[str, Figures]:
    """Returns the figures by the name of the set; first all sets together if there are several.

    Args:
        report: Result of :func:`mien.evaluation.report.whole.whole_report`.
    """
    sets: dict[str, Figures] = report["sets"]
    return sets if len(sets) == 1 else {POOLED: report["pooled"], **sets}


def chosen(sets: dict[str, Figures], has: Callable[[Figures], bool]) -> dict[str, Figures]:
    """Returns the sets that have some figures.

    Args:
        sets: Result of :func:`by_set`.
        has: Whether a set has the figures.

    Returns:
        The sets. If only one has the figures, they are not shown again for all sets together.
    """
    kept = {name: figures for name, figures in sets.items() if has(figures)}
    if len(kept) == 2:
        kept.pop(POOLED, None)
    return kept


def apart(sets: dict[str, Figures]) -> dict[str, Figures]:
    """Returns the figures of each set by itself, without those of all sets together."""
    return {name: figures for name, figures in sets.items() if name != POOLED}


def part_rows(sets: dict[str, Figures], attribute: str) -> list[Row]:
    """Returns a row for each part into which an attribute divides the pictures of each set.

    The row of all sets together has no figure that comes from one set only: beside figures of
    several sets its difference would be one of the sets, not of the people.
    """
    rows: list[Row] = []
    for name, of in sets.items():
        for part, figures in of["by"][attribute].items():
            shown_figures = figures
            if name == POOLED:
                of_sets = [one["by"][attribute].get(part, {}) for one in apart(sets).values()]
                shown_figures = {
                    key: figure
                    for key, figure in figures.items()
                    if sum(key in of_set for of_set in of_sets) > 1
                }
            if shown_figures:
                rows.append({"set": name, "part": part, **shown_figures})
    return rows


def table(name: str, columns: tuple[Column, ...], rows: list[Row], brief: bool = False) -> Table:
    """Returns a table without the columns that have no cell."""
    used = tuple(column for column in columns if any(column.key in row for row in rows))
    return Table(name, used, tuple(rows), brief)


def file_name(*parts: str) -> str:
    """Returns a name for a file from words, such as the names of a plot and a set."""
    return "_".join(re.sub(r"[^\w.-]+", "-", part) for part in parts)


def shown(blocks: list[Block]) -> tuple[Block, ...]:
    """Returns the blocks that have a row or a plot, without tables that have no row."""
    filled = (
        Block(block.title, block.text, tuple(t for t in block.tables if t.rows), block.plots)
        for block in blocks
    )
    return tuple(block for block in filled if block.tables or block.plots)
