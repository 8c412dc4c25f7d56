"""Near-duplicates: the same photograph twice, found by a difference hash of aligned chips.

The hash is that of the chip, not of the picture. It is therefore similar for another crop of the
same photograph, which another data set may have.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.datasets.chips.cache import ChipCache, common_template
from mien.faces.align import UTKFACE_TEMPLATE

MAX_DISTANCE = 22
"""Maximum number of bits, of 256, in which the hashes of near-duplicates differ."""

_SIDE = 16
_BLOCK = 4096


def difference_hashes(chips: NDArray[np.uint8], share: float = 1.0) -> NDArray[np.bool_]:
    """Hashes chips. A bit says whether the brightness rises between two cells of a 16 x 17 grid.

    Args:
        chips: RGB, uint8, (n, size, size, 3).
        share: Share of the side that is hashed, around the centre, 0..1.

    Returns:
        Hashes, bool, (n, 256).
    """
    margin = round(chips.shape[1] * (1 - share) / 2)
    inside = slice(margin, chips.shape[1] - margin)
    hashes = np.empty((len(chips), _SIDE * _SIDE), np.bool_)
    for i, chip in enumerate(chips):
        grey = cv2.cvtColor(np.ascontiguousarray(chip[inside, inside]), cv2.COLOR_RGB2GRAY)
        cells = cv2.resize(grey, (_SIDE + 1, _SIDE), interpolation=cv2.INTER_AREA).astype(int)
        hashes[i] = (cells[:, 1:] > cells[:, :-1]).ravel()
    return hashes


def cache_pairs(caches: Sequence[ChipCache]) -> NDArray[np.int64]:
    """Finds the near-duplicates within and across chip caches.

    Args:
        caches: Caches of one template, at least one.

    Returns:
        Pairs of indexes, the smaller one first, int64, (pairs, 2). The chips of the caches are
        numbered one cache after the other. Pictures that could not be read are left out.

    Raises:
        DataError: The chips were cut by several templates.
    """
    # A wide chip of a tight crop is grey around the face, which makes different people alike.
    share = min(1.0, UTKFACE_TEMPLATE.crop_scale / common_template(caches).crop_scale)
    hashes = np.concatenate([difference_hashes(cache.chips, share) for cache in caches])
    readable = np.flatnonzero([not row.error for cache in caches for row in cache.rows])
    return readable[near_pairs(hashes[readable])]


def near_pairs(hashes: NDArray[np.bool_], max_distance: int = MAX_DISTANCE) -> NDArray[np.int64]:
    """Finds all pairs of hashes that differ in at most ``max_distance`` bits.

    Args:
        hashes: Hashes, bool, (n, bits).
        max_distance: Maximum number of bits that differ.

    Returns:
        Pairs of indexes, the smaller one first, int64, (pairs, 2).
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
    """Groups the pictures that pairs connect, directly or through other pictures.

    Args:
        count: Number of pictures.
        pairs: Pairs of indexes of pictures, (pairs, 2), see :func:`near_pairs`.

    Returns:
        The number of the group of each picture, int64, (count,). Groups are numbered from 0 in the
        order of their first pictures.
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
