"""How well a face can be seen."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mien.faces.align import UTKFACE_TEMPLATE, Chip
from mien.faces.warp import similarity
from mien.results import Box, Quality

_HALF_SHARP = 0.02  # ratio of fine to coarse contrast that counts as half sharp
_NOSE_REACH = 0.22  # how far, in chip sides, the nose tip moves between frontal and profile


def measure_quality(
    chip: Chip, box: Box, landmarks: Sequence[tuple[float, float]] | None
) -> Quality:
    """Measures the view of a face.

    Args:
        chip: The aligned face.
        box: Where it was, in pixels of the picture.
        landmarks: Its landmarks there; None where no face was found.
    """
    return Quality(
        size=min(box.width, box.height),
        sharpness=sharpness(chip),
        frontality=None if landmarks is None else frontality(landmarks),
    )


def sharpness(chip: Chip) -> float:
    """Measures fine detail, from 0 (none) to 1.

    The energy of the Laplacian relative to that of the picture itself, so that neither exposure nor
    contrast matters; an enlarged or blurred face has little.
    """
    grey = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY).astype(np.float32)
    size = grey.shape[0]
    middle = grey[size // 8 : -size // 8, size // 8 : -size // 8]
    fine = float(cv2.Laplacian(middle, cv2.CV_32F).var())
    ratio = fine / (float(middle.var()) + 1.0)
    return ratio / (ratio + _HALF_SHARP)


def frontality(landmarks: Sequence[tuple[float, float]]) -> float:
    """Measures how far a face looks into the camera, from 0 (profile) to 1.

    In a face turned aside or up or down, the nose tip, which stands out, leaves its place between
    eyes and mouth.
    """
    points = np.asarray(landmarks, np.float64)
    template = UTKFACE_TEMPLATE.landmarks(1)
    matrix = similarity(points[[0, 1, 3, 4]], template[[0, 1, 3, 4]])
    nose = matrix[:, :2] @ points[2] + matrix[:, 2]
    return float(max(0.0, 1 - np.hypot(*(nose - template[2])) / _NOSE_REACH))
