"""``mien data``: from labelled pictures to audited, divided chip caches."""

from __future__ import annotations

import csv
import json
import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.labels import Kind, read_labels

if TYPE_CHECKING:
    from rich.console import Console

    from mien.datasets.chips.cache import ChipCache

commands = typer.Typer(
    no_args_is_help=True,
    help="Prepare labelled pictures: chips, audit, split, fetch.",
)

_SHARES = ("train=0.8", "val=0.1", "test=0.1")


class Fetchable(StrEnum):
    """A data set that can be fetched."""

    UTKFACE = "utkface"


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(commands, name="data")


@commands.command()
def chips(
    kind: Annotated[Kind, typer.Argument(help="What form the labels have.")],
    pictures: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Folder of the pictures.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for the chip cache.")],
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Label file: FairFace's own, or a CSV with the columns path, age (31, 20-29, 70+)"
            " and, if known, gender, ethnicity, group, split."
        ),
    ] = None,
    splits: Annotated[
        Path | None, typer.Option(help="CSV of the splits (mien data split): file, split, group.")
    ] = None,
    size: Annotated[int, typer.Option(min=16, help="Side of the chips in pixels.")] = 128,
    field: Annotated[
        float,
        typer.Option(
            min=0.5, max=2, help="How much of a face's surroundings a chip shows; less is closer."
        ),
    ] = 0.97,
    processes: Annotated[
        int | None,
        typer.Option(min=1, help="Processes that share the work.", show_default="one per core"),
    ] = None,
) -> None:
    """Cuts out the faces of a data set once, so that training reads them at memory speed.

    Interrupted, it continues where it was; repeated, it takes other labels or splits over.
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


@commands.command()
def audit(
    caches: Annotated[list[Path], typer.Argument(help="Chip caches (mien data chips).")],
    out: Annotated[Path | None, typer.Option(help="Folder for audit.json and the plots.")] = None,
) -> None:
    """Tells what is in data sets and what is wrong with them.

    Counts, problems, near-duplicates, how much their labels disagree, leaks between splits.
    """
    from mien.cli.console import plain_console
    from mien.cli.extras import require_evaluate
    from mien.datasets.audit import report as auditing
    from mien.datasets.audit.tables import tables
    from mien.datasets.chips.cache import open_cache

    if out:
        require_evaluate()
    result = auditing.audit([open_cache(folder) for folder in caches])
    console = plain_console()
    for part in tables(result):
        console.print(part)
    if out:
        from mien.datasets.audit.plots import draw

        plots = draw(result, out)
        (out / "audit.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
        console.print(f"wrote audit.json, {', '.join(path.name for path in plots)} into '{out}'")


@commands.command()
def split(
    cache: Annotated[Path, typer.Argument(help="Chip cache (mien data chips).")],
    out: Annotated[Path, typer.Option(help="CSV file to write: file, split, group.")],
    share: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SPLIT=SHARE",
            help="A split and its share of the pictures; repeatable.",
            show_default=" ".join(_SHARES),
        ),
    ] = None,
    balance: Annotated[
        list[str] | None,
        typer.Option(metavar="SPLIT", help="A split with equally many of each race; repeatable."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the order in which pictures are dealt.")] = 0,
) -> None:
    """Divides a data set so that every split has its share of each age group, gender and race.

    Near-duplicates stay together. mien data chips --splits brings the result into the cache.
    """
    from mien.cli.console import plain_console
    from mien.datasets.audit.tables import split_table
    from mien.datasets.chips.cache import open_cache
    from mien.datasets.duplicates import cache_pairs, groups
    from mien.datasets.splits import split_records

    shares = dict(_parse_share(text) for text in share or _SHARES)
    opened = open_cache(cache)
    records = [row.record for row in opened.rows]
    numbers = groups(len(records), cache_pairs([opened]))
    names = split_records(records, numbers, shares, balance or (), seed)
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "split", "group"))
        writer.writerows(
            (record.path, name, number)
            for record, name, number in zip(records, names, numbers, strict=True)
        )
    plain_console().print(split_table(records, names))


@commands.command()
def fetch(
    name: Annotated[Fetchable, typer.Argument(help="Which data set.")],
    out: Annotated[Path, typer.Option(help="Folder for the pictures.")],
) -> None:
    """Downloads a data set from Kaggle (UTKFace: for non-commercial research only)."""
    from mien.cli.console import plain_console
    from mien.datasets.fetch import fetch_utkface

    count = fetch_utkface(out)
    plain_console().print(f"{count:,} pictures of {name} are in '{out}'")


def _parse_share(text: str) -> tuple[str, float]:
    name, _, share = text.partition("=")
    try:
        if name:
            return name, float(share)
    except ValueError:
        pass
    raise typer.BadParameter(f"'{text}' is not of the form train=0.8.", param_hint="--share")


def _print_summary(console: Console, cache: ChipCache) -> None:
    from mien.datasets.audit.tables import problem_table

    unreadable = [(row.record.path, row.error) for row in cache.rows if row.error]
    not_found = sum(not row.found and not row.error for row in cache.rows)
    console.print(f"faces not found: {not_found:,}; pictures unreadable: {len(unreadable):,}")
    console.print(f"problems with the labels: {len(cache.problems):,}")
    for problems in (unreadable, cache.problems):
        if problems:
            console.print(problem_table(problems))
