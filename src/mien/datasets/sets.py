"""A data set's file: what form its labels have, and where its pictures and labels are.

A small YAML file says it once for all commands::

    kind: fairface
    pictures: data/fairface
    labels: data/fairface.csv
    splits: recipes/fairface-splits.csv

Paths are relative to the folder in which the command runs. A set whose labels are in the names of
its pictures can be told in short, ``utkface:data/utkface``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mien.datasets import readers
from mien.datasets.readers import Labels
from mien.datasets.records import Record
from mien.errors import DataError

_IN_NAMES: dict[str, Callable[[Path], Labels]] = {
    "utkface": readers.read_utkface,
    "aaf": readers.read_aaf,
    "celeba": readers.read_celeba,
}
_IN_FILES: dict[str, Callable[[Path, Path], Labels]] = {
    "fairface": readers.read_fairface,
    "appareal": readers.read_appareal,
    "csv": lambda pictures, labels: readers.read_csv(labels, pictures),
}
KINDS = (*_IN_NAMES, *_IN_FILES)
"""Forms of labels that can be read."""

_ENTRIES = ("kind", "pictures", "labels", "splits", "name")


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A labelled data set.

    Attributes:
        name: What it is called in reports and recipes.
        pictures: The folder that the records' paths are relative to.
        labels: The records, and the problems with them.
    """

    name: str
    pictures: Path
    labels: Labels

    def split(self, name: str | None) -> list[Record]:
        """Returns the records of a split, all of them for None.

        Raises:
            DataError: There is none.
        """
        records = self.labels.records
        chosen = [record for record in records if name is None or record.split == name]
        if not chosen:
            splits = ", ".join(sorted({record.split for record in records} - {""})) or "no splits"
            raise DataError(f"'{self.name}' has no pictures in the split '{name}'; it has {splits}")
        return chosen


def read_set(text: str) -> LabelledSet:
    """Reads a data set's file and its labels.

    Args:
        text: The path of the file, or ``KIND:FOLDER`` for a set whose labels are in the names of
            its pictures.

    Raises:
        DataError: The file or the labels cannot be read.
    """
    kind, colon, folder = text.partition(":")
    if colon and kind in KINDS and not Path(text).exists():
        return _read(text, {"kind": kind, "pictures": folder}, kind)
    path = Path(text)
    entries = _entries(path)
    return _read(text, entries, path.stem)


def _entries(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(
            f"there is no data set '{path}'; give the path of its file, or KIND:FOLDER with a kind"
            f" of {', '.join(KINDS)}"
        ) from None
    except OSError as error:
        raise DataError(f"'{path}' cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise DataError(f"'{path}' is not a YAML file") from None
    if not isinstance(entries, dict):
        raise DataError(f"'{path}' must have the entries kind and pictures")
    return entries


def _read(where: str, entries: Mapping[str, Any], name: str) -> LabelledSet:
    for entry, value in entries.items():
        if entry not in _ENTRIES:
            known = ", ".join(_ENTRIES)
            raise DataError(f"'{where}' has the unknown entry '{entry}'; known are {known}")
        if not isinstance(value, str):
            raise DataError(f"the entry '{entry}' of '{where}' must be a text")
    for entry in ("kind", "pictures"):
        if entry not in entries:
            raise DataError(f"'{where}' lacks the entry '{entry}'")
    kind, pictures = entries["kind"], Path(entries["pictures"])
    if kind not in KINDS:
        raise DataError(f"'{where}' has the unknown kind '{kind}'; known are {', '.join(KINDS)}")
    if kind in _IN_FILES and "labels" not in entries:
        raise DataError(f"'{where}' lacks the entry 'labels', the file of the labels")
    if kind in _IN_NAMES and "labels" in entries:
        raise DataError(f"the labels of '{where}' are in the names of its pictures")
    if kind in _IN_NAMES:
        labels = _IN_NAMES[kind](pictures)
    else:
        labels = _IN_FILES[kind](pictures, Path(entries["labels"]))
    if "splits" in entries:
        labels = readers.with_splits(labels, Path(entries["splits"]))
    return LabelledSet(entries.get("name", name), pictures, labels)
