"""Labels in a CSV file of any data set."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mien.datasets.csv_files import read_rows
from mien.datasets.readers.cells import parse_bracket, parse_gender, parse_group, parse_number
from mien.datasets.readers.files import is_file
from mien.datasets.readers.labels import Labels, usable_labels
from mien.datasets.records import ANY_AGE, ETHNICITIES, Record

_COLUMNS = {
    *("path", "age", "age_low", "age_high", "age_deviation"),
    *("gender", "ethnicity", "group", "split"),
}


def read_csv(labels: Path, folder: Path | None = None) -> Labels:
    """Reads a CSV file with the column ``path`` and any of the columns below, in any order.

    - ``age``: an age in years (``31``, ``4.37``) or a bracket (``20-29``, ``70+``);
      instead of it ``age_low`` and ``age_high``;
    - ``age_deviation``: the standard deviation in years of the guesses whose mean is the age;
    - ``gender``, ``ethnicity``, ``group`` (a number that near-duplicates share), ``split``;
    - every other column is an attribute with its labels.

    An empty cell is a missing label.

    Args:
        labels: The CSV file.
        folder: Folder that the paths in the file are relative to; None for the folder of the file.

    Raises:
        DataError: The file is missing or lacks a column, or no picture in it can be used.
    """
    folder = folder or labels.parent
    records, problems = [], []
    for number, row in read_rows(labels, ("path",)):
        low, high = row.get("age_low", ""), row.get("age_high", "")
        text = row.get("age") or (f"{low}-{high}" if low or high else "")
        bracket = parse_bracket(text) if text else ANY_AGE
        if bracket is None:
            problems.append((f"row {number}", f"an age that cannot be read: '{text}'"))
            continue
        if not is_file(folder / row["path"]):
            problems.append((row["path"], "the picture is missing"))
            continue
        gender = parse_gender(row.get("gender", ""))
        if gender is None and row.get("gender"):
            problems.append((row["path"], f"an unknown gender: '{row['gender']}'"))
        ethnicity = row.get("ethnicity") or None
        if ethnicity not in (None, *ETHNICITIES):
            problems.append((row["path"], f"an unknown ethnicity: '{ethnicity}'"))
            ethnicity = None
        group = parse_group(row)
        if row.get("group") and group is None:
            problems.append((row["path"], f"a group that is not a number: '{row['group']}'"))
        records.append(
            Record(
                row["path"],
                *bracket,
                gender,
                ethnicity,
                ethnicity or "",
                group,
                row.get("split", ""),
                parse_number(row.get("age_deviation", "")),
                _further_labels(row),
            )
        )
    return usable_labels(records, problems, labels)


def _further_labels(row: Mapping[str, str]) -> dict[str, str]:
    """Returns the labels in columns whose names are not known, by the name of the column."""
    cells = {name: text.strip() for name, text in row.items() if name not in _COLUMNS}
    return {name: text for name, text in cells.items() if name and text}
