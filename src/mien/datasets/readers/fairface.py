"""The labels of FairFace, in a CSV file."""

from __future__ import annotations

from pathlib import Path

from mien.datasets.csv_files import read_rows
from mien.datasets.readers.cells import parse_bracket
from mien.datasets.readers.files import is_file
from mien.datasets.readers.labels import Labels, usable_labels
from mien.datasets.records import FAIRFACE_TO_ETHNICITY, Gender, Record

_GENDERS: dict[str, Gender] = {"Male": "male", "Female": "female"}


def read_fairface(folder: Path, labels: Path) -> Labels:
    """Reads FairFace's label file, with the columns ``file, age, gender, race, ...``.

    Args:
        folder: Folder that the paths in the file are relative to.
        labels: The CSV file.

    Raises:
        DataError: The file is missing or lacks a column, or no picture in it can be used.
    """
    records, problems = [], []
    for number, row in read_rows(labels, ("file", "age", "gender", "race")):
        bracket = parse_bracket(row["age"])
        race = row["race"]
        if bracket is None:
            problems.append((f"row {number}", f"an age that cannot be read: '{row['age']}'"))
            continue
        if not is_file(folder / row["file"]):
            problems.append((row["file"], "the picture is missing"))
            continue
        gender = _GENDERS.get(row["gender"])
        ethnicity = FAIRFACE_TO_ETHNICITY.get(race)
        if gender is None:
            problems.append((row["file"], f"an unknown gender: '{row['gender']}'"))
        if ethnicity is None:
            problems.append((row["file"], f"an unknown race: '{race}'"))
        records.append(Record(row["file"], *bracket, gender, ethnicity, race))
    return usable_labels(records, problems, labels)
