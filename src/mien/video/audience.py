"""The audience over time: the expected number of people by apparent age and gender presentation.

People are counted, not frames. A person with a female presentation of probability 0.7 counts 0.7 as
female and 0.3 as male. The interval of such a sum follows from its variance, which is the sum of
``p (1 - p)`` over the people (a Poisson binomial distribution). Nothing that identifies a person is
stored, only the probabilities and times of the person, until the interval of the row is over.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mien.ages import AGE_GROUP_NAMES
from mien.attributes.heads import AGE, GENDER, Head
from mien.errors import OptionError
from mien.results import AgeEstimate, LabelEstimate, TrackedFace

ALL = "all"
"""The name of all gender presentations together, and of all age groups together."""

LEAST_SEEN = 0.8
"""Minimum number of seconds for which a counted person was seen.

After this time a person who was seen before is usually recognised.
"""

_Z80 = 1.2816  # half the width of the 80 % interval of a normal distribution, in deviations
_LONGEST_STEP = 1.0  # seconds; of a longer time between two frames only this is time in view


class Expected(NamedTuple):
    """The expected number of people in a cell.

    Attributes:
        people: Expected number of people.
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
        start: Start of the interval in seconds since the beginning of the video.
        end: End of the interval in seconds since the beginning of the video.
        people: Number of people who were seen.
        seconds_in_view: Mean time in view of a person in seconds.
        cells: Expected number of people of each pair of a gender presentation and an age group.
            Each of the two may be :data:`ALL`. If the model does not predict one of them, it is
            always :data:`ALL`.
    """

    start: float
    end: float
    people: int
    seconds_in_view: float
    cells: dict[tuple[str, str], Expected]

    @property
    def by_gender(self) -> dict[str, Expected]:
        """Expected number of people by gender presentation; empty if it is not predicted."""
        return {gender: n for (gender, group), n in self.cells.items() if group == ALL != gender}

    @property
    def by_group(self) -> dict[str, Expected]:
        """Expected number of people by age group; empty if the age is not predicted."""
        return {group: n for (gender, group), n in self.cells.items() if gender == ALL != group}


@dataclass(slots=True)
class _Visit:
    """A person in an interval; times are in seconds."""

    since: float
    last: float
    genders: NDArray[np.float64]
    groups: NDArray[np.float64]
    in_view: float = 0.0
    predicted: bool = False

    @property
    def counted(self) -> bool:
        return self.predicted and self.last - self.since >= LEAST_SEEN


class Audience:
    """Counts the people of a video.

    Args:
        interval: Length of the interval of a row in seconds, more than 0; None for a single row.
        heads: Heads of the model, :attr:`mien.Analyzer.heads`. People are counted by the labels of
            ``gender``, and by age groups if ``age`` is a distribution. Other heads are ignored.

    Raises:
        OptionError: The interval is not more than 0.
    """

    def __init__(
        self, interval: float | None = 60.0, heads: Sequence[Head] = (AGE, GENDER)
    ) -> None:
        if interval is not None and interval <= 0:
            raise OptionError(f"interval must be more than 0 seconds; it is {interval:g}")
        kinds = {head.name: head for head in heads}
        has_age = "age" in kinds and kinds["age"].kind == "distribution"
        self._groups = AGE_GROUP_NAMES if has_age else ()
        self._genders = tuple(sorted(kinds["gender"].labels)) if "gender" in kinds else ()
        self._interval = interval
        self._number = 0
        self._now = 0.0
        self._rows: list[AudienceRow] = []
        self._visits: dict[int, _Visit] = {}
        self._counted: set[int] = set()

    @property
    def people(self) -> int:
        """Number of people who were seen since the beginning."""
        return len(self._counted | self._counted_now())

    def _counted_now(self) -> set[int]:
        return {person for person, visit in self._visits.items() if visit.counted}

    def add(self, time: float, faces: Iterable[TrackedFace]) -> None:
        """Adds a frame.

        Args:
            time: Time of the frame in seconds since the beginning, at least that of the frame
                before.
            faces: The people in the frame.
        """
        number = 0 if self._interval is None else int(time // self._interval)
        if number != self._number:
            self._rows.append(self.current)
            self._counted |= self._counted_now()
            self._visits.clear()
            self._number = number
        self._now = time
        for face in faces:
            visit = self._visit(face, time)
            visit.in_view += min(time - visit.last, _LONGEST_STEP)
            visit.last = time
            if face.quality is not None:  # the person has a view
                visit.predicted = True
                visit.genders = np.array(_probabilities(face, "gender", self._genders))
                visit.groups = np.array(_probabilities(face, "age", self._groups))

    def _visit(self, face: TrackedFace, time: float) -> _Visit:
        """Returns the visit of a person, after the visits under former numbers were added."""
        empty = _Visit(face.since, time, np.zeros(len(self._genders)), np.zeros(len(self._groups)))
        visit = self._visits.setdefault(face.person_id, empty)
        for former_id in face.former_ids:
            self._counted.discard(former_id)
            if (former := self._visits.pop(former_id, None)) is not None:
                visit.since = min(visit.since, former.since)
                visit.in_view += former.in_view
        return visit

    @property
    def current(self) -> AudienceRow:
        """The audience of the current interval, until now."""
        visits = [visit for visit in self._visits.values() if visit.counted]
        length = self._interval or 0.0
        return AudienceRow(
            start=self._number * length,
            end=self._now if self._interval is None else (self._number + 1) * length,
            people=len(visits),
            seconds_in_view=float(np.mean([v.in_view for v in visits])) if visits else 0.0,
            cells=dict(self._cells(visits)),
        )

    def _cells(self, visits: Sequence[_Visit]) -> Iterator[tuple[tuple[str, str], Expected]]:
        """Yields the cells of each gender presentation, then those of all of them."""
        everyone = np.ones((len(visits), 1))
        genders = np.array([v.genders for v in visits]).reshape(len(visits), len(self._genders))
        groups = np.array([v.groups for v in visits]).reshape(len(visits), len(self._groups))
        for gender, share in zip(
            (*self._genders, ALL), np.hstack([genders, everyone]).T, strict=True
        ):
            for group, part in zip(
                (*self._groups, ALL), np.hstack([groups, everyone]).T, strict=True
            ):
                yield (gender, group), _sum(share * part)

    def rows(self) -> list[AudienceRow]:
        """Returns the audience of each interval with a frame, in their order."""
        return [*self._rows, self.current]


def _probabilities(face: TrackedFace, name: str, labels: Sequence[str]) -> list[float]:
    """Returns the probability of each label or age group; zeros if the face has no estimate."""
    estimate = face.estimates.get(name)
    if isinstance(estimate, AgeEstimate):
        return [estimate.group_probabilities.get(label, 0.0) for label in labels]
    if isinstance(estimate, LabelEstimate):
        return [estimate.probabilities.get(label, 0.0) for label in labels]
    return [0.0] * len(labels)


def _sum(shares: NDArray[np.float64]) -> Expected:
    """Returns the sum of probabilities of independent people, with its 80 % interval."""
    people = float(shares.sum())
    spread = _Z80 * math.sqrt(max(0.0, float((shares * (1 - shares)).sum())))
    return Expected(people, max(0.0, people - spread), min(float(len(shares)), people + spread))


def summary(row: AudienceRow) -> dict[str, Any]:
    """Returns the short form of a row, as the service sends it for a stream.

    Returns:
        ``people``; ``by_group`` and ``by_gender`` by name. Each value is ``{people, low, high}``.
    """
    return {
        "people": _rounded(row.cells[ALL, ALL]),
        "by_group": {name: _rounded(expected) for name, expected in row.by_group.items()},
        "by_gender": {name: _rounded(expected) for name, expected in row.by_gender.items()},
    }


def _rounded(expected: Expected) -> dict[str, float]:
    return {name: round(value, 3) for name, value in expected._asdict().items()}
