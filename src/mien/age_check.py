"""The question whether a face looks old enough: over, under, or ask.

An apparent age is no proof of age. Nobody may be refused anything by it alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mien.errors import OptionError
from mien.results import AgeDecision, Face, PictureResult, TrackedFace

if TYPE_CHECKING:
    from mien import schema

_YEARS = range(1, 100)


@dataclass(frozen=True, slots=True)
class AgeCheck:
    """Decides for faces whether they look old enough.

    Attributes:
        over: The age in question in years, 1..99.
        challenge: Least apparent age in years of a face that passes, ``over``..99; None for none.
            Shops ask everybody for a proof of age whose face looks younger than 25, for example.
        certainty: Probability from which a face is over or under, 0.5..1.

    Raises:
        OptionError: A number is out of its range.

    Example:
        >>> from mien import Analyzer
        >>> check = AgeCheck(18, challenge=25, certainty=0.9)
        >>> check.decide(Analyzer().analyze("photo.jpg")[0]).answer
        'over'
    """

    over: int
    challenge: int | None = None
    certainty: float = 0.98

    def __post_init__(self) -> None:
        """Checks the numbers."""
        if self.over not in _YEARS:
            raise OptionError(f"over must be 1 to 99 years; it is {self.over}")
        if self.challenge is not None and not self.over <= self.challenge <= _YEARS[-1]:
            raise OptionError(f"challenge must be {self.over} to 99 years; it is {self.challenge}")
        if not 0.5 <= self.certainty <= 1:
            raise OptionError(f"certainty must be 0.5 to 1; it is {self.certainty}")

    def decide(self, face: Face | TrackedFace) -> AgeDecision:
        """Returns the decision for a face.

        A face that is not seen well, or may be no face, is never over or under.

        Args:
            face: A face of a picture, or a person in a frame.

        Raises:
            ModelError: The model does not predict an age.

        Example:
            >>> from mien import AgeCheck, Analyzer
            >>> (face,) = Analyzer().analyze("photo.jpg")
            >>> AgeCheck(over=12).decide(face).answer
            'over'
        """
        if isinstance(face, TrackedFace) and face.quality is None:
            return AgeDecision(self.over, self.challenge, "ask", "view", None)
        probability = face.age.at_least(self.over)
        hints = face.quality.hints if face.quality else ()
        answer: schema.AgeAnswer = "ask"
        reason: schema.AgeReason = "probability"
        if face.score == 0:
            reason = "no face"
        elif "unusual" in hints:
            reason = "not a face"
        elif hints:
            reason = "view"
        elif probability <= 1 - self.certainty:
            answer = "under"
        elif self.challenge is not None and face.age.years < self.challenge:
            reason = "estimate"
        elif probability >= self.certainty:
            answer = "over"
        return AgeDecision(self.over, self.challenge, answer, reason, probability)

    def apply(self, result: PictureResult) -> PictureResult:
        """Returns a result whose faces have their decisions.

        Raises:
            ModelError: The model does not predict an age.
        """
        faces = tuple(replace(face, age_check=self.decide(face)) for face in result.faces)
        return replace(result, faces=faces)
