"""The template of aligned faces, and the transform to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mien.faces.warp import Matrix, similarity

Chip: TypeAlias = NDArray[np.uint8]
"""An aligned face: RGB, uint8, size x size x 3."""


@dataclass(frozen=True, slots=True)
class ChipTemplate:
    """The positions of the five landmarks in a chip.

    Attributes:
        points: Five points (x, y) as fractions of the side, in the order of
            :attr:`mien.results.Detection.landmarks`, at ``crop_scale`` 1.
        crop_scale: Side of the crop relative to that of the points: less than 1 is closer.
    """

    points: tuple[tuple[float, float], ...] = (
        (0.305, 0.285),
        (0.695, 0.285),
        (0.500, 0.507),
        (0.328, 0.674),
        (0.672, 0.674),
    )
    crop_scale: float = 0.97

    def to_chip(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns points in the coordinates of ``points`` as fractions of the chip's side."""
        return (points - 0.5) / self.crop_scale + 0.5

    def landmarks(self, size: int) -> NDArray[np.float64]:
        """Returns the points in a chip of ``size`` pixels, float64 of shape (5, 2)."""
        return self.to_chip(np.array(self.points)) * size

    def to_dict(self) -> dict[str, Any]:
        """Returns what :meth:`from_dict` takes."""
        return {"points": [list(point) for point in self.points], "crop_scale": self.crop_scale}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ChipTemplate:
        """Makes a template from the model card's entry."""
        return cls(
            tuple((float(x), float(y)) for x, y in data["points"]), float(data["crop_scale"])
        )


UTKFACE_TEMPLATE = ChipTemplate()
"""The medians of the landmarks in UTKFace's own crops, made symmetric, seen a little closer.

A wider crop finds no pixels around crops as tight as these.
"""


def chip_matrix(
    landmarks: NDArray[np.float64], size: int, template: ChipTemplate = UTKFACE_TEMPLATE
) -> Matrix:
    """Returns the transform from a picture to the chip of the face with these landmarks.

    Args:
        landmarks: (5, 2), in pixels of the picture.
        size: Side of the chip in pixels.
        template: Where the landmarks shall lie.
    """
    return similarity(landmarks, template.landmarks(size))


def letterbox_matrix(width: float, height: float, size: int) -> Matrix:
    """Returns the transform that letterboxes a picture into a chip."""
    scale = size / max(width, height)
    return np.array(
        [
            [scale, 0.0, (size - scale * width) / 2],
            [0.0, scale, (size - scale * height) / 2],
        ]
    )
