"""What is shown of a person: estimates that do not flicker."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from mien.results import UNDETERMINED, AgeEstimate, Estimate, LabelEstimate

_MARGIN = 0.4  # log-odds beyond the threshold at which a label changes
_PLAY = 0.12  # share of the interval's width by which years may move before those shown do


class Display:
    """Remembers what was shown of one person, so that it changes only for a reason."""

    def __init__(self) -> None:
        self._years: dict[str, float] = {}
        self._labels: dict[str, str] = {}

    def show(
        self, estimates: Mapping[str, Estimate], thresholds: Mapping[str, float]
    ) -> dict[str, Estimate]:
        """Returns the estimates with the years and labels to show; probabilities stay as they are.

        Args:
            estimates: From all views of the person, by the attribute's name.
            thresholds: Of each attribute with labels, the probability from which one is decided,
                0..1; see :meth:`mien.attributes.heads.Calibration.threshold`.
        """
        return {
            name: self._with_years(name, estimate)
            if isinstance(estimate, AgeEstimate)
            else self._with_label(name, estimate, thresholds[name])
            for name, estimate in estimates.items()
        }

    def _with_years(self, name: str, estimate: AgeEstimate) -> AgeEstimate:
        """The years shown follow the estimate like a weight that is pulled on a loose rope."""
        play = _PLAY * (estimate.high - estimate.low)
        shown = self._years.get(name, estimate.years)
        years = min(max(shown, estimate.years - play), estimate.years + play)
        self._years[name] = years
        return replace(estimate, years=years)

    def _with_label(self, name: str, estimate: LabelEstimate, threshold: float) -> LabelEstimate:
        """The first label is that of a picture; later ones need more to change than to stay."""
        odds = {label: _log_odds(p) for label, p in estimate.probabilities.items()}
        best = max(odds, key=lambda label: odds[label])
        needed = _log_odds(threshold)
        margin = _MARGIN if name in self._labels and needed > 0 else 0.0
        shown = self._labels.get(name, UNDETERMINED)
        if shown != UNDETERMINED:
            overtaken = odds[best] - odds[shown] > 2 * _MARGIN  # of two labels: -odds[shown] twice
            if odds[shown] < needed - _MARGIN or overtaken:
                shown = UNDETERMINED
        if shown == UNDETERMINED and odds[best] >= needed + margin:
            shown = best
        self._labels[name] = shown
        return replace(estimate, label=shown)


def _log_odds(probability: float) -> float:
    """Returns the logarithm of a probability divided by that of the contrary."""
    if probability in (0.0, 1.0):
        return math.inf if probability else -math.inf
    return math.log(probability / (1 - probability))
