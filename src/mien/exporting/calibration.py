"""Fitting what turns logits into probabilities that mean what they say.

Temperature scaling (Guo et al., "On Calibration of Modern Neural Networks", 2017): one number for
each head, found on pictures that chose nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mien import ages
from mien.attributes.card import AgeCalibration, GenderCalibration

INTERVAL = 0.8
"""Share of true ages that ``low`` .. ``high`` shall hold."""

DECIDED_ACCURACY = 0.98
"""Share of decided faces that shall be right."""

_TEMPERATURES = (0.1, 10.0)
_TAILS = (0.001, 0.4)
_HALVINGS = 12
_GOLDEN = (5**0.5 - 1) / 2

Logits = NDArray[np.float32]
Years = NDArray[np.int64] | NDArray[np.float32]


def calibrate_age(logits: Logits, low: Years, high: Years) -> AgeCalibration:
    """Fits temperature, reported statistic and interval of the age head.

    Args:
        logits: (n, 101).
        low: Least age of each label in years, (n,); a fraction is rounded where it matters.
        high: Greatest age, inclusive, (n,).

    Returns:
        The temperature with the greatest likelihood of the labels; of median and expectation the
        one nearer to the exact ages, the median where there are none; equal tails such that the
        interval holds 80 % of the exact ages, or of the brackets where there are none.
    """
    exact = low == high
    low, high = np.minimum(low, 100), np.minimum(high, 100)

    def loss(temperature: float) -> float:
        below, upto = _bracket(ages.softmax(logits / temperature), low, high)
        return float(-np.log(np.maximum(upto - below, 1e-9)).mean())

    temperature = _best_temperature(loss)
    distributions = ages.softmax(logits / temperature)
    statistic: Literal["median", "expectation"] = "median"
    if exact.any():
        distributions, truth = distributions[exact], low[exact]
        median_error = np.abs(ages.median(distributions) - truth).mean()
        expectation_error = np.abs(ages.expectation(distributions) - truth).mean()
        statistic = "median" if median_error <= expectation_error else "expectation"
        tail = _interval_tail(lambda tail: _exact_inside(distributions, truth, tail))
    else:
        below, upto = _bracket(distributions, low, high)
        tail = _interval_tail(lambda tail: _brackets_inside(below, upto, tail))
    return AgeCalibration(statistic, temperature, low=tail, high=1 - tail)


def _bracket(
    distributions: NDArray[np.float32], low: Years, high: Years
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns which share of each distribution lies below a bracket, and up to its end."""
    cumulative = np.cumsum(distributions.astype(np.float64), axis=1)
    rows = np.arange(len(distributions))
    low, high = (np.rint(ends).astype(np.int64) for ends in (low, high))
    return np.where(low > 0, cumulative[rows, low - 1], 0.0), cumulative[rows, high]


def _exact_inside(distributions: NDArray[np.float32], truth: Years, tail: float) -> float:
    """Returns the share of ages in the interval that leaves out two tails."""
    least, most = ages.quantile(distributions, tail), ages.quantile(distributions, 1 - tail)
    return float(((least <= truth) & (truth <= most)).mean())


def _brackets_inside(below: NDArray[np.float64], upto: NDArray[np.float64], tail: float) -> float:
    """Returns the same of brackets, whose ages are taken to lie in them as the answers say."""
    inside = np.clip(upto, tail, 1 - tail) - np.clip(below, tail, 1 - tail)
    return float((inside / np.maximum(upto - below, 1e-9)).mean())


def _interval_tail(share_inside: Callable[[float], float]) -> float:
    """Returns the greatest tail whose interval still holds the wanted share of true ages."""
    wide, narrow = _TAILS
    for _ in range(_HALVINGS):
        tail = (wide + narrow) / 2
        wide, narrow = (tail, narrow) if share_inside(tail) >= INTERVAL else (wide, tail)
    return wide


def calibrate_gender(logits: Logits, female: NDArray[np.bool_]) -> GenderCalibration:
    """Fits temperature and abstention of the gender head.

    Args:
        logits: (n,).
        female: The labels, (n,).

    Returns:
        The temperature with the greatest likelihood, and the lowest threshold above which 98 % of
        the decided faces are right.
    """
    signed = np.where(female, logits, -logits).astype(np.float64)

    def loss(temperature: float) -> float:
        return float(np.logaddexp(0, -signed / temperature).mean())

    temperature = _best_temperature(loss)
    confidence = 1 / (1 + np.exp(-np.abs(logits.astype(np.float64)) / temperature))
    order = np.argsort(-confidence)
    accuracy = np.cumsum(signed[order] > 0) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(accuracy >= DECIDED_ACCURACY)
    threshold = float(confidence[order[enough[-1]]]) if len(enough) else 1.0
    return GenderCalibration(temperature, threshold)


def _best_temperature(loss: Callable[[float], float]) -> float:
    """Finds the minimum over the logarithm of the temperature by golden section.

    The loss is convex in the inverse temperature, so there is one minimum.
    """
    low, high = np.log(_TEMPERATURES)
    while high - low > 0.005:
        a, b = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        low, high = (low, b) if loss(np.exp(a)) < loss(np.exp(b)) else (a, high)
    return float(np.exp((low + high) / 2))
