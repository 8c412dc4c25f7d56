"""Fitting what turns logits into probabilities that mean what they say.

Temperature scaling (Guo et al., "On Calibration of Modern Neural Networks", 2017): one number for
each head, found on pictures that chose nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mien.attributes import ages
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
Years = NDArray[np.int64]


def calibrate_age(logits: Logits, low: Years, high: Years) -> AgeCalibration:
    """Fits temperature, reported statistic and interval of the age head.

    Args:
        logits: (n, 101).
        low: Least age of each label in years, (n,).
        high: Greatest age, inclusive, (n,).

    Returns:
        The temperature with the greatest likelihood of the labels; of median and expectation the
        one nearer to the exact ages; equal tails such that the interval holds 80 % of them.
    """
    low, high = np.minimum(low, 100), np.minimum(high, 100)
    rows = np.arange(len(logits))

    def loss(temperature: float) -> float:
        cumulative = np.cumsum(ages.softmax(logits / temperature).astype(np.float64), axis=1)
        below = np.where(low > 0, cumulative[rows, low - 1], 0.0)
        return float(-np.log(np.maximum(cumulative[rows, high] - below, 1e-9)).mean())

    temperature = _best_temperature(loss)
    exact = low == high
    truth = low[exact]
    distributions = ages.softmax(logits[exact] / temperature)
    median_error = np.abs(ages.median(distributions) - truth).mean()
    expectation_error = np.abs(ages.expectation(distributions) - truth).mean()
    tail = _interval_tail(distributions, truth)
    return AgeCalibration(
        statistic="median" if median_error <= expectation_error else "expectation",
        temperature=temperature,
        low=tail,
        high=1 - tail,
    )


def _interval_tail(distributions: NDArray[np.float32], truth: Years) -> float:
    """Returns the greatest tail whose interval still holds the wanted share of true ages."""
    wide, narrow = _TAILS
    for _ in range(_HALVINGS):
        tail = (wide + narrow) / 2
        inside = (ages.quantile(distributions, tail) <= truth) & (
            truth <= ages.quantile(distributions, 1 - tail)
        )
        wide, narrow = (tail, narrow) if inside.mean() >= INTERVAL else (wide, tail)
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
