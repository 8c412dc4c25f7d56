"""The decision which person a view shows.

Motion alone confuses people who cross. It loses people who are hidden for a while. It does not show
that one person replaces another. The model predicts an embedding of a face together with its
attributes. This module decides by the similarity of this embedding to those of the people before.
It changes nothing: :meth:`mien.video.identity.people.People.apply` applies a decision.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mien.video.identity.person import Person

SAME = 0.5
"""Minimum similarity of a face to a person that was seen before."""

OTHER = 0.3
"""Similarity below which a face is not that of its track's person."""

_ONE_PERSON = 0.8  # minimum similarity at which two known people are the same person
_CERTAIN = 0.65  # similarity that ends a doubt at once; another person may reach SAME
_CLEARER = 0.2  # minimum difference of the similarities to two people for a decision between them
_NEW = 2.0  # seconds in which a new person may be recognised as one who was gone
_MOMENT = 1.0  # seconds in which the look of a person hardly changes
_DOUBTS = 2  # views in a row that show another person before this is decided
_WAITS = 3  # views of a new face that wait for a new view of the track with the same person

Action = Literal["keep", "wait", "swap", "return", "new"]


@dataclass(frozen=True, slots=True)
class Other:
    """A person other than that of the view's track.

    Attributes:
        person: The person.
        similarity: Similarity of the view to the person, -1..1.
        state: ``"shown"``: a track shows the person. ``"lost"``: the track of the person is lost.
            ``"gone"``: the track of the person has ended.
        doubts: Number of views in a row that were not similar to the person.
        near: Whether the expected position of the person's lost track is near the view.
        overlapping: Whether the face of the person overlaps that of the view.
    """

    person: Person
    similarity: float
    state: Literal["shown", "lost", "gone"]
    doubts: int = 0
    near: bool = False
    overlapping: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """The situation of a view, on which the decision depends.

    Attributes:
        similarity: Similarity of the view to the track's person, -1..1; None before the person's
            first view.
        doubts: Number of views in a row that were not similar to the track's person.
        known: Seconds since the track's person was first seen.
        unseen: Seconds since the last view of the track's person.
        others: All other people.
    """

    similarity: float | None = None
    doubts: int = 0
    known: float = 0.0
    unseen: float = 0.0
    others: tuple[Other, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision about a view and the track's person.

    Attributes:
        action: ``"keep"``: the view shows the track's person. ``"wait"``: the view is not used.
            ``"swap"``: two tracks showed each other's person. ``"return"``: the view shows a person
            who was gone or lost. ``"new"``: the view shows a person who was never seen before.
        person: The person to swap with, the person that returns, or the person that needs the next
            view.
        doubts: Number of views in a row that were not similar to the track's person, with this one.
        same: For ``"return"``: whether the track's person and the returning person are the same
            person with two numbers. If not, the track's person has gone.
    """

    action: Action
    person: Person | None = None
    doubts: int = 0
    same: bool = False


def decide(situation: Situation) -> Decision:
    """Decides which person a view shows.

    Args:
        situation: The situation of the view.
    """
    if situation.similarity is None:
        return _first_view(situation)
    return _later_view(situation, situation.similarity)


def _first_view(situation: Situation) -> Decision:
    others = situation.others
    if _most_similar(other for other in others if other.overlapping):
        return Decision("wait", doubts=situation.doubts)
    # Another track shows this person, perhaps by mistake. First that track gets a few new views.
    shown = _most_similar(other for other in others if other.state == "shown")
    if shown and situation.doubts < _WAITS:
        return Decision("wait", shown.person, situation.doubts + 1)
    if back := _returning(others) or _returning_near(others):
        return Decision("return", back.person, same=True)
    return Decision("keep")


def _later_view(situation: Situation, similarity: float) -> Decision:
    others = situation.others
    # The first views may have been too poor to recognise the person.
    new = situation.known <= _NEW
    if new or similarity >= SAME:
        least = max(SAME if new else _ONE_PERSON, similarity - _CLEARER)
        if back := _returning(others, least):
            return Decision("return", back.person, same=True)
    if not _doubtful(situation, similarity):
        if situation.doubts and situation.unseen <= _MOMENT and similarity < _CERTAIN:
            return Decision("wait", doubts=situation.doubts)
        return Decision("keep")
    doubts = situation.doubts + 1
    if doubts < _DOUBTS:
        return Decision("wait", doubts=doubts)
    return _another_person(others, doubts)


def _doubtful(situation: Situation, similarity: float) -> bool:
    """Returns whether a view is not similar to the track's person, or more similar to another."""
    recent = situation.doubts > 0 or situation.unseen <= _MOMENT
    if similarity < (SAME if recent else OTHER):
        return True
    other = _most_similar(situation.others)
    return other is not None and other.similarity > similarity + _CLEARER


def _another_person(others: tuple[Other, ...], doubts: int) -> Decision:
    """Decides which person a view shows, if it is not the track's person."""
    tracked = _most_similar(other for other in others if other.state != "gone")
    if tracked and tracked.state == "shown" and not tracked.doubts:
        return Decision("wait", doubts=doubts)  # the person is in front of the track's person
    if tracked:
        return Decision("swap", tracked.person)
    if any(other.overlapping for other in others):
        return Decision("wait", doubts=doubts)
    if back := _returning(others) or _returning_near(others):
        return Decision("return", back.person)
    return Decision("new")


def _returning(others: Iterable[Other], least: float = SAME) -> Other | None:
    """Returns the most similar person who is lost or gone, if the similarity is high enough."""
    return _most_similar((other for other in others if other.state != "shown"), least)


def _returning_near(others: Iterable[Other]) -> Other | None:
    """Returns the most similar person whose lost track is near; less similarity is enough."""
    return _most_similar((o for o in others if o.state == "lost" and o.near), OTHER)


def _most_similar(others: Iterable[Other], least: float = SAME) -> Other | None:
    """Returns the most similar person, if the similarity is high enough."""
    found = max(others, key=lambda other: other.similarity, default=None)
    return found if found and found.similarity >= least else None
