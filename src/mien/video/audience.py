"""The audience over time: the expected number of people by apparent age and gender presentation.

People are counted, not frames; :mod:`mien.video.expected_people` sums up their probabilities.
Nothing that identifies a person is stored, only the probabilities and times of the person, until
the interval of the row is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from mien.attributes.heads import AGE, GENDER, Head
from mien.errors import OptionError
from mien.results import AgeEstimate, LabelEstimate, TrackedFace
from mien.video.expected_people import Categories, Cells, Probabilities, expected_people

LEAST_SEEN = 0.8
"""Minimum number of seconds for which a counted person was seen.

After this time a person who was seen before is usually recognised.
"""

_LONGEST_STEP = 1.0  # seconds; of a longer time between two frames only this is time in view


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """The audience of one interval.

    Attributes:
        start: Start of the interval in seconds since the beginning of the video.
        end: End of the interval in seconds since the beginning of the video.
        people: Number of people who were seen.
        seconds_in_view: Mean time in view of a person in seconds.
        cells: Expected number of people of each pair of a gender presentation and an age group.
    """

    start: float
    end: float
    people: int
    seconds_in_view: float
    cells: Cells


@dataclass(slots=True)
class _Visit:
    """A person in an interval; times are in seconds."""

    since: float
    last: float
    genders: Probabilities = field(default_factory=dict)
    groups: Probabilities = field(default_factory=dict)
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
        self._categories = Categories.of(heads)
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
                visit.genders, visit.groups = _probabilities(face)

    def _visit(self, face: TrackedFace, time: float) -> _Visit:
        """Returns the visit of a person, after the visits under former numbers were added."""
        visit = self._visits.setdefault(face.person_id, _Visit(face.since, time))
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
            cells=expected_people(
                self._categories,
                [visit.genders for visit in visits],
                [visit.groups for visit in visits],
            ),
        )

    def rows(self) -> list[AudienceRow]:
        """Returns the audience of each interval with a frame, in their order."""
        return [*self._rows, self.current]


def _probabilities(face: TrackedFace) -> tuple[Probabilities, Probabilities]:
    """Returns the probabilities of the gender presentations and of the age groups of a face."""
    age, gender = face.estimates.get("age"), face.estimates.get("gender")
    return (
        gender.probabilities if isinstance(gender, LabelEstimate) else {},
        age.group_probabilities if isinstance(age, AgeEstimate) else {},
    )
