"""Boxes and detections of faces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mien import schema


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the upright picture; it may reach outside the picture.

    Attributes:
        x: Left edge.
        y: Top edge.
        width: Extent to the right.
        height: Extent downwards.

    Example:
        >>> Box(10, 20, 30, 40).xyxy
        (10, 20, 40, 60)
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom edge."""
        return self.x, self.y, self.x + self.width, self.y + self.height

    @property
    def center(self) -> tuple[float, float]:
        """The center, (x, y)."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def area(self) -> float:
        """The area in square pixels."""
        return self.width * self.height

    def to_dict(self) -> schema.BoxJson:
        """Returns the JSON of the box, rounded to a hundredth of a pixel."""
        return {
            "x": round(self.x, 2),
            "y": round(self.y, 2),
            "width": round(self.width, 2),
            "height": round(self.height, 2),
        }

    def __repr__(self) -> str:
        return f"Box({self.x:.0f}, {self.y:.0f}, {self.width:.0f} x {self.height:.0f})"


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A detected face, without estimates.

    Attributes:
        box: Box around the face.
        landmarks: Landmarks in pixels of the picture, float64, (5, 2): left eye, right eye, tip of
            the nose, left and right corner of the mouth. Left is the left of the picture. None if
            only the box is known.
        score: Detection score, 0..1.

    Example:
        >>> Detection(Box(10, 20, 30, 40), score=0.9)
        Detection(Box(10, 20, 30 x 40), score 0.90)
    """

    box: Box
    landmarks: NDArray[np.float64] | None = None
    score: float = 1.0

    def to_dict(self) -> schema.DetectionJson:
        """Returns the JSON of the detection, rounded."""
        return {
            "box": self.box.to_dict(),
            "landmarks": points(self.landmarks),
            "score": round(self.score, 4),
        }

    def __repr__(self) -> str:
        return f"Detection({self.box}, score {self.score:.2f})"


def points(landmarks: NDArray[np.float64] | None) -> list[list[float]] | None:
    """Returns the JSON of landmarks, (5, 2), rounded to a hundredth of a pixel."""
    if landmarks is None:
        return None
    return [[round(float(x), 2), round(float(y), 2)] for x, y in landmarks]
