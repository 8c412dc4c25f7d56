"""The calibration of a head: how its logits become reliable probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mien import ages
from mien.attributes import entries

Floats = NDArray[np.float32]

VIEW_FACTORS = ("blurred", "small", "turned", "low score")
"""Names of the factors that make a view poor, 0 (good) to 1 (poor).

See :func:`mien.faces.quality.view_factors`.
"""

DEFAULT_CERTAINTY = 0.98
"""Default of the certainty: the share of decided labels that are right, 0..1."""

_STEEPEST = 10.0  # of the logarithm of a temperature; those of mien's models are below 1


@dataclass(frozen=True, slots=True)
class Temperature:
    """A temperature that depends on the view: predictions from poor views are less certain.

    Attributes:
        base: Logarithm of the temperature of a perfect view.
        slopes: Growth of the logarithm with each of :data:`VIEW_FACTORS`.
    """

    base: float = 0.0
    slopes: tuple[float, ...] = (0.0,) * len(VIEW_FACTORS)

    def of(self, views: Floats) -> Floats:
        """Returns the temperature of each view, float32, (n,).

        Args:
            views: View factors 0..1, (n, 4), see :data:`VIEW_FACTORS`.
        """
        poorness = views @ np.array(self.slopes, np.float32)
        return np.asarray(np.exp(self.base + poorness), np.float32)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The calibration of a head: how its logits become reliable probabilities.

    Attributes:
        temperature: Divisor of the logits.
        low: Quantile of a distribution at which the 80 % interval begins, 0..1.
        high: Quantile of a distribution at which the 80 % interval ends, 0..1.
        thresholds: Risk-coverage curve of labels, by rising threshold. Each point is (threshold,
            share of decided labels, share of right labels among them), all 0..1. A label is decided
            if its probability is at least the threshold.
        at_least: Points (age in years, slope, offset), by rising age. The logit of the probability
            of an age of at least so many years is the slope times that of the distribution, plus
            the offset. Between two points they are interpolated. Without points they are 1 and 0.
    """

    temperature: Temperature = Temperature()
    low: float = 0.1
    high: float = 0.9
    thresholds: tuple[tuple[float, float, float], ...] = ()
    at_least: tuple[tuple[float, float, float], ...] = ()

    def older(self, distributions: Floats) -> Floats:
        """Returns the calibrated probability of each age or an older one, float32, (n, 101).

        Args:
            distributions: Calibrated distributions of n faces, (n, 101).
        """
        years, slopes, offsets = np.array(self.at_least or [(0.0, 1.0, 0.0)]).T
        every = np.arange(ages.COUNT)
        logits = ages.at_least_logits(distributions) * np.interp(every, years, slopes)
        older = 1 / (1 + np.exp(-logits - np.interp(every, years, offsets)))
        older[:, 0] = 1
        return np.asarray(np.minimum.accumulate(older, axis=1), np.float32)

    def threshold(self, certainty: float | None) -> float:
        """Returns the probability from which a label is decided, 0..1.

        Args:
            certainty: Wanted share of right labels among the decided ones, 0..1; None decides
                every label.

        Returns:
            The lowest threshold of the curve with this share; 1 if no point of the curve has it;
            the certainty itself if there is no curve.
        """
        if certainty is None:
            return 0.0
        if not self.thresholds:
            return certainty
        enough = [threshold for threshold, _, right in self.thresholds if right >= certainty]
        return min(enough, default=1.0)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Calibration:
        """Makes a calibration from its entry in the model card.

        Raises:
            KeyError: A part of the entry is missing.
            ValueError: A part of the entry cannot be.
        """
        temperature = entries.mapping(data["temperature"])
        points = [entries.numbers(point, 3, 0, 1) for point in entries.sequence(data["thresholds"])]
        return cls(
            Temperature(
                entries.number(temperature["base"], -_STEEPEST, _STEEPEST),
                entries.numbers(temperature["slopes"], len(VIEW_FACTORS), -_STEEPEST, _STEEPEST),
            ),
            entries.number(data["low"], 0, 1),
            entries.number(data["high"], 0, 1),
            tuple((threshold, decided, right) for threshold, decided, right in points),
            _at_least(entries.sequence(data.get("at_least", ()))),  # older models have none
        )


def _at_least(points: Sequence[Any]) -> tuple[tuple[float, float, float], ...]:
    """Makes the calibration of the ages that are asked most from its entry in the model card."""
    read = []
    for point in points:
        age, slope, offset = entries.numbers(point, 3, -_STEEPEST, ages.COUNT)
        read.append((age, entries.number(slope, 0, _STEEPEST), offset))
    if [age for age, _, _ in read] != sorted({age for age, _, _ in read}):
        raise ValueError("the ages of 'at_least' do not rise")
    return tuple(read)
