"""The labels of UTKFace, in the names of its pictures."""

from __future__ import annotations

import re
from pathlib import Path

from mien.datasets.readers.cells import OLDEST
from mien.datasets.readers.files import pictures_in
from mien.datasets.readers.labels import Labels, usable_labels
from mien.datasets.records import ETHNICITIES, Gender, Record

_GENDERS: dict[str, Gender] = {"0": "male", "1": "female"}
_ETHNICITIES = {str(i): ethnicity for i, ethnicity in enumerate(ETHNICITIES)}
_DATE = re.compile(r"\d{12,20}")
_AGE = re.compile(r"\d{1,3}")


def read_utkface(folder: Path) -> Labels:
    """Reads UTKFace's labels from its file names, ``AGE_GENDER_RACE_DATETIME.jpg.chip.jpg``.

    Some names of the published set have a missing field, a doubled underscore, a space or a damaged
    ending. The record of such a picture has the labels that can be read.

    Args:
        folder: Folder of the pictures, which is searched recursively.

    Raises:
        DataError: There is no such folder, or no picture in it has an age in its name.
    """
    paths, problems = pictures_in(folder)
    records = []
    for path in paths:
        record, problem = parse_utkface_name(path)
        if record is not None:
            records.append(record)
        if problem:
            problems.append((path, problem))
    return usable_labels(records, problems, folder)


def parse_utkface_name(path: str) -> tuple[Record | None, str]:
    """Reads the labels in one file name of UTKFace.

    Args:
        path: Path of the picture; only its last part is read.

    Returns:
        The record, or None if the age cannot be read; and the problem, or an empty text.
    """
    name = path.rsplit("/", 1)[-1]
    stem = name.split(".", 1)[0].strip()
    fields = stem.split("_")
    date = fields.pop() if _DATE.fullmatch(fields[-1]) else ""
    problems = []
    if not date:
        problems.append("no date and time")
    if not name.endswith(".jpg") or " " in name or ".." in name or ".pg" in name:
        problems.append("a damaged ending")
    if not (fields and _AGE.fullmatch(fields[0]) and int(fields[0]) <= OLDEST):
        return None, "no age"
    age = int(fields[0])
    gender = ethnicity = None
    if len(fields) == 3:
        gender = _GENDERS.get(fields[1])
        ethnicity = _ETHNICITIES.get(fields[2])
        if gender is None:
            problems.append("no gender")
        if ethnicity is None:
            problems.append("no ethnicity")
    else:
        # It is not known which field is missing or too many, so that none of them can be used.
        problems.append("a missing field" if len(fields) < 3 else "a surplus field")
    race = ethnicity or ""
    record = Record(path, age, age, gender=gender, ethnicity=ethnicity, race=race)
    return record, ", ".join(problems)
