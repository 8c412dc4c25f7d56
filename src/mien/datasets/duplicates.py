"""Near-duplicates: the same photograph twice, found by a difference hash of aligned chips.

Hashing aligned chips rather than whole pictures finds them across data sets and crops.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.datasets.chips.cache import ChipCache, common_template

MAX_DISTANCE = 22
"""Hashes of 256 bits that differ in no more bits than this are near-duplicates."""

_SIDE = 16
_BLOCK = 4096


def difference_hashes(chips: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Hashes chips by whether brightness rises from one cell of a 16 x 17 grid to the next.

    Args:
        chips: RGB, uint8, (n, size, size, 3).

    Returns:
        256 bits each, bool, (n, 256).
    """
    hashes = np.empty((len(chips), _SIDE * _SIDE), np.bool_)
    for i, chip in enumerate(chips):
        grey = cv2.cvtColor(np.asarray(chip), cv2.COLOR_RGB2GRAY)
        cells = cv2.resize(grey, (_SIDE + 1, _SIDE), interpolation=cv2.INTER_AREA).astype(int)
        hashes[i] = (cells[:, 1:] > cells[:, :-1]).ravel()
    return hashes


def cache_pairs(caches: Sequence[ChipCache]) -> NDArray[np.int64]:
    """Finds the near-duplicates within and across chip caches.

    Args:
        caches: One or more, cut by the same template.

    Returns:
        As :func:`near_pairs`; positions count through the caches one after the other. A picture
        that could not be read is no duplicate of another.

    Raises:
        DataError: The chips were cut by several templates.
    """
    common_template(caches)
    hashes = np.concatenate([difference_hashes(cache.chips) for cache in caches])
    readable = np.flatnonzero([not row.error for cache in caches for row in cache.rows])
    return readable[near_pairs(hashes[readable])]


def near_pairs(hashes: NDArray[np.bool_], max_distance: int = MAX_DISTANCE) -> NDArray[np.int64]:
    """Finds all pairs of hashes that differ in at most ``max_distance`` bits.

    Args:
        hashes: (n, bits).
        max_distance: In bits.

    Returns:
        Pairs of positions, the smaller first, (pairs, 2).
    """
    bits = hashes.shape[1]
    signs = np.where(hashes, np.float32(1), np.float32(-1))
    # The product of two rows of signs is (bits that agree) - (bits that differ).
    least = bits - 2 * max_distance
    pairs = [np.empty((0, 2), np.int64)]
    for start in range(0, len(signs), _BLOCK):
        rows = signs[start : start + _BLOCK]
        for other in range(start, len(signs), _BLOCK):
            i, j = np.nonzero(rows @ signs[other : other + _BLOCK].T >= least)
            found = np.stack([i + start, j + other], axis=1)
            pairs.append(found[found[:, 0] < found[:, 1]])
    return np.concatenate(pairs)


def groups(count: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers the groups that pairs connect.

    Args:
        count: How many pictures there are.
        pairs: From :func:`near_pairs`.

    Returns:
        The group of each picture, (count,), numbered from 0 in the order of their first pictures.
    """
    parent = np.arange(count)

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = int(parent[i])
        return i

    for a, b in pairs:
        low, high = sorted((root(int(a)), root(int(b))))
        parent[high] = low
    roots = np.array([root(i) for i in range(count)], np.int64)
    return np.asarray(np.unique(roots, return_inverse=True)[1], np.int64)
