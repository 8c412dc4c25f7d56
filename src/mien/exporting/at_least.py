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

_LEAST = 30  # faces on either side of an age; with fewer it is not calibrated
_SLOPES, _OFFSETS = (0.25, 4.0), (-4.0, 4.0)

Years = NDArray[np.float32]


def fit_at_least(
    distributions: NDArray[np.float32], low: Years, high: Years
) -> tuple[tuple[float, float, float], ...]:
    """Fits the logit of each probability to the labels, by maximum likelihood.

    Args:
        distributions: Calibrated distributions of n faces, (n, 101).
        low: Lowest age of each label in years, (n,).
        high: Highest age in years, inclusive, (n,). A label that holds ages on both sides of an age
            does not count for it.

    Returns:
        For each of :data:`mien.results.AT_LEAST_AGES` the age, the slope and the offset, see
        :class:`mien.attributes.heads.Calibration`. Ages with too few faces on one side are left
        out.
    """
    logits = ages.at_least_logits(distributions)
    points = []
    for age in AT_LEAST_AGES:
        older = low >= age
        known = older | (high < age)
        count = int((older & known).sum())
        if min(count, int(known.sum()) - count) < _LEAST:
            continue
        slope, offset = _fit(logits[known, age].astype(np.float64), older[known])
        points.append((float(age), slope, offset))
    return tuple(points)


def _fit(logits: NDArray[np.float64], older: NDArray[np.bool_]) -> tuple[float, float]:
    def mean_loss(parameters: NDArray[np.float64]) -> float:
        shifted = parameters[0] * logits + parameters[1]
        return float((np.logaddexp(0.0, shifted) - older * shifted).mean())

    found = minimize(mean_loss, (1.0, 0.0), method="L-BFGS-B", bounds=(_SLOPES, _OFFSETS))
    return float(found.x[0]), float(found.x[1])
