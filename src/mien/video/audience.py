"""The audience over time: how many people, of which apparent ages and gender presentations.

People are counted, not frames, and as sums of probabilities rather than of guesses: someone who is
female with probability 0.7 counts 0.7 in one cell and 0.3 in another. The interval of such a sum
follows from its variance, the sum of ``p (1 - p)`` over the people (a Poisson binomial).
Nothing that identifies anyone is kept: of each person only probabilities and times, and those only
until the interval in which they were seen is over.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mien.ages import AGE_GROUP_NAMES
from mien.errors import VideoError
from mien.results import TrackedFace

ALL = "all"
"""Stands for every gender presentation, or every age group."""

LEAST_SEEN = 0.8
"""Seconds for which someone must have been seen to be counted.

By then it is usually known whether they were seen before.
"""

SUFFIXES = (".csv", ".json")
"""Of the files that :func:`write_audience` writes."""

SCHEMA = 1
"""Version of the JSON of the audience."""

_Z80 = 1.2816  # of the normal distribution: 80 % lie within so many deviations
_LONGEST_STEP = 1.0  # seconds between two frames, beyond which nobody is thought to have stayed


class Expected(NamedTuple):
    """How many people of a kind there were.

    Attributes:
        people: Expected number.
        low: Lower end of the 80 % interval.
        high: Upper end of the 80 % interval.
    """

    people: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """The audience of one interval.

    Attributes:
        start: Seconds since the beginning.
        end: Seconds since the beginning.
        people: How many were seen.
        seconds_in_view: How long they were in view in the mean.
        cells: How many there were of each gender presentation and age group, either of which may
            be :data:`ALL`.
    """

    start: float
    end: float
    people: int
    seconds_in_view: float
    cells: dict[tuple[str, str], Expected]


@dataclass(slots=True)
class _Visit:
    """One person within one interval."""

    since: float
    last: float
    groups: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(AGE_GROUP_NAMES)))
    female: float = 0.5
    in_view: float = 0.0
    judged: bool = False

    @property
    def counted(self) -> bool:
        return self.judged and self.last - self.since >= LEAST_SEEN


class Audience:
    """Counts the people of a video.

    Args:
        interval: Seconds that are told apart; None for the whole video at once.
    """

    def __init__(self, interval: float | None = 60.0) -> None:
        self._interval = interval
        self._number = 0
        self._now = 0.0
        self._rows: list[AudienceRow] = []
        self._visits: dict[int, _Visit] = {}
        self._counted: set[int] = set()

    @property
    def people(self) -> int:
        """How many people were seen since the beginning."""
        return len(self._counted | self._counted_now())

    def _counted_now(self) -> set[int]:
        return {track for track, visit in self._visits.items() if visit.counted}

    def add(self, time: float, faces: Iterable[TrackedFace]) -> None:
        """Takes account of a frame.

        Args:
            time: Seconds since the beginning; never falls.
            faces: Who is in it.
        """
        number = 0 if self._interval is None else int(time // self._interval)
        if number != self._number:
            self._rows.append(self.current)
            self._counted |= self._counted_now()
            self._visits.clear()
            self._number = number
        self._now = time
        for face in faces:
            visit = self._visits.setdefault(face.track_id, _Visit(face.since, time))
            for former_id in face.former_ids:
                self._counted.discard(former_id)
                if (former := self._visits.pop(former_id, None)) is not None:
                    visit.since = min(visit.since, former.since)
                    visit.in_view += former.in_view
            visit.in_view += min(time - visit.last, _LONGEST_STEP)
            visit.last = time
            if face.age is not None and face.gender is not None:
                visit.judged = True
                visit.groups = np.array([*face.age.group_probabilities.values()])
                visit.female = face.gender.female

    @property
    def current(self) -> AudienceRow:
        """The audience of the interval that is not over yet."""
        visits = [visit for visit in self._visits.values() if visit.counted]
        length = self._interval or 0.0
        groups = np.array([visit.groups for visit in visits]).reshape(-1, len(AGE_GROUP_NAMES))
        female = np.array([visit.female for visit in visits])
        return AudienceRow(
            start=self._number * length,
            end=self._now if self._interval is None else (self._number + 1) * length,
            people=len(visits),
            seconds_in_view=float(np.mean([v.in_view for v in visits])) if visits else 0.0,
            cells=dict(_cells(groups, female)),
        )

    def rows(self) -> list[AudienceRow]:
        """Returns the audience of each interval in which there was a frame, in order."""
        return [*self._rows, self.current]


def _cells(
    groups: NDArray[np.float64], female: NDArray[np.float64]
) -> Iterator[tuple[tuple[str, str], Expected]]:
    genders = {"female": female, "male": 1 - female, ALL: np.ones_like(female)}
    for gender, share in genders.items():
        for i, group in enumerate(AGE_GROUP_NAMES):
            yield (gender, group), _sum(share * groups[:, i])
        yield (gender, ALL), _sum(share)


def _sum(shares: NDArray[np.float64]) -> Expected:
    """Adds probabilities up, of independent people."""
    people = float(shares.sum())
    spread = _Z80 * math.sqrt(max(0.0, float((shares * (1 - shares)).sum())))
    return Expected(people, max(0.0, people - spread), min(float(len(shares)), people + spread))


def check_audience_suffix(path: Path) -> None:
    """Finds out whether the audience can be written under that name.

    Raises:
        VideoError: The suffix is none of :data:`SUFFIXES`.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise VideoError(f"the audience is written as .csv or .json, not '{path.name}'")


def write_audience(rows: Iterable[AudienceRow], path: Path) -> None:
    """Writes the audience, as CSV (a line for each cell) or JSON by the file's suffix.

    Raises:
        VideoError: The suffix is another, or the file cannot be written.
    """
    check_audience_suffix(path)
    plain = [_plain(row) for row in rows]
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            if path.suffix.lower() == ".json":
                json.dump({"schema": SCHEMA, "intervals": plain}, file, indent=1)
                file.write("\n")
                return
            lines = [{**row, **cell} for row in plain for cell in row.pop("audience")]
            writer = csv.DictWriter(file, lines[0])
            writer.writeheader()
            writer.writerows(lines)
    except OSError as error:
        raise VideoError(f"'{path}' cannot be written: {error.strerror}") from None


def _plain(row: AudienceRow) -> dict[str, Any]:
    """Returns a row as names, texts and numbers."""
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
