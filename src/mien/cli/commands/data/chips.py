"""``mien data chips``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.options import finite

if TYPE_CHECKING:
    from rich.console import Console

    from mien.datasets.chips.cache import ChipCache


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(chips)


def chips(
    labelled_set: Annotated[
        str,
        typer.Argument(
            metavar="SET",
            help="Data set file, as in recipes/sets; or KIND:FOLDER, for example"
            " utkface:data/utkface.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the chip cache.")],
    size: Annotated[int, typer.Option(min=16, max=1024, help="Side of the chips in pixels.")] = 128,
    crop_scale: Annotated[
        float,
        typer.Option(
            min=0.5,
            max=2,
            callback=finite,
            help="How much of a face's surroundings a chip shows. A smaller number is closer.",
        ),
    ] = 0.97,
    processes: Annotated[
        int | None,
        typer.Option(min=1, help="Processes that share the work.", show_default="one per core"),
    ] = None,
) -> None:
    """Aligns the faces of a data set once, so that training need not detect them again.

    An aligned face is called a chip. If the command is interrupted, the same command continues. If
    labels or splits have changed, the same command reads them again.
    """
    from rich.progress import Progress

    from mien.cli.console import plain_console
    from mien.cli.interruption import EXIT_CODE, interruptible
    from mien.cli.outputs import check_outputs_in, writing
    from mien.datasets.chips.cache import FILES, build_cache
    from mien.datasets.sets import read_set
    from mien.faces.align import ChipTemplate

    read = read_set(labelled_set)
    records = read.labels.records
    check_outputs_in(out, FILES, read.files)
    count = processes or os.cpu_count() or 1
    if sys.platform == "win32":
        count = min(count, 61)  # a pool of processes takes no more there
    console, messages = plain_console(), plain_console(stderr=True)
    with interruptible(), writing(out), Progress(console=messages) as progress:
        task = progress.add_task(f"{len(records):,} pictures", total=len(records))
        try:
            cache = build_cache(
                out,
                read.name,
                read.pictures,
                records,
                size,
                ChipTemplate(crop_scale=crop_scale),
                count,
                lambda done: progress.update(task, completed=done),
                read.labels.problems,
            )
        except KeyboardInterrupt:
            progress.stop()
            messages.print("interrupted; run the same command again to continue")
            raise typer.Exit(EXIT_CODE) from None
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
