"""The decision whether a face looks old enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mien import schema

NOTICE = "an apparent age is no proof of age; refuse nobody anything by it alone"
"""What goes with every decision."""


@dataclass(frozen=True, slots=True)
class AgeDecision:
    """The decision whether a face looks old enough, see :class:`mien.AgeCheck`.

    Attributes:
        over: The age in question in years.
        challenge: Least apparent age in years of a face that passes; None for none.
        answer: ``"over"``, ``"under"``, or ``"ask"`` for a proof of age.
        reason: What decided: ``"probability"``; ``"estimate"``, the apparent age is below the
            challenge age; ``"view"``, the view is too poor; ``"not a face"``, what was detected is
            unusual for a face; ``"no face"``, none was detected.
        probability: Probability of looking ``over`` years old or older, 0..1; None before the first
            view.

    Example:
        >>> print(AgeDecision(18, 25, "ask", "estimate", 0.97))
        ask (estimate)
    """

    over: int
    challenge: int | None
    answer: schema.AgeAnswer
    reason: schema.AgeReason
    probability: float | None

    def to_dict(self) -> schema.AgeCheckJson:
        """Returns the JSON of the decision."""
        return {
            "over": self.over,
            "challenge": self.challenge,
            "answer": self.answer,
            "reason": self.reason,
            "probability": None if self.probability is None else round(self.probability, 4),
        }

    def __str__(self) -> str:
        return f"{self.answer} ({self.reason})" if self.answer == "ask" else self.answer
