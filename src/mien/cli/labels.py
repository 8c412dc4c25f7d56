"""Labelled pictures, as several commands take them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from mien.data.readers import Labels


class Kind(StrEnum):
    """What form the labels have."""

    UTKFACE = "utkface"
    FAIRFACE = "fairface"
    CSV = "csv"


def read_labels(kind: Kind, pictures: Path, labels: Path | None, splits: Path | None) -> Labels:
    """Reads a data set's labels.

    Args:
        kind: What form they have.
        pictures: Folder of the pictures.
        labels: Label file; UTKFace has none.
        splits: CSV of the splits.

    Raises:
        typer.BadParameter: A label file is missing or too many.
        DataError: The labels cannot be read.
    """
    from mien.data.readers import read_csv, read_fairface, read_utkface, with_splits

    if kind is Kind.UTKFACE:
        if labels:
            raise typer.BadParameter(
                "UTKFace's labels are in its file names.", param_hint="--labels"
            )
        read = read_utkface(pictures)
    elif not labels:
        raise typer.BadParameter(f"'{kind}' needs the file of the labels.", param_hint="--labels")
    elif kind is Kind.FAIRFACE:
        read = read_fairface(pictures, labels)
    else:
        read = read_csv(labels, pictures)
    return with_splits(read, splits) if splits else read
