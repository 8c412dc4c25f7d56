"""Geometry of boxes, given by their corners (left, top, right, bottom)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mien.results import Box

Corners = NDArray[np.floating[Any]]


def corners(boxes: Sequence[Box]) -> NDArray[np.float64]:
    """Returns the corners of n boxes, (n, 4)."""
    return np.array([box.xyxy for box in boxes], np.float64).reshape(-1, 4)


def overlaps(a: Corners, b: Corners) -> Corners:
    """Returns the intersection over union of each of m boxes with each of n, (m, n).

    Args:
        a: (m, 4).
        b: (n, 4).
    """
    shared = _shared(a, b)
    area_a = (a[:, 2:] - a[:, :2]).prod(axis=1)
    area_b = (b[:, 2:] - b[:, :2]).prod(axis=1)
    return np.asarray(shared / np.maximum(area_a[:, None] + area_b - shared, 1e-9), a.dtype)


def covered(a: Corners, b: Corners) -> Corners:
    """Returns which share of each of m boxes each of n covers, (m, n).

    Args:
        a: (m, 4).
        b: (n, 4).
    """
    area = (a[:, 2:] - a[:, :2]).prod(axis=1)
    return np.asarray(_shared(a, b) / np.maximum(area[:, None], 1e-9), a.dtype)


def _shared(a: Corners, b: Corners) -> Corners:
    """Returns the area that each of m boxes shares with each of n, (m, n)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    return np.asarray((high - low).clip(0).prod(axis=2), a.dtype)


def suppress(boxes: Corners, order: Sequence[int] | NDArray[np.intp], most: float) -> list[int]:
    """Non-maximum suppression: returns the indexes of the boxes that are kept.

    Args:
        boxes: (n, 4).
        order: Indexes of all boxes, the best first.
        most: Maximum intersection over union of two boxes that are kept.
    """
    left = np.asarray(order, np.intp)
    kept = []
    while left.size:
        best, rest = int(left[0]), left[1:]
        kept.append(best)
        left = rest[overlaps(boxes[best : best + 1], boxes[rest])[0] <= most]
    return kept
