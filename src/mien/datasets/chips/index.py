"""The index of a chip cache: a CSV file with a row for each chip."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np

from mien.datasets.records import Gender, Record
from mien.faces.warp import Matrix

Problem = tuple[str, str]
"""The path of a picture or the number of a row, and the problem of its label."""


@dataclass(frozen=True, slots=True)
class CachedChip:
    """A row of the index of a cache.

    Attributes:
        record: Record of the picture with its labels.
        found: Whether a face was found; if not, the chip shows the whole picture.
        score: Detection score, 0..1; 0 if no face was found.
        width: Width of the picture in pixels; 0 if it could not be read.
        height: Height of the picture in pixels; 0 if it could not be read.
        matrix: Affine transformation from pixels of the picture to pixels of the chip, 2 x 3.
        error: Reason why the picture could not be read; an empty text if it could be read.
    """

    record: Record
    found: bool
    score: float
    width: int
    height: int
    matrix: Matrix
    error: str = ""


_RECORD_COLUMNS = tuple(f.name for f in fields(Record))
INDEX_COLUMNS = (*_RECORD_COLUMNS, "found", "score", "width", "height", "matrix", "error")
_PROBLEM_COLUMNS = ("where", "problem")


def to_row(chip: CachedChip) -> list[Any]:
    """Returns the values of :data:`INDEX_COLUMNS`; labels of further attributes are JSON."""
    values = {**asdict(chip.record), "labels": json.dumps(dict(chip.record.labels))}
    record = ["" if value is None else value for value in values.values()]
    matrix = " ".join(repr(float(value)) for value in chip.matrix.ravel())
    error = " ".join(chip.error.split())  # one line
    found = int(chip.found)
    return [*record, found, f"{chip.score:.4f}", chip.width, chip.height, matrix, error]


def write_index(path: Path, chips: Iterable[CachedChip]) -> None:
    """Writes an index; an interruption leaves the old file."""
    write_whole(path, _csv([INDEX_COLUMNS, *map(to_row, chips)]))


def read_index(path: Path) -> list[CachedChip]:
    """Reads an index; an incomplete last row is left out.

    Raises:
        OSError: The file cannot be read.
        ValueError, KeyError: The file is damaged.
    """
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1].decode("utf-8")
    try:
        return [_from_row(row) for row in csv.DictReader(io.StringIO(whole, newline=""))]
    except (csv.Error, TypeError, RecursionError) as error:  # a cell is missing, or is no JSON
        raise ValueError(f"its index cannot be read: {error}") from None


def write_problems(path: Path, problems: Sequence[Problem]) -> None:
    """Writes the problems of the labels; an interruption leaves the old file."""
    write_whole(path, _csv([_PROBLEM_COLUMNS, *problems]))


def read_problems(path: Path) -> list[Problem]:
    """Reads the problems of the labels; without a file there are none.

    Raises:
        OSError: The file cannot be read.
        ValueError, KeyError: The file is damaged.
    """
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        try:
            return [(row["where"], row["problem"]) for row in csv.DictReader(file, restval="")]
        except csv.Error as error:
            raise ValueError(f"its problems cannot be read: {error}") from None


def write_whole(path: Path, text: str) -> None:
    """Writes a file in UTF-8; an interruption leaves the old file or the new one."""
    partial = path.with_suffix(".part")
    partial.write_bytes(text.encode("utf-8"))
    partial.replace(path)


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _from_row(row: dict[str, str]) -> CachedChip:
    labels = json.loads(row.get("labels") or "{}")
    record = Record(
        path=row["path"],
        age_low=float(row["age_low"]),
        age_high=float(row["age_high"]),
        gender=cast("Gender | None", row["gender"] or None),
        ethnicity=row["ethnicity"] or None,
        race=row["race"],
        group=int(row["group"]) if row["group"] else None,
        split=row["split"],
        age_deviation=float(row["age_deviation"]) if row.get("age_deviation") else None,
        labels=labels,
    )
    matrix = np.array([float(value) for value in row["matrix"].split()]).reshape(2, 3)
    score = float(row["score"])
    _require(0 <= record.age_low <= record.age_high < math.inf, row, "ages")
    _require(record.gender in (None, *get_args(Gender)), row, "gender")
    _require(record.group is None or abs(record.group) < 1 << 62, row, "group")
    _require(all(isinstance(text, str) for text in (*labels, *labels.values())), row, "labels")
    _require(0 <= score <= 1, row, "score")
    _require(bool(np.isfinite(matrix).all()), row, "matrix")
    found, width, height = row["found"] == "1", int(row["width"]), int(row["height"])
    return CachedChip(record, found, score, width, height, matrix, row["error"])


def _require(right: bool, row: dict[str, str], what: str) -> None:
    if not right:
        raise ValueError(f"its index has impossible {what} for '{row['path']}'")
