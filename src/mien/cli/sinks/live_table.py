"""A table in the terminal that follows the people of a video."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from mien.attributes.heads import Head
from mien.cli.sinks.sink import FrameResult
from mien.cli.sinks.table import attribute_cells, attribute_headings, plain_table
from mien.drawing.frame import status_line

_UPDATES_PER_SECOND = 4


class LiveTable:
    """Shows the people of the newest frame.

    Args:
        console: A terminal.
        heads: The attributes that are shown.
    """

    wrote = ""

    def __init__(self, console: Console, heads: Sequence[Head]) -> None:
        self._live = Live(console=console, refresh_per_second=_UPDATES_PER_SECOND)
        self._heads = heads

    def take(self, result: FrameResult) -> None:
        """Shows the people of a frame."""
        self._live.update(self._table(result))

    def _table(self, result: FrameResult) -> Table:
        title = status_line(result.status)
        table = plain_table("person", *attribute_headings(self._heads), title=title)
        for face in result.watched.faces:
            table.add_row(str(face.person_id), *attribute_cells(face.estimates, self._heads))
        return table

    def __enter__(self) -> Self:
        self._live.start(refresh=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()
