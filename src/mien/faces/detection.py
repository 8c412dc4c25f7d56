"""The protocol of face detectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from mien.images import Picture
from mien.results import Detection

MIN_SCORE = 0.8
"""Detections less certain than this are dropped unless the caller says otherwise."""

MIN_SCORE_CROPPED = 0.3
"""The same for pictures that are known to show a face."""


@runtime_checkable
class Detector(Protocol):
    """Detects faces; many threads may use it at once.

    Any class with these two methods is one.

    Example:
        >>> from mien import Analyzer
        >>> from mien.faces import YuNet
        >>> isinstance(YuNet(), Detector)
        True
        >>> len(Analyzer(detector=YuNet()).detect("photo.jpg"))
        1
    """

    def detect(
        self, picture: Picture, min_score: float = MIN_SCORE, longest_side: int | None = None
    ) -> list[Detection]:
        """Detects the faces of a picture.

        Args:
            picture: RGB, uint8, height x width x 3.
            min_score: Detections less certain than this are dropped, 0..1.
            longest_side: For video: the longer side in pixels at which the picture is searched at
                most, once and without refining landmarks. None searches as well as can be.

        Returns:
            The faces, the largest first.
        """

    def detect_near(
        self, picture: Picture, detections: Sequence[Detection]
    ) -> list[Detection | None]:
        """Detects faces again near where they are expected, with refined landmarks.

        Args:
            picture: RGB, uint8, height x width x 3.
            detections: Faces of which the boxes count, and the landmarks only for how far they are
                rotated. Without landmarks, a face may be at any angle.

        Returns:
            Each face as it is now, or None if it is not there.
        """
