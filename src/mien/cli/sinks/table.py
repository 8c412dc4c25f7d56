"""Tables of estimates, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mien.age_check import AgeCheck
from mien.attributes.heads import Head
from mien.cli.text import shown
from mien.pictures import Analyzed
from mien.results import Estimate, Face, PictureResult


def plain_table(*headings: str, title: str | None = None) -> Table:
    """Returns an empty table without lines."""
    return Table(
        *headings,
        title=title,
        title_justify="left",
        box=None,
        header_style="bold",
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )


def attribute_headings(heads: Sequence[Head]) -> list[str]:
    """Returns the heading of each attribute's column."""
    return [
        f"{head.name} (80 % interval)" if head.kind == "distribution" else head.name
        for head in heads
    ]


def attribute_cells(estimates: Mapping[str, Estimate], heads: Sequence[Head]) -> list[str]:
    """Returns the cell of each attribute's column; empty if there is no estimate yet."""
    return [str(estimates.get(head.name, "")) for head in heads]


class FacesTable:
    """Prints a table with a row for each face once all pictures are done.

    Args:
        console: Where it is printed.
        heads: The attributes that are shown.
        check: What the faces were asked; None for nothing.
    """

    wrote = ""

    def __init__(self, console: Console, heads: Sequence[Head], check: AgeCheck | None) -> None:
        self._console = console
        self._heads = heads
        self._check = check
        self._results: list[PictureResult] = []

    def take(self, result: Analyzed) -> None:
        """Adds a picture."""
        self._results.append(result.result)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._console.print(faces_table(self._results, self._heads, self._check))


def faces_table(
    results: Sequence[PictureResult], heads: Sequence[Head], check: AgeCheck | None = None
) -> Table:
    """Returns a table with a row for each face, and one for each picture without any.

    Args:
        results: Results of the pictures.
        heads: The attributes that are shown.
        check: The check of ages, which has a column; None for none.
    """
    table = plain_table()
    table.add_column("picture", overflow="ellipsis", no_wrap=True)
    table.add_column("face", justify="right", no_wrap=True)
    for heading in attribute_headings(heads):
        table.add_column(heading, no_wrap=True)
    if check is not None:
        table.add_column(f"over {check.over}", no_wrap=True)
    table.add_column("view", style="dim")
    empty = [""] * (1 + len(heads) + (check is not None))
    names = _short_names([result.path for result in results])
    for result, name in zip(results, names, strict=True):
        if result.error is not None:
            table.add_row(name, *empty, Text(shown(result.error), "red"))
        elif not result.faces:
            table.add_row(name, *empty, "no face found")
        for number, face in enumerate(result.faces, 1):
            table.add_row(
                name if number == 1 else "",
                str(number),
                *attribute_cells(face.estimates, heads),
                *([] if check is None else [str(face.age_check)]),
                view(face),
            )
    return table


def _short_names(paths: Sequence[str]) -> Sequence[str]:
    """Returns the last parts of paths, or whole paths if those would not tell them apart."""
    names = [Path(path).name or path for path in paths]
    return list(map(shown, names if len(set(names)) == len(set(paths)) else paths))


def view(face: Face) -> str:
    """Returns the size of a face and what is wrong with its view."""
    size = f"{face.quality.size:.0f} px"
    return ", ".join([size, *([] if face.aligned else ["not aligned"]), *face.quality.hints])
