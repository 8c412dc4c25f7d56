"""Occlusion of training chips: glasses, sunglasses, a mask, or a rectangle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mien.datasets.occlusion import draw_glasses, draw_mask
from mien.faces.align import Chip
from mien.training.entries import Augmentation


def occlude(
    chip: Chip,
    landmarks: NDArray[np.float64],
    strength: Augmentation,
    random: np.random.Generator,
) -> Chip:
    """Hides parts of a face at random.

    Args:
        chip: RGB, uint8, size x size x 3.
        landmarks: Landmarks in pixels of the chip, (5, 2).
        strength: Probability of each occlusion.
        random: Random number generator.

    Returns:
        A chip of the same shape and dtype.
    """
    if random.random() < strength.glasses:
        chip = draw_glasses(chip, landmarks, random, dark=random.random() < 0.4)
    if random.random() < strength.mask:
        chip = draw_mask(chip, landmarks, random)
    if random.random() < strength.erase:
        chip = _erase(chip, random)
    return chip


def _erase(chip: Chip, random: np.random.Generator) -> Chip:
    """Fills a random rectangle with one colour or with noise."""
    size = chip.shape[0]
    height, width = (int(size * side) for side in random.uniform(0.1, 0.45, 2))
    top = int(random.integers(0, size - height + 1))
    left = int(random.integers(0, size - width + 1))
    chip = chip.copy()
    if random.random() < 0.5:
        fill = random.integers(0, 256, (1, 1, 3))
    else:
        fill = random.integers(0, 256, (height, width, 3))
    chip[top : top + height, left : left + width] = fill
    return chip
