"""The people of a video: which of them each track shows, and which are gone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray

from mien.video.identity.identities import Decision, Other, Situation
from mien.video.identity.person import Person
from mien.video.tracking import Track

REMEMBERED_FOR = 10.0
"""Seconds for which a person who is gone may come back."""


class People:
    """Everyone seen lately."""

    def __init__(self) -> None:
        self._people: dict[int, Person] = {}  # by the number of their track
        self._gone: list[Person] = []
        self._numbers = count(1)

    def __getitem__(self, track: Track) -> Person:
        """The person that a track shows."""
        return self._people[track.id]

    def follow(self, tracks: Iterable[Track], time: float) -> None:
        """Brings people up to date with the tracks of a frame.

        Args:
            tracks: All tracks. A new one shows a new person; the person of one that ended is gone.
            time: Of the frame, seconds.
        """
        before, self._people = self._people, {}
        for track in tracks:
            person = before.pop(track.id, None) or Person(track.since)
            person.seen = max(person.seen, track.seen)
            self._people[track.id] = person
        self._gone += [person for person in before.values() if person.number]
        self._gone = [p for p in self._gone if time - p.seen <= REMEMBERED_FOR]

    def name(self, person: Person) -> None:
        """Gives a person a number, unless there is one."""
        if not person.number:
            person.number = next(self._numbers)

    def situation(
        self,
        track: Track,
        embedding: NDArray[np.float32],
        tracks: Sequence[Track],
        overlapping: Sequence[Track],
        time: float,
    ) -> Situation:
        """Returns what the decision about a view depends on.

        Args:
            track: Where the view was taken.
            embedding: Of the view, a unit vector, (d,).
            tracks: All tracks.
            overlapping: Those whose faces overlap the view.
            time: Of the view, seconds.
        """
        person, evidence = self[track], self[track].evidence
        return Situation(
            similarity=evidence.similarity_to(embedding) if len(evidence) else None,
            doubts=person.doubts,
            known=time - person.since,
            unseen=time - evidence.newest,
            others=tuple(self._others(track, embedding, tracks, overlapping)),
        )

    def _others(
        self,
        track: Track,
        embedding: NDArray[np.float32],
        tracks: Sequence[Track],
        overlapping: Sequence[Track],
    ) -> Iterator[Other]:
        for person in self._gone:
            yield Other(person, person.evidence.similarity_to(embedding), "gone", person.doubts)
        for other in tracks:
            if other is not track:
                person = self[other]
                yield Other(
                    person,
                    person.evidence.similarity_to(embedding),
                    "lost" if other.lost else "shown",
                    person.doubts,
                    near=other.lost and track.near(other),
                    overlapping=other in overlapping,
                )

    def apply(self, track: Track, decision: Decision, time: float) -> bool:
        """Does what was decided about a view.

        Args:
            track: Where the view was taken.
            decision: What was decided.
            time: Of the view, seconds.

        Returns:
            Whether the view is evidence about the person that the track shows now.
        """
        person, other = self[track], decision.person
        person.doubts = decision.doubts
        if decision.action == "wait":
            if other is not None:
                other.predicted = -math.inf  # so that it is looked at next
            return False
        if not len(person.evidence):
            person.since = time
        if decision.action == "swap" and other is not None:
            other.doubts = 0
            self._people[self._track_of(other)] = person
            self._people[track.id] = other
        elif decision.action == "return" and other is not None:
            self._return(track, other, decision.same, time)
        elif decision.action == "new":
            self._gone.append(person)
            self._people[track.id] = Person(time, time)
        return True

    def _return(self, track: Track, back: Person, same: bool, time: float) -> None:
        """Lets a track show a person who was gone or lost."""
        person = self[track]
        if back in self._gone:
            self._gone.remove(back)
        else:
            self._people[self._track_of(back)] = Person(time)
        kept = back
        if not same:
            self._gone.append(person)
        elif 0 < person.number < back.number:
            kept = person
            kept.join(back)
        else:
            kept.join(person)
        kept.seen = time
        kept.doubts = 0
        self._people[track.id] = kept

    def _track_of(self, person: Person) -> int:
        return next(track for track, shown in self._people.items() if shown is person)
