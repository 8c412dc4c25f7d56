"""Age distributions: quantiles, expectation and age groups.

The last dimension of a distribution is the probability of the ages 0, 1, ..., 100. The age ``k``
stands for the interval ``[k - 0.5, k + 0.5]`` of continuous ages.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

COUNT = 101
"""Number of ages of a distribution."""

AGE_GROUPS: tuple[tuple[int, int], ...] = (
    (0, 2),
    (3, 9),
    (10, 19),
    (20, 29),
    (30, 39),
    (40, 49),
    (50, 59),
    (60, 69),
    (70, 100),
)
"""Lowest and highest age of each group in years, inclusive; the groups are those of FairFace."""

_NEVER = 1e-9  # a probability that counts as 0

AGE_GROUP_NAMES = tuple(f"{low}-{high}" if high < 100 else f"{low}+" for low, high in AGE_GROUPS)
"""Names of the age groups, in the order of :data:`AGE_GROUPS`."""


def softmax(logits: Array) -> Array:
    """Returns the softmax along the last dimension.

    Args:
        logits: Logits of any shape.

    Returns:
        Probabilities, float32, of the same shape.

    Example:
        >>> softmax(np.zeros(4, np.float32)).tolist()
        [0.25, 0.25, 0.25, 0.25]
    """
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), np.float32)


def expectation(probabilities: Array) -> Array:
    """Returns the expected age in years, float32, (...).

    Args:
        probabilities: Probabilities of the ages, (..., 101).

    Example:
        >>> print(expectation(np.eye(101, dtype=np.float32)[[20, 40]].mean(axis=0)))
        30.0
    """
    ages = np.arange(probabilities.shape[-1], dtype=np.float32)
    return np.asarray(probabilities @ ages, np.float32)


def quantile(probabilities: Array, level: float) -> Array:
    """Returns a quantile of each distribution in years, float32, (...).

    It is interpolated linearly within the age that contains it.

    Args:
        probabilities: Probabilities of the ages, (..., 101).
        level: Share of the distribution below the quantile, 0..1.

    Example:
        >>> print(quantile(np.full(101, 1 / 101, np.float32), 0.25).round(1))
        24.7
    """
    cumulative = np.cumsum(probabilities, axis=-1)
    cumulative /= cumulative[..., -1:]
    age = np.minimum((cumulative < level).sum(axis=-1), probabilities.shape[-1] - 1)
    upper = np.take_along_axis(cumulative, age[..., None], axis=-1)[..., 0]
    inside = np.take_along_axis(probabilities, age[..., None], axis=-1)[..., 0]
    part = (level - (upper - inside)) / np.maximum(inside, 1e-12)
    years = age - 0.5 + np.clip(part, 0, 1)
    return np.asarray(np.maximum(years, 0), np.float32)


def median(probabilities: Array) -> Array:
    """Returns the median age in years, float32, (...).

    Of all estimates the median has the lowest expected absolute error.

    Args:
        probabilities: Probabilities of the ages, (..., 101).

    Example:
        >>> print(median(np.eye(101, dtype=np.float32)[33]))
        33.0
    """
    return quantile(probabilities, 0.5)


def group_probabilities(probabilities: Array) -> Array:
    """Returns the probability of each of :data:`AGE_GROUPS`, float32, (..., 9).

    Args:
        probabilities: Probabilities of the ages, (..., 101).

    Example:
        >>> int(group_probabilities(np.eye(101, dtype=np.float32)[33]).argmax())
        4
    """
    groups = [probabilities[..., low : high + 1].sum(axis=-1) for low, high in AGE_GROUPS]
    return np.stack(groups, axis=-1)


def at_least_logits(probabilities: Array) -> NDArray[np.float64]:
    """Returns the logit of the probability of each age or an older one, float64, (..., 101).

    Args:
        probabilities: Probabilities of the ages, (..., 101).

    Example:
        >>> print(at_least_logits(np.full(101, 1 / 101, np.float32))[25].round(1))
        1.1
    """
    exact = probabilities.astype(np.float64)
    younger = np.cumsum(exact, axis=-1) - exact
    older = np.cumsum(exact[..., ::-1], axis=-1)[..., ::-1]
    odds = np.maximum(older, _NEVER) / np.maximum(younger, _NEVER)
    return np.asarray(np.log(odds), np.float64)


def group_of(years: NDArray[Any]) -> NDArray[np.int64]:
    """Returns the index in :data:`AGE_GROUPS` of each age, int64, of the shape of ``years``.

    Args:
        years: Ages in years, at least 0, of any shape.

    Example:
        >>> [AGE_GROUP_NAMES[group] for group in group_of(np.array([2, 33.4, 80]))]
        ['0-2', '30-39', '70+']
    """
    lower_ends = np.array([low for low, _ in AGE_GROUPS])
    return np.searchsorted(lower_ends, years, side="right") - 1
