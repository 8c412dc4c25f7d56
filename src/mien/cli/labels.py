"""Labelled pictures, as several commands take them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from mien.datasets.readers import Labels


class Kind(StrEnum):
    """What form the labels have."""

    UTKFACE = "utkface"
    FAIRFACE = "fairface"
    AAF = "aaf"
    APPAREAL = "appareal"
    CELEBA = "celeba"
    CSV = "csv"


def read_labels(kind: Kind, pictures: Path, labels: Path | None, splits: Path | None) -> Labels:
    """Reads a data set's labels.

    Args:
        kind: What form they have.
        pictures: Folder of the pictures.
        labels: Label file; the labels of some data sets are in their pictures' names.
        splits: CSV of the splits.

    Raises:
        typer.BadParameter: A label file is missing or too many.
        DataError: The labels cannot be read.
    """
    from mien.datasets import readers

    in_names = {
        Kind.UTKFACE: readers.read_utkface,
        Kind.AAF: readers.read_aaf,
        Kind.CELEBA: readers.read_celeba,
    }
    if kind in in_names:
        if labels:
            raise typer.BadParameter(
                f"the labels of '{kind}' are in the names of its pictures.", param_hint="--labels"
            )
        read = in_names[kind](pictures)
    elif not labels:
        raise typer.BadParameter(f"'{kind}' needs the file of the labels.", param_hint="--labels")
    elif kind is Kind.FAIRFACE:
        read = readers.read_fairface(pictures, labels)
    elif kind is Kind.APPAREAL:
        read = readers.read_appareal(pictures, labels)
    else:
        read = readers.read_csv(labels, pictures)
    return readers.with_splits(read, splits) if splits else read
