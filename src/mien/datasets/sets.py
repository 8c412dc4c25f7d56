"""The file of a data set: the form of its labels, and the paths of its pictures and labels.

It is a small YAML file, which all commands read::

    kind: fairface
    pictures: data/fairface
    labels: data/fairface.csv
    splits: recipes/fairface-splits.csv

Paths are relative to the folder in which the command runs. If the labels are in the names of the
pictures, ``KIND:FOLDER`` is enough, for example ``utkface:data/utkface``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from reprlib import repr as shortened
from typing import Any

from mien.datasets.readers import Labels, with_splits
from mien.datasets.readers.kinds import IN_FILES, IN_NAMES, KINDS
from mien.datasets.records import Record
from mien.datasets.yaml_files import read_yaml
from mien.errors import DataError

_ENTRIES = ("kind", "pictures", "labels", "splits", "name")


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A labelled data set.

    Attributes:
        name: Name of the data set in reports and recipes.
        pictures: Folder that the paths of the records are relative to.
        labels: The records, and the problems.
        files: The files that the set was read from, without the pictures.
    """

    name: str
    pictures: Path
    labels: Labels
    files: tuple[Path, ...] = ()

    def split(self, name: str | None) -> list[Record]:
        """Returns the records of a split.

        Args:
            name: Name of the split; None for all records.

        Raises:
            DataError: The split has no record.
        """
        records = self.labels.records
        chosen = [record for record in records if name is None or record.split == name]
        if not chosen:
            splits = ", ".join(sorted({record.split for record in records} - {""})) or "no splits"
            raise DataError(f"'{self.name}' has no pictures in the split '{name}'; it has {splits}")
        return chosen


def read_set(text: str) -> LabelledSet:
    """Reads the file of a data set, and its labels.

    Args:
        text: Path of the file; or ``KIND:FOLDER`` if the labels are in the names of the pictures.

    Raises:
        DataError: The file is missing, has a wrong entry, or its labels cannot be read.
    """
    kind, colon, folder = text.partition(":")
    if colon and kind in KINDS and not Path(text).exists():
        if not folder:
            raise DataError(f"'{text}' names no folder; give it behind the colon: {kind}:FOLDER")
        return _read(text, {"kind": kind, "pictures": folder}, kind)
    path = Path(text)
    read = _read(text, _entries(path), path.stem)
    return replace(read, files=(path, *read.files))


def _entries(path: Path) -> Mapping[str, Any]:
    try:
        entries = read_yaml(path)
    except FileNotFoundError:
        raise DataError(
            f"there is no data set '{path}'; give the path of its file, or KIND:FOLDER with one of"
            f" the kinds {', '.join(IN_NAMES)}"
        ) from None
    except OSError as error:
        raise DataError(f"'{path}' cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise DataError(f"'{path}' is not a YAML file: {error}") from None
    if not isinstance(entries, dict):
        raise DataError(f"'{path}' must have the entries kind and pictures")
    return entries


def _read(where: str, entries: Mapping[str, Any], name: str) -> LabelledSet:
    for entry, value in entries.items():
        if entry not in _ENTRIES:
            known = ", ".join(_ENTRIES)
            raise DataError(f"'{where}' has the unknown entry '{entry}'; choose from {known}")
        if not isinstance(value, str):
            raise DataError(
                f"the entry '{entry}' of '{where}' must be a text; it is {shortened(value)}"
            )
    for entry in ("kind", "pictures"):
        if entry not in entries:
            raise DataError(f"'{where}' lacks the entry '{entry}'; add it")
    kind, pictures = entries["kind"], Path(entries["pictures"])
    if kind not in KINDS:
        raise DataError(
            f"'{where}' has the unknown kind {shortened(kind)}; choose one of {', '.join(KINDS)}"
        )
    if kind in IN_FILES and "labels" not in entries:
        raise DataError(f"'{where}' lacks the entry 'labels'; add the path of the label file")
    if kind in IN_NAMES and "labels" in entries:
        raise DataError(
            f"the labels of '{where}' are in the names of its pictures; leave out the entry"
            " 'labels'"
        )
    if kind in IN_NAMES:
        labels = IN_NAMES[kind](pictures)
    else:
        labels = IN_FILES[kind](pictures, Path(entries["labels"]))
    if "splits" in entries:
        labels = with_splits(labels, Path(entries["splits"]))
    files = tuple(Path(entries[entry]) for entry in ("labels", "splits") if entry in entries)
    return LabelledSet(entries.get("name", name), pictures, labels, files)
