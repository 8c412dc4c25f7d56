"""Who a track shows, told by the attribute model's own features.

Motion alone confuses people who cross, loses those who are hidden for a while, and does not notice
when one is replaced by another in the same place. The features of a face cost nothing more than
its attributes; here they are compared with those of the people seen so far.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mien.results import AgeEstimate, GenderEstimate, Quality
from mien.video.evidence import Pool
from mien.video.labels import Labels

if TYPE_CHECKING:
    from mien.video.tracker import Track

SAME = 0.5
"""Similarity of features from which a face is taken for someone seen before."""

OTHER = 0.3
"""Similarity below which a face is taken for someone else than its track showed."""

REMEMBERED_FOR = 10.0
"""Seconds for which someone who is gone may come back."""

_DOUBTS = 2  # views in a row that show someone else before it is believed
_NEW = 2.0  # seconds for which a new person may turn out to be one who was gone


@dataclass(slots=True, eq=False)
class Person:
    """Someone, for as long as they are seen and a little longer.

    Attributes:
        since: When they were first seen, seconds.
        seen: When they were last seen, seconds.
        number: Identity, from 1; 0 until they are shown.
        pool: The evidence.
        age: The apparent age by it, as shown; None before the first view.
        gender: The apparent gender presentation, likewise.
        labels: What was shown of them last.
        judged: When the attribute model last saw them, seconds; -inf if never.
        doubts: How many views in a row did not look like them.
        quality: Of the last view.
    """

    since: float
    seen: float = field(default=-math.inf)
    number: int = 0
    pool: Pool = field(default_factory=Pool)
    age: AgeEstimate | None = None
    gender: GenderEstimate | None = None
    labels: Labels = field(default_factory=Labels)
    judged: float = -math.inf
    doubts: int = 0
    quality: Quality | None = None


class People:
    """Everyone seen lately."""

    def __init__(self) -> None:
        self._gone: list[Person] = []
        self._numbers = count(1)

    def name(self, person: Person) -> None:
        """Gives a person a number, once they are shown."""
        if not person.number:
            person.number = next(self._numbers)

    def leave(self, tracks: Iterable[Track]) -> None:
        """Remembers those whose tracks ended."""
        self._gone += [track.person for track in tracks if len(track.person.pool)]

    def forget(self, time: float) -> None:
        """Forgets those who are gone for long."""
        self._gone = [p for p in self._gone if time - p.seen <= REMEMBERED_FOR]

    def recognise(
        self, track: Track, features: NDArray[np.float32], tracks: Iterable[Track], time: float
    ) -> bool:
        """Finds out whom a view shows, and lets the track show that person.

        Args:
            track: Where the view was taken.
            features: Of the view, a unit vector.
            tracks: All tracks.
            time: Of the view, seconds.

        Returns:
            Whether the view may be counted as evidence about the track's person.
        """
        person = track.person
        if not len(person.pool):
            self._return(track, features, time)
            return True
        if person.pool.similarity_to(features) >= OTHER:
            person.doubts = 0
            if time - person.since <= _NEW:
                # The first views may have been too poor to know someone again by.
                self._return(track, features, time)
            return True
        person.doubts += 1
        if person.doubts < _DOUBTS:
            return False
        return self._exchange(track, features, tracks, time)

    def _return(self, track: Track, features: NDArray[np.float32], time: float) -> None:
        """Lets a new track show someone who was gone, if it looks like them."""
        likest = _likest(self._gone, features)
        if likest is not None:
            self._gone.remove(likest)
            likest.seen = time
            track.person = likest

    def _exchange(
        self, track: Track, features: NDArray[np.float32], tracks: Iterable[Track], time: float
    ) -> bool:
        """Lets a track show someone else: of a track that is in doubt too, returned, or new.

        Returns:
            Whether it does. It does not where the view shows someone whom another track shows
            without doubt: the one is in front of the other.
        """
        person = track.person
        shown_by = {other.person: other for other in tracks if other is not track}
        likest = _likest(shown_by, features)
        if likest is not None:
            other = shown_by[likest]
            if other.seen == time and not likest.doubts:
                return False
            track.person, other.person = likest, person
            person.doubts = likest.doubts = 0
            return True
        person.doubts = 0
        self._gone.append(person)
        track.person = Person(time, time)
        self._return(track, features, time)
        return True


def _likest(people: Iterable[Person], features: NDArray[np.float32]) -> Person | None:
    """Returns whom a view resembles most, if it is alike enough to be them."""
    alike = [(person.pool.similarity_to(features), person) for person in people]
    similarity, person = max(alike, key=lambda pair: pair[0], default=(-1.0, None))
    return person if similarity >= SAME else None
