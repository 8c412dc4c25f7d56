"""The people of a video: the person of each track, and the people who are gone."""

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
"""Seconds for which a person who is gone can be recognised."""


class People:
    """The people who are shown by tracks or are gone for a short time."""

    def __init__(self) -> None:
        self._people: dict[int, Person] = {}  # by the number of their track
        self._gone: list[Person] = []
        self._numbers = count(1)

    def __getitem__(self, track: Track) -> Person:
        """The person that a track shows."""
        return self._people[track.id]

    def follow(self, tracks: Iterable[Track], time: float) -> None:
        """Updates the people by the tracks of a frame.

        Args:
            tracks: All tracks. A new track gets a new person. The person of an ended track is gone.
            time: Time of the frame in seconds.
        """
        before, self._people = self._people, {}
        for track in tracks:
            person = before.pop(track.id, None) or Person(track.since)
            person.seen = max(person.seen, track.seen)
            self._people[track.id] = person
        self._gone += [person for person in before.values() if person.number]
        self._gone = [p for p in self._gone if time - p.seen <= REMEMBERED_FOR]

    def name(self, person: Person) -> None:
        """Gives a number to a person without one."""
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
        """Returns the situation of a view.

        Args:
            track: Track of the view.
            embedding: Embedding of the view, a vector of length 1, (d,).
            tracks: All tracks.
            overlapping: Tracks whose faces overlap that of the view.
            time: Time of the view in seconds.
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
        """Applies the decision about a view.

        Args:
            track: Track of the view.
            decision: The decision.
            time: Time of the view in seconds.

        Returns:
            Whether the view is evidence about the person that the track shows now.
        """
        person, other = self[track], decision.person
        person.doubts = decision.doubts
        if decision.action == "wait":
            if other is not None:
                other.predicted = (
                    -math.inf
                )  # the person gets the highest priority for the next view
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
        """Gives a track the person who returns."""
        person = self[track]
        if back in self._gone:
            self._gone.remove(back)
        else:
            self._people[self._track_of(back)] = Person(time)
        shown = back
        if not same:
            self._gone.append(person)
        elif 0 < person.number < back.number:
            shown = person
            shown.join(back)
        else:
            shown.join(person)
        shown.seen = time
        shown.doubts = 0
        self._people[track.id] = shown

    def _track_of(self, person: Person) -> int:
        return next(track for track, shown in self._people.items() if shown is person)
