"""Files of the audience over time."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from mien.errors import VideoError
from mien.results import SCHEMA
from mien.video.audience import AudienceRow

if TYPE_CHECKING:
    from mien import schema

SUFFIXES = (".csv", ".json")
"""Suffixes of the files that :func:`write_audience` can write."""


def check_audience_suffix(path: Path) -> None:
    """Checks the suffix of a file for the audience.

    Raises:
        VideoError: The suffix is not one of :data:`SUFFIXES`.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise VideoError(f"the audience is written as .csv or .json, not '{path.name}'")


def write_audience(rows: Iterable[AudienceRow], path: Path) -> None:
    """Writes the audience as CSV (a line for each cell) or as JSON, by the suffix of the file.

    Args:
        rows: The rows, at least one.
        path: The file to write.

    Raises:
        VideoError: The suffix is not one of :data:`SUFFIXES`, or the file cannot be written.
    """
    check_audience_suffix(path)
    document: schema.AudienceDocumentJson = {
        "schema": SCHEMA,
        "intervals": [_interval(row) for row in rows],
    }
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            if path.suffix.lower() == ".json":
                json.dump(document, file, indent=1)
                file.write("\n")
                return
            lines = [
                {**interval, **cell}
                for interval in document["intervals"]
                for cell in interval["audience"]
            ]
            columns = [name for name in lines[0] if name != "audience"]
            writer = csv.DictWriter(file, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(lines)
    except OSError as error:
        raise VideoError(f"'{path}' cannot be written: {error.strerror}") from None


def _interval(row: AudienceRow) -> schema.AudienceIntervalJson:
    """Returns a row as plain values for JSON."""
    return {
        "start": round(row.start, 3),
        "end": round(row.end, 3),
        "people": row.people,
        "mean_seconds_in_view": round(row.seconds_in_view, 2),
        "audience": [
            {
                "gender": gender,
                "age_group": group,
                "expected": round(expected.people, 3),
                "low": round(expected.low, 3),
                "high": round(expected.high, 3),
            }
            for (gender, group), expected in row.cells.items()
        ],
    }
