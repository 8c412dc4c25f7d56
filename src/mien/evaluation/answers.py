"""The answers of any system as a table, so that it is reported as a model of mien is.

The table is a CSV file with a row for each picture and the column ``path``: the path of the picture
as in the data set, or the path of its file. All other columns may be left out:

- ``age``: apparent age in years; ``age_low`` and ``age_high``: ends of its 80 % interval;
- ``female``: probability of a female presentation, 0..1;
- ``gender``: the decided label, ``female``, ``male`` or ``undetermined``;
- ``at_least_N``: probability of an age of at least N years, 0..1, for any number N;
- ``novelty``: how unusual the face is, 0 and more; above 1 it is flagged.

An empty cell is a missing answer. A picture without a row has no answer. Further columns and rows
of other pictures are not used.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mien.attributes.heads import GENDER
from mien.datasets.csv_files import read_rows
from mien.datasets.records import Record
from mien.errors import DataError
from mien.evaluation.predictions import NO_ANSWER, Floats, LabelPredictions, Predictions
from mien.results import UNDETERMINED

GENDERS = GENDER.labels
"""Labels of the gender presentation, in the order of the columns."""

_AT_LEAST = re.compile(r"at_least_(\d{1,3})")
_OLDEST = 150.0  # years
_SHARES = (0.0, 1.0)
_NOVELTIES = (0.0, math.inf)

_Row = Mapping[str, str]


def read_answers(path: Path, pictures: Path, records: Sequence[Record]) -> Predictions:
    """Reads the answers of a system for labelled pictures.

    Args:
        path: The CSV file.
        pictures: Folder that the paths of the records are relative to.
        records: Records of the pictures with the labels, at least one.

    Raises:
        DataError: The file is missing, has no column ``path`` or no answer, a cell cannot be read,
            a picture has two rows, or no row is of one of the pictures.
    """
    found = _matched(path, pictures, records)
    rows = list(found.values())
    names = set(rows[0])
    thresholds = sorted(int(match[1]) for match in map(_AT_LEAST.fullmatch, names) if match)
    if not thresholds and not names & {"age", "female", "gender"}:
        raise DataError(f"'{path}' has no answers; add a column 'age', 'female' or 'gender'")

    def column(name: str, limits: tuple[float, float]) -> Floats:
        cells = np.full(len(records), np.nan, np.float32)
        for i, row in found.items():
            cells[i] = _number(path, row, name, limits)
        return cells

    unknown = np.full(len(records), np.nan, np.float32)
    years = column("age", (0.0, _OLDEST))
    low, high = column("age_low", (0.0, _OLDEST)), column("age_high", (0.0, _OLDEST))
    for i in np.flatnonzero(low > high).tolist():
        raise DataError(f"'{path}' has an age_low above age_high for '{records[i].path}'")
    labels = {}
    if names & {"female", "gender"}:
        labels["gender"] = _gender(path, found, len(records), column("female", _SHARES))
    at_least = {n: column(f"at_least_{n}", _SHARES) for n in thresholds}
    return Predictions(
        list(records),
        years=years,
        low=low,
        high=high,
        found=_any_answer([years, *at_least.values()], labels.get("gender")),
        size=unknown,
        eye_distance=unknown,
        sharpness=unknown,
        frontality=unknown,
        novelty=column("novelty", _NOVELTIES) if "novelty" in names else None,
        thresholds=at_least,
        labels=labels,
    )


def _matched(path: Path, pictures: Path, records: Sequence[Record]) -> dict[int, _Row]:
    """Returns the rows of the pictures by the index of the picture."""
    indexes = {(pictures / record.path).as_posix(): i for i, record in enumerate(records)}
    indexes |= {record.path: i for i, record in enumerate(records)}
    found: dict[int, _Row] = {}
    for _, untidy in read_rows(path, ("path",)):
        row = {name: cell.strip() for name, cell in untidy.items()}
        index = indexes.get(row["path"].replace("\\", "/"))
        if index is None:
            continue
        if index in found:
            raise DataError(f"'{path}' has two rows for '{row['path']}'; keep one")
        found[index] = row
    if not found:
        raise DataError(
            f"'{path}' has no row of a picture of the data set; its column 'path' must have paths"
            f" such as '{records[0].path}'"
        )
    return found


def _number(path: Path, row: _Row, name: str, limits: tuple[float, float]) -> float:
    text = row.get(name, "")
    if not text:
        return float("nan")
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    least, most = limits
    if not least <= value <= most or math.isinf(value):
        limit = f"from {least:g} to {most:g}" if math.isfinite(most) else f"of {least:g} or more"
        raise DataError(
            f"'{path}' has '{text}' in the column '{name}' for '{row['path']}'; it must be a number"
            f" {limit}"
        )
    return value


def _gender(path: Path, found: Mapping[int, _Row], n: int, female: Floats) -> LabelPredictions:
    """Returns the gender presentation; without the column ``gender`` every label is decided."""
    decided: list[str] = [NO_ANSWER] * n
    for i, row in found.items():
        label = row.get("gender", "").lower()
        if label not in (*GENDERS, UNDETERMINED, NO_ANSWER):
            raise DataError(
                f"'{path}' has the gender '{label}' for '{row['path']}'; it must be female, male or"
                f" {UNDETERMINED}"
            )
        if not label and not np.isnan(female[i]):
            label = GENDERS[int(female[i] >= 0.5)]
        decided[i] = label
    probabilities = None
    if not np.isnan(female).all():
        probabilities = np.stack([1 - female, female], axis=1)
    return LabelPredictions(GENDERS, probabilities, np.array(decided, np.str_))


def _any_answer(numbers: Sequence[Floats], gender: LabelPredictions | None) -> NDArray[np.bool_]:
    answered = ~np.isnan(np.stack(numbers)).all(axis=0)
    return np.asarray(answered if gender is None else answered | (gender.decided != NO_ANSWER))
