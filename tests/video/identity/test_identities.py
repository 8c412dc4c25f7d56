"""A table of situations and decisions."""

from __future__ import annotations

from typing import Literal

import pytest

from mien.video.identity.identities import Decision, Other, Situation, decide
from mien.video.identity.person import Person

ANNA, BEN = Person(0.0, number=2), Person(0.0, number=3)

_FIRST = Situation()  # the track's person has no view yet


def _known(
    similarity: float, doubts: int = 0, known: float = 5.0, unseen: float = 0.1
) -> Situation:
    """The situation of a person who is known for a while and had a view a moment ago."""
    return Situation(similarity, doubts, known, unseen)


def _other(
    person: Person,
    similarity: float,
    state: Literal["shown", "lost", "gone"] = "shown",
    doubts: int = 0,
    *,
    near: bool = False,
    overlapping: bool = False,
) -> Other:
    return Other(person, similarity, state, doubts, near, overlapping)


KEEP = Decision("keep")
WAIT = Decision("wait")
NEW = Decision("new")

# The track's person, the others, and the decision.
TABLE: dict[str, tuple[Situation, tuple[Other, ...], Decision]] = {
    # The first view of a track.
    "no other people": (_FIRST, (), KEEP),
    "only people unlike it": (_FIRST, (_other(ANNA, 0.49), _other(BEN, 0.4, "gone")), KEEP),
    "like one who is gone": (
        *(_FIRST, (_other(ANNA, 0.5, "gone"), _other(BEN, 0.1))),
        Decision("return", ANNA, same=True),
    ),
    "like one who is lost": (
        *(_FIRST, (_other(ANNA, 0.5, "lost"),)),
        Decision("return", ANNA, same=True),
    ),
    "like two who are gone": (
        *(_FIRST, (_other(ANNA, 0.6, "gone"), _other(BEN, 0.7, "gone"))),
        Decision("return", BEN, same=True),
    ),
    "a little like one lost nearby": (
        *(_FIRST, (_other(ANNA, 0.3, "lost", near=True),)),
        Decision("return", ANNA, same=True),
    ),
    "a little like one lost far away": (_FIRST, (_other(ANNA, 0.49, "lost"),), KEEP),
    "hardly like one lost nearby": (_FIRST, (_other(ANNA, 0.29, "lost", near=True),), KEEP),
    "like one in front of it": (_FIRST, (_other(ANNA, 0.6, overlapping=True),), WAIT),
    "unlike the one in front of it": (_FIRST, (_other(ANNA, 0.4, overlapping=True),), KEEP),
    "like one shown elsewhere": (
        *(_FIRST, (_other(ANNA, 0.6),)),
        Decision("wait", ANNA, doubts=1),
    ),
    "like one shown elsewhere, third time": (
        *(Situation(doubts=2), (_other(ANNA, 0.6),)),
        Decision("wait", ANNA, doubts=3),
    ),
    "two who look the same": (Situation(doubts=3), (_other(ANNA, 0.6),), KEEP),
    "shown elsewhere before gone": (
        *(_FIRST, (_other(ANNA, 0.6), _other(BEN, 0.9, "gone"))),
        Decision("wait", ANNA, doubts=1),
    ),
    # A later view that looks like the track's person.
    "like them": (_known(0.5), (), KEEP),
    "like them, seen long ago": (_known(0.3, unseen=1.5), (), KEEP),
    "like them more than like another": (_known(0.6), (_other(ANNA, 0.8),), KEEP),
    "in doubt, hardly like them": (_known(0.64, doubts=1), (), Decision("wait", doubts=1)),
    "in doubt, clearly like them": (_known(0.65, doubts=1), (), KEEP),
    "in doubt, but long ago": (_known(0.55, doubts=1, unseen=1.5), (), KEEP),
    # A later view that is recognised as a person seen before.
    "new, like one who is gone": (
        *(_known(0.6, known=1.9), (_other(ANNA, 0.5, "gone"),)),
        Decision("return", ANNA, same=True),
    ),
    "new, more like themselves": (_known(0.8, known=1.9), (_other(ANNA, 0.55, "gone"),), KEEP),
    "known, quite like one who is gone": (_known(0.7), (_other(ANNA, 0.79, "gone"),), KEEP),
    "known, certainly one who is gone": (
        *(_known(0.7), (_other(ANNA, 0.8, "gone"),)),
        Decision("return", ANNA, same=True),
    ),
    "new and unlike, but like one who is gone": (
        *(_known(0.2, known=1.0), (_other(ANNA, 0.5, "lost"),)),
        Decision("return", ANNA, same=True),
    ),
    # A later view that looks like another person.
    "unlike them, once": (_known(0.49), (), Decision("wait", doubts=1)),
    "unlike them after a while, once": (_known(0.29, unseen=1.5), (), Decision("wait", doubts=1)),
    "much more like another, once": (
        *(_known(0.6), (_other(ANNA, 0.81),)),
        Decision("wait", doubts=1),
    ),
    "unlike them, twice": (_known(0.4, doubts=1), (), NEW),
    "unlike them and all others": (_known(0.4, doubts=1), (_other(ANNA, 0.45),), NEW),
    "twice, and like one who is gone": (
        *(_known(0.4, doubts=1), (_other(ANNA, 0.5, "gone"),)),
        Decision("return", ANNA),
    ),
    "twice, and a little like one lost nearby": (
        *(_known(0.1, doubts=1), (_other(ANNA, 0.4, "lost", near=True),)),
        Decision("return", ANNA),
    ),
    "twice, and like one who is lost": (
        *(_known(0.4, doubts=1), (_other(ANNA, 0.5, "lost"),)),
        Decision("swap", ANNA),
    ),
    "twice, and like one who is in doubt too": (
        *(_known(0.4, doubts=1), (_other(ANNA, 0.5, doubts=1),)),
        Decision("swap", ANNA),
    ),
    "twice, and like one shown without doubt": (
        *(_known(0.4, doubts=1), (_other(ANNA, 0.5), _other(BEN, 0.45, "lost"))),
        Decision("wait", doubts=2),
    ),
    "twice, but another face overlaps": (
        *(_known(0.4, doubts=1), (_other(ANNA, 0.1, overlapping=True),)),
        Decision("wait", doubts=2),
    ),
    "swapped although another face overlaps": (
        *(_known(0.4, doubts=1), (_other(ANNA, 0.5, doubts=1, overlapping=True),)),
        Decision("swap", ANNA),
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_decision_is_that_of_the_table(case: str) -> None:
    person, others, decision = TABLE[case]
    situation = Situation(person.similarity, person.doubts, person.known, person.unseen, others)
    assert decide(situation) == decision
