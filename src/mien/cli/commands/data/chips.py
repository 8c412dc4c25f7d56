"""``mien data chips``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.labels import Kind, read_labels

if TYPE_CHECKING:
    from rich.console import Console

    from mien.datasets.chips.cache import ChipCache


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(chips)


def chips(
    kind: Annotated[Kind, typer.Argument(help="What form the labels have.")],
    pictures: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Folder of the pictures.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for the chip cache.")],
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Label file: the data set's own, or a CSV with the columns path, age (31, 20-29,"
            " 70+) and, if known, gender, ethnicity, group, split. Each further column is an"
            " attribute."
        ),
    ] = None,
    splits: Annotated[
        Path | None, typer.Option(help="CSV of the splits (mien data split): file, split, group.")
    ] = None,
    size: Annotated[int, typer.Option(min=16, help="Side of the chips in pixels.")] = 128,
    field: Annotated[
        float,
        typer.Option(
            min=0.5,
            max=2,
            help="How much of a face's surroundings a chip shows. A smaller number is closer.",
        ),
    ] = 0.97,
    processes: Annotated[
        int | None,
        typer.Option(min=1, help="Processes that share the work.", show_default="one per core"),
    ] = None,
) -> None:
    """Aligns the faces of a data set once, so that training reads them at memory speed.

    An aligned face is called a chip. An interrupted command continues when it is repeated. A
    finished command takes other labels or splits over when it is repeated.
    """
    from rich.progress import Progress

    from mien.cli.console import plain_console
    from mien.datasets.chips.cache import build_cache
    from mien.faces.align import ChipTemplate

    read = read_labels(kind, pictures, labels, splits)
    name = labels.stem if kind is Kind.CSV and labels else kind.value
    console = plain_console()
    with Progress(console=console) as progress:
        task = progress.add_task(f"{len(read.records):,} pictures", total=len(read.records))
        try:
            cache = build_cache(
                out,
                name,
                pictures,
                read.records,
                size,
                ChipTemplate(field=field),
                processes or os.cpu_count() or 1,
                lambda done: progress.update(task, completed=done),
                read.problems,
            )
        except KeyboardInterrupt:
            progress.stop()
            console.print("interrupted; run the same command again to continue")
            raise typer.Exit(130) from None
    _print_summary(console, cache)


def _print_summary(console: Console, cache: ChipCache) -> None:
    from mien.datasets.audit.tables import problem_table

    unreadable = [(row.record.path, row.error) for row in cache.rows if row.error]
    not_found = sum(not row.found and not row.error for row in cache.rows)
    console.print(f"faces not found: {not_found:,}; pictures unreadable: {len(unreadable):,}")
    console.print(f"problems with the labels: {len(cache.problems):,}")
    for problems in (unreadable, cache.problems):
        if problems:
            console.print(problem_table(problems))
