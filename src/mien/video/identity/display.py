"""The display of a person: estimates that do not flicker."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from mien.results import UNDETERMINED, AgeEstimate, Estimate, LabelEstimate

_MARGIN = 0.4  # log-odds beyond the threshold that a change of a label needs
_TOLERANCE = 0.12  # maximum difference of the shown years, as a share of the interval's width


class Display:
    """Remembers the shown estimates of one person; small changes of estimates are not shown."""

    def __init__(self) -> None:
        self._years: dict[str, float] = {}
        self._labels: dict[str, str] = {}

    def show(
        self, estimates: Mapping[str, Estimate], thresholds: Mapping[str, float]
    ) -> dict[str, Estimate]:
        """Returns the estimates with the years and labels to show; probabilities are not changed.

        Args:
            estimates: Estimates from all views of the person, by the attribute's name.
            thresholds: Probability 0..1 from which a label is decided, for each attribute with
                labels; see :meth:`mien.attributes.calibration.Calibration.threshold`.
        """
        return {
            name: self._with_years(name, estimate)
            if isinstance(estimate, AgeEstimate)
            else self._with_label(name, estimate, thresholds[name])
            for name, estimate in estimates.items()
        }

    def _with_years(self, name: str, estimate: AgeEstimate) -> AgeEstimate:
        """Returns the estimate with the shown years; they change if they differ too much."""
        tolerance = _TOLERANCE * (estimate.high - estimate.low)
        shown = self._years.get(name, estimate.years)
        years = min(max(shown, estimate.years - tolerance), estimate.years + tolerance)
        self._years[name] = years
        return replace(estimate, years=years)

    def _with_label(self, name: str, estimate: LabelEstimate, threshold: float) -> LabelEstimate:
        """Returns the estimate with the shown label; a change needs a margin.

        The first label is the same as that of a picture.
        """
        odds = {label: _log_odds(p) for label, p in estimate.probabilities.items()}
        best = max(odds, key=lambda label: odds[label])
        needed = _log_odds(threshold)
        margin = _MARGIN if name in self._labels and needed > 0 else 0.0
        shown = self._labels.get(name, UNDETERMINED)
        if shown != UNDETERMINED:
            # For two labels the difference of the log-odds is twice those of the better label.
            overtaken = odds[best] - odds[shown] > 2 * _MARGIN
            if odds[shown] < needed - _MARGIN or overtaken:
                shown = UNDETERMINED
        if shown == UNDETERMINED and odds[best] >= needed + margin:
            shown = best
        self._labels[name] = shown
        return replace(estimate, label=shown)


def _log_odds(probability: float) -> float:
    """Returns the log-odds of a probability; they are infinite for 0 and 1."""
    if probability in (0.0, 1.0):
        return math.inf if probability else -math.inf
    return math.log(probability / (1 - probability))
