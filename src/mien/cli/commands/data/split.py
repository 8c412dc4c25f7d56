"""``mien data split``."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

_SHARES = ("train=0.8", "val=0.1", "test=0.1")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(split)


def split(
    cache: Annotated[Path, typer.Argument(help="Chip cache (mien data chips).")],
    out: Annotated[Path, typer.Option(help="CSV file to write: file, split, group.", readable=False)],
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
        typer.Option(
            metavar="SPLIT", help="A split with equally many of each ethnicity; repeatable."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the random order of the pictures.")] = 0,
) -> None:
    """Divides a data set into splits with equal shares of age groups, genders and ethnicities.

    Near-duplicates stay together. Name the file in the entry splits of the data set file.
    """
    from mien.cli.console import plain_console
    from mien.cli.outputs import check_output_and_folder, writing
    from mien.datasets.audit.tables import split_table
    from mien.datasets.chips.cache import open_cache
    from mien.datasets.duplicates import cache_pairs, groups
    from mien.datasets.splits import split_records

    shares = dict(_parse_share(text) for text in share or _SHARES)
    opened = open_cache(cache)
    check_output_and_folder(out, [cache / "index.csv", cache / "problems.csv"])
    records = [row.record for row in opened.rows]
    numbers = groups(len(records), cache_pairs([opened]))
    names = split_records(records, numbers, shares, balance or (), seed)
    out.parent.mkdir(parents=True, exist_ok=True)
    with writing(out), out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "split", "group"))
        writer.writerows(
            (record.path, name, number)
            for record, name, number in zip(records, names, numbers, strict=True)
        )
    plain_console().print(split_table(records, names))


def _parse_share(text: str) -> tuple[str, float]:
    name, _, share = text.partition("=")
    try:
        if name:
            return name, float(share)
    except ValueError:
        pass
    raise typer.BadParameter(f"'{text}' is not of the form train=0.8.", param_hint="--share")
