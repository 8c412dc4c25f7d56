"""``mien data fetch``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Fetchable(StrEnum):
    """A data set that can be fetched."""

    UTKFACE = "utkface"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(fetch)


def fetch(
    name: Annotated[Fetchable, typer.Argument(help="Which data set.")],
    out: Annotated[Path, typer.Option(help="Folder for the pictures.")],
) -> None:
    """Downloads a data set from Kaggle (UTKFace: for non-commercial research only)."""
    from mien.cli.console import plain_console
    from mien.cli.outputs import check_folder
    from mien.datasets.fetch import fetch_utkface

    check_folder(out)
    count = fetch_utkface(out)
    plain_console().print(f"{count:,} pictures of {name} are in '{out}'")
