"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(headings: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """Returns a table.

    Args:
        headings: Markdown of a line, one for each column.
        rows: Cells of each row, likewise.
    """
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(map(_row, lines)) + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', '&#124;') for cell in cells)} |"
