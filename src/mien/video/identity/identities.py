"""Who a track shows, told by the attribute model's own features.

Motion alone confuses people who cross, loses those who are hidden for a while, and does not notice
when one is replaced by another in the same place. The features of a face cost nothing more than
its attributes; here they are compared with those of the people seen so far.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mien.results import AgeEstimate, GenderEstimate, Quality
from mien.video.identity.display import Labels
from mien.video.identity.evidence import Pool

if TYPE_CHECKING:
    from mien.video.tracking.tracker import Track

SAME = 0.5
"""Similarity of features from which a face is taken for someone seen before."""

OTHER = 0.3
"""Similarity below which a face is taken for someone else than its track showed."""

REMEMBERED_FOR = 10.0
"""Seconds for which someone who is gone may come back."""

VERIFIED_SCORE = 0.85
"""Score of a view of a face alone from which it is believed to be one.

Of real faces 1 % score less than 0.88; of what resembles one in the whole picture 1 % score more
than 0.83.
"""

CLEAR_SCORE = 0.8
"""Score below which a view is not counted: most of the face is hidden, or it is none."""

_UNVERIFIED = 8  # views in a row, too uncertain to be believed, that make a face one no more
_CLEARER = 0.2  # by which a view is more like someone else than like whom it should show

_SURE = 0.8  # similarity from which two people who were taken for different ones are one
_WAITS = 3  # views of a new face that wait for whoever shows the same person to be looked at
_DOUBTS = 2  # views in a row that show someone else before it is believed
_CERTAIN = 0.65  # similarity that ends a doubt at once: one view of another may well reach SAME
_MOMENT = 1.0  # seconds in which nobody comes to look unlike themselves
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
        verified: Whether a view of the face alone confirmed it; what merely resembles a face in
            the whole picture seldom does so from near.
        uncertain: How many views in a row were too uncertain for that.
        former: Numbers under which they were shown before it was known who they are.
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
    verified: bool = False
    uncertain: int = 0
    former: tuple[int, ...] = ()

    def verify(self, score: float) -> bool:
        """Takes account of how certain a view is to be a face; returns whether to count it."""
        self.uncertain = 0 if score >= VERIFIED_SCORE else self.uncertain + 1
        if self.uncertain == 0:
            self.verified = True
        elif self.uncertain >= _UNVERIFIED:
            self.verified = False
        return self.verified and score >= CLEAR_SCORE

    def absorb(self, other: Person) -> None:
        """Takes over the numbers of someone who turned out to be this person."""
        if other.number:
            self.former += (other.number, *other.former)


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
        self._gone += [track.person for track in tracks if track.person.number]

    def forget(self, time: float) -> None:
        """Forgets those who are gone for long."""
        self._gone = [p for p in self._gone if time - p.seen <= REMEMBERED_FOR]

    def recognise(
        self,
        track: Track,
        features: NDArray[np.float32],
        tracks: Iterable[Track],
        beside: Sequence[Track],
        time: float,
    ) -> bool:
        """Finds out whom a view shows, and lets the track show that person.

        Args:
            track: Where the view was taken.
            features: Of the view, a unit vector.
            tracks: All tracks.
            beside: Those so near that the view may show their face instead.
            time: Of the view, seconds.

        Returns:
            Whether the view may be counted as evidence about the track's person.
        """
        person = track.person
        if not len(person.pool):
            if _likest([other.person for other in beside], features) is not None:
                return False
            if self._shown_elsewhere(track, features, tracks):
                return False
            person.since = time
            person.doubts = 0
            self._return(track, features, tracks, time)
            return True
        # The first views may have been too poor to know someone again by.
        new = time - person.since <= _NEW
        if (new or person.pool.similarity_to(features) >= SAME) and self._return(
            track, features, tracks, time, SAME if new else _SURE
        ):
            return True
        if not self._doubtful(person, features, tracks, time):
            lately = time - person.pool.newest <= _MOMENT
            if person.doubts and lately and person.pool.similarity_to(features) < _CERTAIN:
                return False
            person.doubts = 0
            return True
        person.doubts += 1
        if person.doubts < _DOUBTS:
            return False
        return self._exchange(track, features, tracks, beside, time)

    def _shown_elsewhere(
        self, track: Track, features: NDArray[np.float32], tracks: Iterable[Track]
    ) -> bool:
        """Whether a new face is that of a person whom another track shows, perhaps wrongly.

        For a few views: whoever shows them is looked at at once, and is either found to be someone
        else or simply looks like the new one.
        """
        shown = [other.person for other in tracks if other is not track and not other.lost]
        likest = _likest(shown, features)
        if likest is None or track.person.doubts >= _WAITS:
            return False
        track.person.doubts += 1
        likest.judged = -math.inf
        return True

    def _doubtful(
        self, person: Person, features: NDArray[np.float32], tracks: Iterable[Track], time: float
    ) -> bool:
        """Whether a view looks unlike someone, or much more like someone else."""
        own = person.pool.similarity_to(features)
        recent = person.doubts > 0 or time - person.pool.newest <= _MOMENT
        if own < (SAME if recent else OTHER):
            return True
        likest = _likest([*self._gone, *(track.person for track in tracks)], features)
        return likest is not None and likest.pool.similarity_to(features) > own + _CLEARER

    def _return(
        self,
        track: Track,
        features: NDArray[np.float32],
        tracks: Iterable[Track],
        time: float,
        least: float = SAME,
    ) -> bool:
        """Lets a track show someone who was gone or lost, if it looks like them.

        Whom it showed until now was the same person; the older number is kept.

        Returns:
            Whether it does.
        """
        person, pool = track.person, track.person.pool
        lost = {other.person: other for other in tracks if other.lost and other is not track}
        alike = max(least, pool.similarity_to(features) - _CLEARER)
        likest = _likest([*self._gone, *lost], features, alike)
        if likest is None and not len(pool):
            near = [someone for someone, other in lost.items() if track.near(other)]
            likest = _likest(near, features, OTHER)
        if likest is None:
            return False
        if likest in lost:
            lost[likest].person = Person(time)
        else:
            self._gone.remove(likest)
        kept, other = likest, person
        if 0 < person.number < likest.number:
            kept, other = person, likest
        kept.absorb(other)
        kept.seen = time
        kept.doubts = 0
        track.person = kept
        return True

    def _exchange(
        self,
        track: Track,
        features: NDArray[np.float32],
        tracks: Iterable[Track],
        beside: Sequence[Track],
        time: float,
    ) -> bool:
        """Lets a track show someone else: of a track that is in doubt too, returned, or new.

        Returns:
            Whether it does. It does not where the view shows someone whom another track shows
            without doubt: the one is in front of the other; nor where it shows nobody known but
            another face overlaps.
        """
        person = track.person
        shown_by = {other.person: other for other in tracks if other is not track}
        likest = _likest(shown_by, features)
        if likest is not None:
            other = shown_by[likest]
            if not other.lost and not likest.doubts:
                return False
            track.person, other.person = likest, person
            person.doubts = likest.doubts = 0
            return True
        if beside:
            return False
        person.doubts = 0
        self._gone.append(person)
        track.person = Person(time, time)
        self._return(track, features, tracks, time)
        return True


def _likest(
    people: Iterable[Person], features: NDArray[np.float32], least: float = SAME
) -> Person | None:
    """Returns whom a view resembles most, if that is similarity enough to be them."""
    alike = [(person.pool.similarity_to(features), person) for person in people]
    similarity, person = max(alike, key=lambda pair: pair[0], default=(-1.0, None))
    return person if similarity >= least else None
