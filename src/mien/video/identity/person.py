"""A person of a video, with all evidence and the shown estimates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from mien.faces import MIN_SCORE
from mien.results import Estimate, Quality
from mien.video.identity.display import Display
from mien.video.identity.evidence import Evidence, View

VERIFIED_SCORE = 0.85
"""Minimum detection score of a near view that verifies a face, for the usual minimum score.

1 % of real faces have scores below 0.88. 1 % of false detections in the whole picture have scores
above 0.83 in a near view.
"""

_VERIFIED_SHARE = VERIFIED_SCORE / MIN_SCORE  # the same as a share of a lower minimum score
_UNVERIFIED = 8  # uncertain views in a row after which a face is not verified any more


@dataclass(slots=True, eq=False)
class Person:
    """A person of a video.

    Attributes:
        since: Time at which the person was first seen, in seconds.
        seen: Time at which the person was last seen, in seconds.
        number: Number of the person, from 1; 0 until the person is shown.
        former_ids: Numbers that the person had before the person was recognised.
        evidence: Evidence from all views.
        display: Memory of the shown estimates.
        estimates: The shown estimates by the attribute's name; empty before the first view.
        quality: Quality of the last view; None before the first view.
        predicted: Time of the last attempt of a prediction in seconds; -inf before the first one.
        doubts: Number of views in a row that were not similar to the person.
        verified: Whether a near view has verified that the track shows a face. A false detection in
            the whole picture seldom has a high score in a near view.
        uncertain: Number of near views in a row with too low a score.
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

    def attempt(self, time: float) -> None:
        """Notes the time in seconds of an attempt of a prediction."""
        self.predicted = time

    def verify(self, score: float, min_score: float = MIN_SCORE) -> bool:
        """Adds the detection score of a near view.

        Args:
            score: Detection score, 0..1.
            min_score: Minimum detection score of faces in a picture, 0..1.

        Returns:
            Whether the view can be used: the face is verified, and this score is at least the
            minimum.
        """
        certain = score >= max(min_score, min(VERIFIED_SCORE, _VERIFIED_SHARE * min_score))
        self.uncertain = 0 if certain else self.uncertain + 1
        if certain:
            self.verified = True
        elif self.uncertain >= _UNVERIFIED:
            self.verified = False
        return self.verified and score >= min_score

    def add_view(self, view: View, quality: Quality) -> None:
        """Adds a view to the evidence.

        Args:
            view: A view of this person.
            quality: Quality of the view.
        """
        self.evidence.add(view)
        self.quality = quality
        self.predicted = view.time

    def show(self, estimates: Mapping[str, Estimate], thresholds: Mapping[str, float]) -> None:
        """Shows new estimates, see :meth:`mien.video.identity.display.Display.show`."""
        self.estimates = self.display.show(estimates, thresholds)

    def join(self, other: Person) -> None:
        """Adds the numbers of a person who was recognised as this one to the former numbers."""
        if other.number:
            self.former_ids += (other.number, *other.former_ids)
