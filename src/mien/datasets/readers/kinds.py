"""The forms of labels that can be read, and the reader of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mien.datasets.readers.aaf import read_aaf
from mien.datasets.readers.appareal import read_appareal
from mien.datasets.readers.celeba import read_celeba
from mien.datasets.readers.csv import read_csv
from mien.datasets.readers.fairface import read_fairface
from mien.datasets.readers.labels import Labels
from mien.datasets.readers.utkface import read_utkface

IN_NAMES: dict[str, Callable[[Path], Labels]] = {
    "utkface": read_utkface,
    "aaf": read_aaf,
    "celeba": read_celeba,
}
"""Readers of labels that are in the names of the pictures or folders, by the kind."""

IN_FILES: dict[str, Callable[[Path, Path], Labels]] = {
    "fairface": read_fairface,
    "appareal": read_appareal,
    "csv": lambda pictures, labels: read_csv(labels, pictures),
}
"""Readers of labels that are in a file, by the kind."""

KINDS = (*IN_NAMES, *IN_FILES)
"""The forms of labels that can be read."""
