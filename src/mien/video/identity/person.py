"""What is known of one person of a video."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from mien.faces import MIN_SCORE
from mien.results import Estimate, Quality
from mien.video.identity.display import Display
from mien.video.identity.evidence import Evidence

VERIFIED_SCORE = 0.85
"""Score of a near view that confirms a face, unless faces of a picture must score more.

Of real faces 1 % score less than 0.88; of what resembles a face in the whole picture 1 % score more
than 0.83."""

_VERIFIED_SHARE = VERIFIED_SCORE / MIN_SCORE  # of the least score, where that is smaller than usual
_UNVERIFIED = 8  # uncertain views in a row after which a face is not confirmed any more


@dataclass(slots=True, eq=False)
class Person:
    """A person who was seen lately.

    Attributes:
        since: When the person was first seen, seconds.
        seen: When the person was last seen, seconds.
        number: Identity, from 1; 0 until the person is shown.
        former_ids: Numbers under which the person was shown before they were recognised.
        evidence: All views.
        display: What was shown last.
        estimates: What is shown now; empty before the first view.
        quality: Of the last view; None before the first.
        predicted: When the attribute model last saw the person, seconds; -inf if never.
        doubts: How many views in a row did not look like the person.
        verified: Whether a near view confirmed that it is a face. What merely resembles one in the
            whole picture seldom does so from near.
        uncertain: How many near views in a row scored too low to confirm it.
    """

    since: float
    seen: float = -math.inf
    number: int = 0
    former_ids: tuple[int, ...] = ()
    evidence: Evidence = field(default_factory=Evidence)
    display: Display = field(default_factory=Display)
    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    quality: Quality | None = None
    predicted: float = -math.inf
    doubts: int = 0
    verified: bool = False
    uncertain: int = 0

    def verify(self, score: float, min_score: float = MIN_SCORE) -> bool:
        """Adds the detection score of a near view.

        Args:
            score: 0..1.
            min_score: From which a face in a picture counts, 0..1.

        Returns:
            Whether the view counts: it shows a confirmed face that is not mostly hidden.
        """
        certain = score >= max(min_score, min(VERIFIED_SCORE, _VERIFIED_SHARE * min_score))
        self.uncertain = 0 if certain else self.uncertain + 1
        if certain:
            self.verified = True
        elif self.uncertain >= _UNVERIFIED:
            self.verified = False
        return self.verified and score >= min_score

    def join(self, other: Person) -> None:
        """Takes over the numbers of a person who turned out to be this one."""
        if other.number:
            self.former_ids += (other.number, *other.former_ids)
