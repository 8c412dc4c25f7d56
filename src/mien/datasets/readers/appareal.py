"""The labels of APPA-REAL, in a CSV file."""

from __future__ import annotations

from pathlib import Path

from mien.datasets.csv_files import read_rows
from mien.datasets.readers.cells import parse_bracket, parse_number
from mien.datasets.readers.files import is_file
from mien.datasets.readers.labels import Labels, usable_labels
from mien.datasets.records import Record


def read_appareal(folder: Path, labels: Path) -> Labels:
    """Reads the apparent ages of APPA-REAL: the mean and the deviation of many people's guesses.

    Args:
        folder: Folder that the paths in the file are relative to.
        labels: CSV file with the columns ``file``, ``apparent_age`` and ``apparent_deviation``, and
            ``split`` if it is known; or a file of the data set itself. There the columns are named
            ``file_name``, ``apparent_age_avg`` and ``apparent_age_std``, and the pictures are in
            the folder of the split, with names that end in ``_face.jpg``.

    Raises:
        DataError: The file is missing or lacks a column, or no picture in it can be used.
    """
    official = {
        "file_name": "file",
        "apparent_age_avg": "apparent_age",
        "apparent_age_std": "apparent_deviation",
    }
    records, problems = [], []
    for number, row in read_rows(labels, ("file", "apparent_age"), official):
        bracket = parse_bracket(row["apparent_age"])
        deviation = parse_number(row.get("apparent_deviation", ""))
        if bracket is None:
            text = row["apparent_age"]
            problems.append((f"row {number}", f"an age that cannot be read: '{text}'"))
            continue
        path = _path(folder, row["file"], labels)
        if path is None:
            problems.append((row["file"], "the picture is missing"))
            continue
        split = row.get("split") or path.split("/")[0]
        records.append(Record(path, *bracket, split=split, age_deviation=deviation))
    return usable_labels(records, problems, labels)


def _path(folder: Path, file: str, labels: Path) -> str | None:
    """Returns the path of a picture of APPA-REAL in its folder, or None if it is missing.

    The label files of the data set itself do not name the folder of the split nor ``_face.jpg``.
    """
    split = next((name for name in ("train", "valid", "test") if name in labels.stem), "")
    for path in (file, f"{split}/{file}_face.jpg"):
        if is_file(folder / path):
            return path
    return None
