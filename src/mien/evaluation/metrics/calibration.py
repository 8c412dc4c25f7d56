"""Metrics of probabilities: are events as frequent as predicted?

The pictures are sorted by their probability and divided into bins with equal numbers of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mien.evaluation.intervals import (
    RESAMPLES,
    Z95,
    Bools,
    Figure,
    Floats,
    Positions,
    figure,
    share_of,
    square_root,
)

Numbers = NDArray[np.floating[Any] | np.integer[Any]]

BINS = 15
"""Maximum number of bins."""

_LEAST = 10  # minimum number of pictures of a bin


class Reliability(NamedTuple):
    """Pictures in b bins of their probability, each of the arrays (b,).

    Attributes:
        probability: Mean probability of each bin, 0..1, float64.
        frequency: Share of each bin with the event, and its 95 % interval.
        band_low: Lower end of the consistency band of each bin, 0..1, float64. If the probabilities
            are calibrated, the frequency is in the band in 95 % of all cases.
        band_high: Upper end of the consistency band, 0..1, float64.
    """

    probability: Floats
    frequency: list[Figure]
    band_low: Floats
    band_high: Floats


def reliability(
    probability: Numbers, happened: Bools, bins: int = BINS, seed: int = 0
) -> Reliability:
    """Returns the frequency of an event by its probability (Bröcker and Smith, 2007).

    For the consistency bands, pictures are drawn again, and events are drawn with the probabilities
    of these pictures.

    Args:
        probability: Predicted probabilities 0..1, float, (n,), at least one.
        happened: Whether the event happened, bool, (n,).
        bins: Maximum number of bins.
        seed: Seed of the resampling.
    """
    index, edges = _bins(probability, bins)
    count = np.bincount(index)
    events = np.bincount(index, happened)
    random = np.random.default_rng(seed)
    n = len(probability)
    frequencies = np.full((RESAMPLES, len(count)), np.nan)
    for row in frequencies:
        drawn = probability[random.integers(n, size=n)]
        where = np.searchsorted(edges, drawn, side="right")
        drawn_count = np.bincount(where, minlength=len(count))
        drawn_events = np.bincount(where, random.random(n) < drawn, len(count))
        np.divide(drawn_events, drawn_count, out=row, where=drawn_count > 0)
    low, high = np.nanquantile(frequencies, (0.025, 0.975), axis=0)
    return Reliability(
        np.bincount(index, probability) / count,
        [share_of(int(k), int(size)) for k, size in zip(events, count, strict=True)],
        low,
        high,
    )


def calibration_error(probability: Numbers, happened: Bools, bins: int = BINS) -> Figure:
    """Returns the debiased calibration error, 0..1: the root of the mean squared gap of the bins.

    The gap of a bin is the difference of its mean probability and its frequency. With few pictures
    a gap is also due to chance. The mean square due to chance is subtracted (Ferro and Fricker,
    2012; Kumar et al., 2019). Below 0 the error is 0.

    Args:
        probability: Predicted probabilities 0..1, float, (n,), at least one.
        happened: Whether the event happened, bool, (n,).
        bins: Maximum number of bins.

    Returns:
        The error. Its interval uses the standard deviation of the squared error, which the
        resamples of a bootstrap within each bin give.
    """
    n = len(probability)
    index, _ = _bins(probability, bins)
    squared = _debiased_square(index, probability, happened)
    if n < 2 * _LEAST:
        return square_root(figure(squared, None, None, n))
    order = np.argsort(index, kind="stable")
    starts = np.searchsorted(index[order], np.arange(index.max() + 1))
    size = np.bincount(index)
    random = np.random.default_rng(0)

    def drawn() -> Positions:
        return order[starts[index] + (random.random(n) * size[index]).astype(np.int64)]

    resampled = [
        _debiased_square(index, probability[chosen], happened[chosen])
        for chosen in (drawn() for _ in range(RESAMPLES))
    ]
    spread = Z95 * float(np.std(resampled))
    return square_root(figure(squared, squared - spread, squared + spread, n))


def brier_score(probability: Numbers, happened: Bools) -> Floats:
    """Returns the squared difference of probability and event of each picture, 0..1, (n,).

    The mean of it is the Brier score, which is 0 for a perfect prediction.

    Args:
        probability: Predicted probabilities of the event, 0..1, float, (n,).
        happened: Whether the event happened, bool, (n,).

    Example:
        >>> brier_score(np.array([1.0, 0.5]), np.array([True, False])).tolist()
        [0.0, 0.25]
    """
    return np.square(np.subtract(probability, happened, dtype=np.float64))


def _bins(probability: Numbers, bins: int) -> tuple[Positions, Floats]:
    """Returns the bin of each picture, (n,), and the inner edges of the bins.

    Equal probabilities are in one bin, so that there may be fewer bins.
    """
    count = max(1, min(bins, len(probability) // _LEAST))
    edges = np.unique(np.quantile(probability, np.arange(1, count) / count, method="higher"))
    index = np.searchsorted(edges, probability, side="right")
    used, index = np.unique(index, return_inverse=True)
    # An edge is dropped with an empty bin below it, which only the first bin can be.
    return index, np.asarray(edges[used[0] :], np.float64)


def _debiased_square(index: Positions, probability: Numbers, happened: Bools) -> float:
    count = np.bincount(index)
    frequency = np.bincount(index, happened) / count
    gap = np.bincount(index, probability) / count - frequency
    chance = frequency * (1 - frequency) / np.maximum(count - 1, 1)
    return float(count @ (gap**2 - chance) / count.sum())
