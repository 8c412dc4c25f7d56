"""A detector that fails."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mien import Detection
from mien.faces import YuNet
from mien.images import Picture

FAULTY = np.zeros((50, 77, 3), np.uint8)
"""A picture that it fails on."""


class Faulty:
    """mien's own detector, but for pictures as wide as one.

    Args:
        error: What it raises.
    """

    def __init__(self, error: Exception) -> None:
        self._detector = YuNet(threads=1)
        self._error = error

    def detect(
        self, picture: Picture, min_score: float = 0.8, longest_side: int | None = None
    ) -> list[Detection]:
        if picture.shape == FAULTY.shape:
            raise self._error
        return self._detector.detect(picture, min_score, longest_side)

    def detect_near(
        self, picture: Picture, detections: Sequence[Detection]
    ) -> list[Detection | None]:
        return self._detector.detect_near(picture, detections)
