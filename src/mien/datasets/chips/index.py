"""The index of a chip cache: a CSV row for each chip, appended to as chips are cut."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, cast

import numpy as np

from mien.datasets.records import Gender, Record
from mien.faces.warp import Matrix

Problem = tuple[str, str]
"""Where a label was not as it should be, and what is wrong."""


@dataclass(frozen=True, slots=True)
class CachedChip:
    """One row of a cache's index.

    Attributes:
        record: The labels.
        found: Whether a face was found; if not, the chip shows the whole picture.
        score: The detector's confidence, 0 where no face was found.
        width: Width of the picture in pixels; 0 if it could not be read.
        height: Height of the picture in pixels; 0 if it could not be read.
        matrix: From the picture to the chip, 2 x 3.
        error: Why the picture could not be read, or an empty text.
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
    """Returns the values of :data:`INDEX_COLUMNS`; further labels are one cell of JSON."""
    values = {**asdict(chip.record), "labels": json.dumps(dict(chip.record.labels))}
    record = ["" if value is None else value for value in values.values()]
    matrix = " ".join(repr(float(value)) for value in chip.matrix.ravel())
    error = " ".join(chip.error.split())  # one line
    found = int(chip.found)
    return [*record, found, f"{chip.score:.4f}", chip.width, chip.height, matrix, error]


def write_index(path: Path, chips: Iterable[CachedChip]) -> None:
    """Writes an index whole or not at all."""
    write_whole(path, _csv([INDEX_COLUMNS, *map(to_row, chips)]))


def read_index(path: Path) -> list[CachedChip]:
    """Reads an index, without a last row that an interruption cut short."""
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1].decode("utf-8")
    return [_from_row(row) for row in csv.DictReader(io.StringIO(whole, newline=""))]


def write_problems(path: Path, problems: Sequence[Problem]) -> None:
    """Writes what the reader of the labels met, whole or not at all."""
    write_whole(path, _csv([_PROBLEM_COLUMNS, *problems]))


def read_problems(path: Path) -> list[Problem]:
    """Reads what the reader of the labels met; nothing if it was not kept."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [(row["where"], row["problem"]) for row in csv.DictReader(file)]


def write_whole(path: Path, text: str) -> None:
    """Writes a file such that an interruption leaves the old one or the new one."""
    partial = path.with_suffix(".part")
    partial.write_bytes(text.encode("utf-8"))
    partial.replace(path)


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _from_row(row: dict[str, str]) -> CachedChip:
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
        labels=json.loads(row.get("labels") or "{}"),
    )
    return CachedChip(
        record,
        row["found"] == "1",
        float(row["score"]),
        int(row["width"]),
        int(row["height"]),
        np.array([float(value) for value in row["matrix"].split()]).reshape(2, 3),
        row["error"],
    )
