"""Calibration of the probability of looking n years old or older, for each n that is asked most.

It is Platt scaling ("Probabilistic Outputs for Support Vector Machines", 1999) of the sum of the
calibrated distribution. The temperature alone makes the likelihood of the ages best. It may still
give all faces a little too high or too low a probability of being over one age.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from mien import ages
from mien.results import AT_LEAST_AGES

_NEAR = 10  # greatest distance in years of an age that counts from the age that is asked
_LEAST = 30  # faces on either side of an age; with fewer it is not calibrated
_SLOPES, _OFFSETS = (0.25, 4.0), (-4.0, 4.0)

Years = NDArray[np.float32]


def fit_at_least(
    distributions: NDArray[np.float32], low: Years, high: Years
) -> tuple[tuple[float, float, float], ...]:
    """Fits the logit of each probability to the labels, by maximum likelihood.

    The faces of people within ten years of an age count: nobody asks it about others, who are many.
    Only exact ages count. Of a set with brackets, the faces near an age are in a bracket that holds
    it, so that nobody knows their side. Without them the rest would look too easy to tell apart.

    Args:
        distributions: Calibrated distributions of n faces, (n, 101).
        low: Lowest age of each label in years, (n,).
        high: Highest age in years, inclusive, (n,).

    Returns:
        For each of :data:`mien.results.AT_LEAST_AGES` the age, the slope and the offset, see
        :class:`mien.attributes.calibration.Calibration`. Ages with too few faces on one side are
        left out.
    """
    exact = low == high
    logits, years = ages.at_least_logits(distributions[exact]), low[exact]
    points = []
    for age in AT_LEAST_AGES:
        near = np.abs(years - age) <= _NEAR
        older = years[near] >= age
        count = np.count_nonzero(older)
        if min(count, len(older) - count) < _LEAST:
            continue
        slope, offset = _fit(logits[near, age].astype(np.float64), older)
        points.append((float(age), slope, offset))
    return tuple(points)


def _fit(logits: NDArray[np.float64], older: NDArray[np.bool_]) -> tuple[float, float]:
    def mean_loss(parameters: NDArray[np.float64]) -> float:
        shifted = parameters[0] * logits + parameters[1]
        return float((np.logaddexp(0.0, shifted) - older * shifted).mean())

    found = minimize(mean_loss, (1.0, 0.0), method="L-BFGS-B", bounds=(_SLOPES, _OFFSETS))
    return float(found.x[0]), float(found.x[1])
