"""Figures with their 95 % intervals: shares, means, and what is computed from them.

A :class:`Figure` is the form of every figure of a report, on its page and in its JSON file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Positions = NDArray[np.int64]

Z95 = 1.959964
"""Half the width of the 95 % interval of a normal distribution, in standard deviations."""

RESAMPLES = 400
"""Number of resamples of a bootstrap."""


class Figure(TypedDict):
    """A figure with its 95 % interval.

    Attributes:
        value: The figure.
        low: Lower end of its interval; None if there are too few pictures for an interval.
        high: Upper end of its interval; None as ``low``.
        n: Number of pictures.
    """

    value: float
    low: float | None
    high: float | None
    n: int


def share(right: Bools) -> Figure:
    """Returns a share with its score interval (Wilson, 1927).

    Args:
        right: Bool, (n,), at least one.
    """
    return share_of(int(np.count_nonzero(right)), len(right))


def share_of(count: int, n: int) -> Figure:
    """Returns the share ``count / n`` with its score interval (Wilson, 1927).

    Args:
        count: Number of pictures that are counted, 0..n.
        n: Number of pictures, at least 1.

    Example:
        >>> {name: round(end, 3) for name, end in share_of(3, 4).items()}
        {'value': 0.75, 'low': 0.301, 'high': 0.954, 'n': 4}
    """
    low, high = share_band(np.array([count / n]), np.array([n]))
    return figure(count / n, float(low[0]), float(high[0]), n)


def share_band(shares: Floats, n: NDArray[Any]) -> tuple[Floats, Floats]:
    """Returns the ends of the score intervals (Wilson, 1927) of many shares, float64, (p,) each.

    Args:
        shares: Shares 0..1, float64, (p,).
        n: Numbers of pictures of each, at least 1, (p,).
    """
    middle = (shares + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    variance = shares * (1 - shares) / n + Z95**2 / (4 * n**2)
    spread = Z95 / (1 + Z95**2 / n) * np.sqrt(variance)
    # The ends are those of 0 and 1 exactly if the share is.
    low, high = np.maximum(0.0, middle - spread), np.minimum(1.0, middle + spread)
    return np.minimum(low, shares), np.maximum(high, shares)


def mean(values: NDArray[Any]) -> Figure:
    """Returns a mean with the interval of Student's t.

    Args:
        values: Numbers, (n,), at least one.

    Returns:
        The mean. Fewer than three values have no interval. If no value is negative, the interval
        does not reach below 0.
    """
    n, value = len(values), float(np.mean(values, dtype=np.float64))
    if n < 3:
        return figure(value, None, None, n)
    error = float(np.std(values, ddof=1, dtype=np.float64)) / math.sqrt(n)
    spread = _student(n - 1) * error
    low = value - spread
    return figure(value, max(0.0, low) if np.min(values) >= 0 else low, value + spread, n)


def mean_of_means(parts: Sequence[NDArray[Any]]) -> Figure:
    """Returns the mean of the means of several parts, which then all have the same weight.

    Args:
        parts: Numbers of each part, (n,), at least two in each; at least one part.

    Returns:
        The mean with the interval of a normal distribution.
    """
    value = float(np.mean([np.mean(part, dtype=np.float64) for part in parts]))
    variance = sum(float(np.var(part, ddof=1, dtype=np.float64)) / len(part) for part in parts)
    spread = Z95 * math.sqrt(variance) / len(parts)
    return figure(value, value - spread, value + spread, sum(map(len, parts)))


def square_root(squared: Figure) -> Figure:
    """Returns the square root of a figure and of its interval; below 0 it is 0."""
    low, high = squared["low"], squared["high"]
    return figure(
        math.sqrt(max(0.0, squared["value"])),
        None if low is None else math.sqrt(max(0.0, low)),
        None if high is None else math.sqrt(max(0.0, high)),
        squared["n"],
    )


def bootstrap(
    statistic: Callable[[Positions], float], n: int, resamples: int = RESAMPLES, seed: int = 0
) -> Figure:
    """Returns a statistic with the percentile interval of its bootstrap.

    Args:
        statistic: Function of the positions of the pictures in a resample, int64, (n,). Resamples
            for which it is NaN are left out.
        n: Number of pictures, at least 1.
        resamples: Number of resamples, at least 1.
        seed: Seed of the resampling.
    """
    random = np.random.default_rng(seed)
    drawn = np.array([statistic(random.integers(n, size=n)) for _ in range(resamples)])
    return from_resamples(statistic(np.arange(n)), drawn, n)


def from_resamples(value: float, drawn: NDArray[Any], n: int) -> Figure:
    """Returns a figure with the interval that holds 95 % of its resamples.

    Args:
        value: The figure.
        drawn: The figure of each resample, (resamples,); NaN is left out.
        n: Number of pictures.
    """
    drawn = drawn[np.isfinite(drawn)]
    if n < 3 or not len(drawn):
        return figure(value, None, None, n)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return figure(value, float(low), float(high), n)


def difference(a: Figure, b: Figure) -> Figure:
    """Returns ``a - b`` of two independent figures.

    The interval is computed from the intervals of the two. For shares it is Newcombe's (1998).
    """
    value = a["value"] - b["value"]
    n = a["n"] + b["n"]
    ends = _ends(a, b)
    if ends is None:
        return figure(value, None, None, n)
    low_a, high_a, low_b, high_b = ends
    below = math.hypot(a["value"] - low_a, high_b - b["value"])
    above = math.hypot(high_a - a["value"], b["value"] - low_b)
    return figure(value, value - below, value + above, n)


def ratio(a: Figure, b: Figure) -> Figure:
    """Returns ``a / b`` of two independent figures that are not negative; ``b`` is above 0.

    The interval is computed from the intervals of the two (Donner and Zou, 2012). There is none if
    the interval of ``b`` reaches 0.
    """
    x, y = a["value"], b["value"]
    n = a["n"] + b["n"]
    ends = _ends(a, b)
    if ends is None or ends[2] <= 0:
        return figure(x / y, None, None, n)
    low_a, high_a, low_b, high_b = ends
    below = math.sqrt(max(0.0, (x * y) ** 2 - low_a * high_b * (2 * x - low_a) * (2 * y - high_b)))
    above = math.sqrt(max(0.0, (x * y) ** 2 - high_a * low_b * (2 * x - high_a) * (2 * y - low_b)))
    low = (x * y - below) / (high_b * (2 * y - high_b)) if high_b < 2 * y else 0.0
    return figure(x / y, low, (x * y + above) / (low_b * (2 * y - low_b)), n)


def figure(value: float, low: float | None, high: float | None, n: int) -> Figure:
    """Returns a figure with the given interval."""
    return {"value": float(value), "low": low, "high": high, "n": n}


def _ends(a: Figure, b: Figure) -> tuple[float, float, float, float] | None:
    low_a, high_a, low_b, high_b = a["low"], a["high"], b["low"], b["high"]
    if low_a is None or high_a is None or low_b is None or high_b is None:
        return None
    return low_a, high_a, low_b, high_b


def _student(freedom: int) -> float:
    """Returns the 97.5 % quantile of Student's t (Abramowitz and Stegun, 26.7.5).

    Args:
        freedom: Degrees of freedom, at least 2; for 2 the series is 1 % too small.
    """
    z = Z95
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(z + sum(term / freedom**power for power, term in enumerate(terms, start=1)))
