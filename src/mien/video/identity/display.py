"""What is shown of a track: labels with hysteresis, so that they do not flicker."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from mien.results import AgeEstimate, GenderEstimate, GenderLabel

_MARGIN = 0.4  # logits beyond the threshold at which a label changes
_PLAY = 0.12  # share of the interval's width by which years may move before those shown do


@dataclass(slots=True)
class Labels:
    """What was shown of one track last.

    Attributes:
        gender: The label.
        years: The apparent age, or None before the first.
    """

    gender: GenderLabel = "undetermined"
    years: float | None = None

    def show_age(self, estimate: AgeEstimate) -> AgeEstimate:
        """Returns the estimate with years that follow it like something pulled on a rope."""
        if self.years is None:
            self.years = estimate.years
        play = _PLAY * (estimate.high - estimate.low)
        self.years = min(max(self.years, estimate.years - play), estimate.years + play)
        return replace(estimate, years=self.years)

    def show_gender(self, estimate: GenderEstimate, threshold: float) -> GenderEstimate:
        """Returns the estimate with a label that changes only when there is reason enough.

        Args:
            estimate: Pooled.
            threshold: Below this probability the answer is *undetermined*.
        """
        surety = math.log(max(estimate.female, 1e-9) / max(estimate.male, 1e-9))
        needed = math.log(threshold / (1 - threshold)) if threshold < 1 else math.inf
        signed = {"female": surety, "male": -surety}
        if self.gender != "undetermined" and signed[self.gender] < needed - _MARGIN:
            self.gender = "undetermined"
        if self.gender == "undetermined":
            for label, value in (("female", surety), ("male", -surety)):
                if value >= needed + _MARGIN * (needed > 0):
                    self.gender = label  # type: ignore[assignment]
        return replace(estimate, label=self.gender)
