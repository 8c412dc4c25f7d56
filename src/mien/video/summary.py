"""The audience over time: how many people, of which apparent ages and gender presentations.

People are counted, not frames, and as sums of probabilities rather than of guesses: someone who is
female with probability 0.7 counts 0.7 in one column and 0.3 in another. The interval of such a sum
follows from its variance, the sum of ``p (1 - p)`` over the people (a Poisson binomial).
Nothing that identifies anyone is kept: of each person only probabilities and times.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mien.attributes.ages import AGE_GROUP_NAMES
from mien.results import TrackedFace

LEAST_SEEN = 0.3
"""Seconds for which someone must have been seen to be counted."""

_Z80 = 1.2816  # of the normal distribution: 80 % lie within so many deviations


@dataclass(slots=True)
class _Visit:
    """One person within one interval."""

    first: float
    last: float
    groups: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(AGE_GROUP_NAMES)))
    female: float = 0.5
    in_view: float = 0.0
    judged: bool = False


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """The audience of one interval.

    Attributes:
        start: Seconds since the beginning.
        end: Seconds since the beginning.
        people: How many were seen.
        in_view: How long they were in view in the mean, seconds.
        cells: For each gender presentation and age group the expected number of people and the
            ends of its 80 % interval.
    """

    start: float
    end: float
    people: int
    in_view: float
    cells: dict[tuple[str, str], tuple[float, float, float]]


class Audience:
    """Counts the people of a video.

    Args:
        interval: Seconds that are told apart; None for the whole video at once.
    """

    def __init__(self, interval: float | None = 60.0) -> None:
        self._interval = interval
        self._visits: dict[int, dict[int, _Visit]] = {}

    def add(self, time: float, faces: Iterable[TrackedFace]) -> None:
        """Takes account of a frame.

        Args:
            time: Seconds since the beginning.
            faces: Who is in it.
        """
        number = 0 if self._interval is None else int(time // self._interval)
        people = self._visits.setdefault(number, {})
        for face in faces:
            visit = people.setdefault(face.track_id, _Visit(max(face.since, 0.0), time))
            visit.in_view += min(max(0.0, time - visit.last), 1.0)
            visit.last = time
            if face.age is not None and face.gender is not None:
                visit.judged = True
                visit.groups = np.array([*face.age.group_probabilities.values()])
                visit.female = face.gender.female

    def rows(self) -> list[AudienceRow]:
        """Returns the audience of each interval, in the order of time."""
        return [self._row(number, visits) for number, visits in sorted(self._visits.items())]

    def _row(self, number: int, visits: dict[int, _Visit]) -> AudienceRow:
        counted = [v for v in visits.values() if v.judged and v.last - v.first >= LEAST_SEEN]
        cells = {}
        for gender in ("female", "male"):
            for i, group in enumerate(AGE_GROUP_NAMES):
                shares = np.array(
                    [
                        v.groups[i] * (v.female if gender == "female" else 1 - v.female)
                        for v in counted
                    ]
                )
                cells[gender, group] = _sum_with_interval(shares)
        length = self._interval or 0.0
        return AudienceRow(
            start=number * length,
            end=max((v.last for v in visits.values()), default=0.0)
            if self._interval is None
            else (number + 1) * length,
            people=len(counted),
            in_view=float(np.mean([v.in_view for v in counted])) if counted else 0.0,
            cells=cells,
        )

    def write(self, path: Path) -> None:
        """Writes all rows as CSV or JSON, by the file's suffix."""
        rows = [flat_row(row) for row in self.rows()]
        if path.suffix.lower() == ".json":
            path.write_text(json.dumps({"schema": 1, "intervals": rows}, indent=1))
            return
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(flat_row(AudienceRow(0, 0, 0, 0, self._empty()))))
            writer.writeheader()
            writer.writerows(rows)

    @staticmethod
    def _empty() -> dict[tuple[str, str], tuple[float, float, float]]:
        return {(g, a): (0.0, 0.0, 0.0) for g in ("female", "male") for a in AGE_GROUP_NAMES}


def flat_row(row: AudienceRow) -> dict[str, Any]:
    """Returns a row as names and numbers, as written to a file."""
    flat: dict[str, Any] = {
        "start": round(row.start, 3),
        "end": round(row.end, 3),
        "people": row.people,
        "mean_seconds_in_view": round(row.in_view, 2),
    }
    for (gender, group), (expected, low, high) in row.cells.items():
        name = f"{gender}_{group}"
        flat[name] = round(expected, 3)
        flat[f"{name}_low"] = round(low, 3)
        flat[f"{name}_high"] = round(high, 3)
    return flat


def _sum_with_interval(shares: NDArray[np.float64]) -> tuple[float, float, float]:
    expected = float(shares.sum())
    deviation = math.sqrt(float((shares * (1 - shares)).sum()))
    low = max(0.0, expected - _Z80 * deviation)
    return expected, low, min(float(len(shares)), expected + _Z80 * deviation)
