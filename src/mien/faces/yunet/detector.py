"""The detector: faces of any size, at any angle, in a picture of any size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mien.faces.detection import MIN_SCORE
from mien.faces.yunet.network import Network
from mien.faces.yunet.refinement import follow, refine
from mien.faces.yunet.rows import to_detection, to_row
from mien.faces.yunet.search import search, search_quickly
from mien.images import Picture
from mien.results import Detection


class YuNet:
    """Detects faces and their five landmarks.

    Args:
        threads: How many threads one run may use, at least 1; None leaves it to the runtime.
        device: One of :data:`mien.runtime.DEVICES`.

    Raises:
        DeviceError: The device cannot be used.
    """

    def __init__(self, threads: int | None = None, device: str = "auto") -> None:
        self._options = (threads, device)
        self._network = Network(threads, device)

    def __reduce__(self) -> tuple[type[YuNet], tuple[int | None, str]]:
        return type(self), self._options

    def detect(
        self, picture: Picture, min_score: float = MIN_SCORE, longest_side: int | None = None
    ) -> list[Detection]:
        """Detects the faces of a picture; see :meth:`mien.faces.detection.Detector.detect`."""
        if longest_side is None:
            rows = search(self._network, picture, min_score)
        else:
            rows = search_quickly(self._network, picture, min_score, longest_side)
        area = (rows[:, 2] - rows[:, 0]) * (rows[:, 3] - rows[:, 1])
        return [to_detection(row) for row in rows[np.argsort(-area, kind="stable")]]

    def detect_near(
        self, picture: Picture, detections: Sequence[Detection]
    ) -> list[Detection | None]:
        """Detects faces again; see :meth:`mien.faces.detection.Detector.detect_near`."""
        if not detections:
            return []
        rows = np.stack([to_row(detection) for detection in detections])
        rows[:, 14] = 0
        known = np.array([detection.landmarks is not None for detection in detections])
        near: list[Detection | None] = [None] * len(rows)
        for find, indices in (
            (follow, np.flatnonzero(known)),
            (refine, np.flatnonzero(~known)),
        ):
            found = find(self._network, picture, rows[indices])
            for index, row, score in zip(indices, found.rows, found.score, strict=True):
                near[index] = to_detection(row) if score else None
        return near
