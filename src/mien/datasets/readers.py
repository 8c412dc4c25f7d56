"""Readers of the labels of data sets.

Every reader returns the records together with the problems: a file name or a row that cannot be
read is always reported.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from mien.datasets.csv_files import read_rows
from mien.datasets.records import (
    ANY_AGE,
    ETHNICITIES,
    FAIRFACE_TO_ETHNICITY,
    MAX_AGE,
    Gender,
    Record,
)
from mien.errors import DataError
from mien.images import PICTURE_SUFFIXES

OLDEST = 120
"""Highest age label in years that is accepted; a higher one is a problem."""

_UTKFACE_GENDERS: dict[str, Gender] = {"0": "male", "1": "female"}
_UTKFACE_ETHNICITIES = {str(i): ethnicity for i, ethnicity in enumerate(ETHNICITIES)}
_FAIRFACE_GENDERS: dict[str, Gender] = {"Male": "male", "Female": "female"}
_UTKFACE_DATE = re.compile(r"\d{12,20}")
_UTKFACE_AGE = re.compile(r"\d{1,3}")
_AAF_NAME = re.compile(r"(\d{5})A(\d{2})\.jpg")
_AAF_LAST_FEMALE = 7380
_CSV_COLUMNS = {
    *("path", "age", "age_low", "age_high", "age_deviation"),
    *("gender", "ethnicity", "group", "split"),
}
_CELEBA_SPLITS = {"Train": "train", "Validation": "val", "Test": "test"}


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a data set.

    Attributes:
        records: The pictures that can be used, ordered by path.
        problems: Pairs of a path or row and its problem. A picture with a problem is also among the
            records if some of its labels can be used.
    """

    records: list[Record]
    problems: list[tuple[str, str]] = field(default_factory=list)


def read_utkface(folder: Path) -> Labels:
    """Reads UTKFace's labels from its file names, ``AGE_GENDER_RACE_DATETIME.jpg.chip.jpg``.

    Some names of the published set have a missing field, a doubled underscore, a space or a damaged
    ending. The record of such a picture has the labels that can be read.

    Args:
        folder: Folder of the pictures, which is searched recursively.

    Raises:
        DataError: There is no such folder, or no picture in it has an age in its name.
    """
    records, problems = [], []
    for path in _pictures(folder):
        record, problem = parse_utkface_name(path)
        if record is not None:
            records.append(record)
        if problem:
            problems.append((path, problem))
    return _labels(records, problems, folder)


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
    date = fields.pop() if _UTKFACE_DATE.fullmatch(fields[-1]) else ""
    problems = []
    if not date:
        problems.append("no date and time")
    if not name.endswith(".jpg") or " " in name or ".." in name or ".pg" in name:
        problems.append("a damaged ending")
    if not (fields and _UTKFACE_AGE.fullmatch(fields[0]) and int(fields[0]) <= OLDEST):
        return None, "no age"
    age = int(fields[0])
    gender = ethnicity = None
    if len(fields) == 3:
        gender = _UTKFACE_GENDERS.get(fields[1])
        ethnicity = _UTKFACE_ETHNICITIES.get(fields[2])
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
        if not _is_file(folder / row["file"]):
            problems.append((row["file"], "the picture is missing"))
            continue
        gender = _FAIRFACE_GENDERS.get(row["gender"])
        ethnicity = FAIRFACE_TO_ETHNICITY.get(race)
        if gender is None:
            problems.append((row["file"], f"an unknown gender: '{row['gender']}'"))
        if ethnicity is None:
            problems.append((row["file"], f"an unknown race: '{race}'"))
        records.append(Record(row["file"], *bracket, gender, ethnicity, race))
    return _labels(records, problems, labels)


def read_aaf(folder: Path) -> Labels:
    """Reads the labels of All-Age-Faces from its file names, ``NNNNNAaa.jpg``.

    The age is ``aa``. Pictures with serial numbers up to 07380 are of females, the others of males
    (Cheng et al., "Exploiting Effective Facial Patches for Robust Gender Recognition", 2019).

    Args:
        folder: Folder of the original pictures, which is searched recursively.

    Raises:
        DataError: There is no such folder, or no picture in it has such a name.
    """
    records, problems = [], []
    for path in _pictures(folder):
        match = _AAF_NAME.fullmatch(path.rsplit("/", 1)[-1])
        if match is None:
            problems.append((path, "not a name of All-Age-Faces"))
            continue
        gender: Gender = "female" if int(match[1]) <= _AAF_LAST_FEMALE else "male"
        records.append(Record(path, int(match[2]), int(match[2]), gender))
    return _labels(records, problems, folder)


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
        deviation = _number(row.get("apparent_deviation", ""))
        if bracket is None:
            text = row["apparent_age"]
            problems.append((f"row {number}", f"an age that cannot be read: '{text}'"))
            continue
        path = _appareal_path(folder, row["file"], labels)
        if path is None:
            problems.append((row["file"], "the picture is missing"))
            continue
        split = row.get("split") or path.split("/")[0]
        records.append(Record(path, *bracket, split=split, age_deviation=deviation))
    return _labels(records, problems, labels)


