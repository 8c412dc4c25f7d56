"""Tests of shares against an expected share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def binomial_test(count: int, n: int, expected: float) -> float:
    """Returns the p-value of the exact two-sided binomial test.

    It is the probability of all counts that are at most as probable as the observed one.

    Args:
        count: Observed count, 0..n.
        n: Number of pictures, at least 1.
        expected: Expected share, above 0 and below 1.

    Example:
        >>> round(binomial_test(15, 20, 0.5), 4)
        0.0414
    """
    logs = np.log(np.arange(1, n + 1, dtype=np.float64))
    factorials = np.concatenate([[0.0], np.cumsum(logs)])
    counts = np.arange(n + 1)
    ways = factorials[n] - factorials - factorials[::-1]
    log_probability = ways + counts * np.log(expected) + (n - counts) * np.log1p(-expected)
    # Equal probabilities may differ by rounding.
    rare = log_probability <= log_probability[count] + 1e-7
    return min(1.0, float(np.exp(log_probability[rare]).sum()))


def holm(p_values: Sequence[float]) -> list[float]:
    """Returns p-values that are corrected for their number (Holm, 1979).

    The probability that any of the corrected values is below 0.05 by chance alone is at most 5 %.

    Args:
        p_values: p-values of all tests, 0..1.

    Example:
        >>> [round(p, 2) for p in holm([0.01, 0.04, 0.03])]
        [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values)
    factors = np.arange(len(order), 0, -1)
    corrected = np.maximum.accumulate(np.asarray(p_values)[order] * factors).clip(max=1.0)
    back = np.empty(len(order))
    back[order] = corrected
    return [float(p) for p in back]
