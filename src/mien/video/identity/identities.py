"""Which person a view shows: the one place where identities are decided.

Motion alone confuses people who cross, loses people who are hidden for a while, and does not notice
when one person takes the place of another. The embedding of a face comes with its attributes; here
its similarity to the people seen so far is turned into a decision. Nothing is changed here:
:meth:`mien.video.identity.people.People.apply` does what was decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mien.video.identity.person import Person

SAME = 0.5
"""Similarity from which a face is taken for a person seen before."""

OTHER = 0.3
"""Similarity below which a face is taken for another person than its track showed."""

_SURE = 0.8  # similarity from which two people who were taken for different ones are one
_CERTAIN = 0.65  # similarity that ends a doubt at once: a view of another person may reach SAME
_CLEARER = 0.2  # by how much more a view must resemble one person than another to tell
_NEW = 2.0  # seconds for which a new person may turn out to be one who was gone
_MOMENT = 1.0  # seconds in which no person comes to look unlike themselves
_DOUBTS = 2  # views in a row that show another person before it is believed
_WAITS = 3  # views of a new face that wait for a look at the track that shows the same person

Action = Literal["keep", "wait", "swap", "return", "new"]


@dataclass(frozen=True, slots=True)
class Other:
    """A person that the track does not show, but the view may.

    Attributes:
        person: The person.
        similarity: How like the person the view is, -1..1.
        state: ``"shown"`` by a track that sees a face, ``"lost"`` with their track, or ``"gone"``.
        doubts: How many views in a row did not look like the person.
        near: Whether the person's track expects them near the view.
        overlapping: Whether the person's face overlaps that of the view.
    """

    person: Person
    similarity: float
    state: Literal["shown", "lost", "gone"]
    doubts: int = 0
    near: bool = False
    overlapping: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """What a decision depends on.

    Attributes:
        similarity: How like the track's person the view is, -1..1; None before their first view.
        doubts: How many views in a row did not look like the track's person.
        known: Seconds since the track's person was first seen.
        unseen: Seconds since their last view.
        others: All other people.
    """

    similarity: float | None = None
    doubts: int = 0
    known: float = 0.0
    unseen: float = 0.0
    others: tuple[Other, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a view and of the track's person.

    Attributes:
        action: ``"keep"``: the view shows the track's person. ``"wait"``: the view does not count.
            ``"swap"``: two tracks showed each other's person. ``"return"``: the view shows a person
            who was gone or lost. ``"new"``: it shows a person who was never seen before.
        person: The person to swap with, to return, or to look at next.
        doubts: How many views in a row did not look like the track's person, this one included.
        same: For ``"return"``: whether the track's person is the returning one under another
            number. If not, the track's person has gone.
    """

    action: Action
    person: Person | None = None
    doubts: int = 0
    same: bool = False


def decide(situation: Situation) -> Decision:
    """Decides which person a view shows."""
    if situation.similarity is None:
        return _first_view(situation)
    return _later_view(situation, situation.similarity)


def _first_view(situation: Situation) -> Decision:
    others = situation.others
    if _most_similar(other for other in others if other.overlapping):
        return Decision("wait", doubts=situation.doubts)
    # Another track shows this person, perhaps wrongly. It is looked at first, a few times at most.
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
        least = max(SAME if new else _SURE, similarity - _CLEARER)
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
    """Whether a view looks unlike the track's person, or much more like another."""
    recent = situation.doubts > 0 or situation.unseen <= _MOMENT
    if similarity < (SAME if recent else OTHER):
        return True
    other = _most_similar(situation.others)
    return other is not None and other.similarity > similarity + _CLEARER


def _another_person(others: tuple[Other, ...], doubts: int) -> Decision:
    """Decides which person a view shows that is not the track's person."""
    tracked = _most_similar(other for other in others if other.state != "gone")
    if tracked and tracked.state == "shown" and not tracked.doubts:
        return Decision("wait", doubts=doubts)  # they stand in front of the track's person
    if tracked:
        return Decision("swap", tracked.person)
    if any(other.overlapping for other in others):
        return Decision("wait", doubts=doubts)
    if back := _returning(others) or _returning_near(others):
        return Decision("return", back.person)
    return Decision("new")


def _returning(others: Iterable[Other], least: float = SAME) -> Other | None:
    return _most_similar((other for other in others if other.state != "shown"), least)


def _returning_near(others: Iterable[Other]) -> Other | None:
    """Where a person was lost, less similarity is enough."""
    return _most_similar((o for o in others if o.state == "lost" and o.near), OTHER)


def _most_similar(others: Iterable[Other], least: float = SAME) -> Other | None:
    """Returns the most similar person, if the view resembles them enough."""
    found = max(others, key=lambda other: other.similarity, default=None)
    return found if found and found.similarity >= least else None