def read_celeba(folder: Path) -> Labels:
    """Reads crops of CelebA that are in folders named ``female`` and ``male``, without ages.

    If the folder above is named ``Train``, ``Validation`` or ``Test``, it is the split.

    Args:
        folder: Folder of the pictures, which is searched recursively.

    Raises:
        DataError: There is no such folder, or no picture in it is in such a folder.
    """
    records, problems = [], []
    for path in _pictures(folder):
        parents = path.split("/")[:-1]
        gender = _plain_gender(parents[-1]) if parents else None
        if gender is None:
            problems.append((path, "not in a folder named female or male"))
            continue
        split = _CELEBA_SPLITS.get(parents[-2], "") if len(parents) > 1 else ""
        records.append(Record(path, *ANY_AGE, gender, split=split))
    return _labels(records, problems, folder)


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
        if not _is_file(folder / row["path"]):
            problems.append((row["path"], "the picture is missing"))
            continue
        gender = _plain_gender(row.get("gender", ""))
        if gender is None and row.get("gender"):
            problems.append((row["path"], f"an unknown gender: '{row['gender']}'"))
        ethnicity = row.get("ethnicity") or None
        if ethnicity not in (None, *ETHNICITIES):
            problems.append((row["path"], f"an unknown ethnicity: '{ethnicity}'"))
            ethnicity = None
        group = _group(row)
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
                _number(row.get("age_deviation", "")),
                _further_labels(row),
            )
        )
    return _labels(records, problems, labels)


def with_splits(labels: Labels, splits: Path) -> Labels:
    """Adds the splits and the near-duplicate groups that a CSV file gives.

    Args:
        labels: Labels from a reader.
        splits: CSV file with the columns ``file`` and ``split``, and ``group`` if it is known. If
            the file does not have the whole path of a picture, its row has the last part of it.

    Returns:
        The labels with the splits. A picture that is not in the file is a problem.

    Raises:
        DataError: The file is missing, lacks a column, or names none of the pictures.
    """
    rows = {row["file"]: row for _, row in read_rows(splits, ("file", "split"))}
    records, problems = [], list(labels.problems)
    matched = 0
    for record in labels.records:
        row = rows.get(record.path) or rows.get(record.path.rsplit("/", 1)[-1])
        if row is None:
            problems.append((record.path, f"not in {splits.name}"))
            records.append(record)
            continue
        matched += 1
        group = _group(row)
        if group is None:
            group = record.group
        records.append(replace(record, split=row["split"], group=group))
    if not matched:
        raise DataError(
            f"'{splits}' names none of the data set's pictures; give the splits of this data set"
        )
    return Labels(records, problems)


def parse_bracket(text: str) -> tuple[float, float] | None:
    """Reads an age or an age bracket: ``31``, ``4.37``, ``20-29``, ``70+`` or ``more than 70``.

    Returns:
        The lowest and the highest age in years, inclusive; None if the text cannot be read.
    """
    text = text.strip()
    low: float
    high: float
    if re.fullmatch(r"\d{1,3}(\.\d*)?", text):
        low = high = float(text)
    elif match := re.fullmatch(r"(\d{1,3})\s*[-–]\s*(\d{1,3})", text):
        low, high = int(match[1]), int(match[2])
    elif match := re.fullmatch(r"(\d{1,3})\s*\+|more than (\d{1,3})", text):
        low, high = int(match[1] or match[2]), MAX_AGE
    else:
        return None
    return (low, high) if low <= high <= OLDEST else None


def _appareal_path(folder: Path, file: str, labels: Path) -> str | None:
    """Returns the path of a picture of APPA-REAL in its folder, or None if it is missing.

    The label files of the data set itself do not name the folder of the split nor ``_face.jpg``.
    """
    split = next((name for name in ("train", "valid", "test") if name in labels.stem), "")
    for path in (file, f"{split}/{file}_face.jpg"):
        if _is_file(folder / path):
            return path
    return None


def _group(row: Mapping[str, str]) -> int | None:
    """Reads the number of a near-duplicate group; None if there is none, or any other text."""
    text = row.get("group", "")
    return int(text) if re.fullmatch(r"\d{1,18}", text) else None


def _is_file(path: Path) -> bool:
    """Whether a path from a label file leads to a file."""
    return os.path.isfile(path)  # noqa: PTH113 (pathlib's raises for a name that cannot be)


def _number(text: str) -> float | None:
    """Reads a positive number; None for any other text."""
    match = re.fullmatch(r"\s*\d{1,9}(\.\d*)?\s*", text)
    return float(text) or None if match else None


def _further_labels(row: Mapping[str, str]) -> dict[str, str]:
    """Returns the labels in columns whose names are not known, by the name of the column."""
    cells = {name: text.strip() for name, text in row.items() if name not in _CSV_COLUMNS}
    return {name: text for name, text in cells.items() if name and text}


def _plain_gender(text: str) -> Gender | None:
    text = text.strip().lower()
    if text in ("female", "f", "woman"):
        return "female"
    return "male" if text in ("male", "m", "man") else None


def _labels(records: list[Record], problems: list[tuple[str, str]], source: Path) -> Labels:
    """Returns the labels ordered by path, of the pictures whose names can be written into a CSV.

    Raises:
        DataError: There is no record.
    """
    problems = [(_as_text(where), problem) for where, problem in problems]
    for record in records:
        if (name := _as_text(record.path)) != record.path:
            problems.append((name, "its name is not UTF-8"))
    records = [record for record in records if _as_text(record.path) == record.path]
    if not records:
        reason = ": ".join(problems[0]) if problems else "it is empty"
        raise DataError(f"'{source}' has no picture that can be used ({reason})")
    return Labels(sorted(records, key=lambda record: record.path), problems)


def _as_text(name: str) -> str:
    """Returns a name with escapes for its bytes that are no text."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _pictures(folder: Path) -> list[str]:
    if not os.path.isdir(folder):  # noqa: PTH112 (as of _is_file)
        raise DataError(f"there is no folder '{folder}'")
    paths = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix.lower() in PICTURE_SUFFIXES
    )
    if not paths:
        raise DataError(f"there is no picture in '{folder}'")
    return paths
