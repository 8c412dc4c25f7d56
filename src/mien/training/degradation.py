"""Random degradation of training chips, by the functions of :mod:`mien.datasets.degradation`.

Strengths are relative to the width of the face: the strongest blur is a tenth of it. The smallest
face is 12 pixels wide. Weak degradations are more frequent than strong ones.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.datasets.degradation import add_noise, compress, defocus, relight, shrink, smear
from mien.faces.align import Chip
from mien.training.entries import Augmentation

SEVEREST_BLUR = 0.1
"""Standard deviation of the strongest blur, as a fraction of the face's width."""

SMALLEST_FACE = 12
"""Width of the smallest face in pixels."""

_SHARP_FACE = 80  # pixels; a face of this width loses hardly any detail in a chip
_ENLARGING = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_AREA)


def degrade(
    chip: Chip, face_width: float, strength: Augmentation, random: np.random.Generator
) -> Chip:
    """Degrades a chip in the order in which a camera would: light, blur, pixels, noise, JPEG.

    Args:
        chip: RGB, uint8, size x size x 3.
        face_width: Width of the face in the chip in pixels.
        strength: Probability of each degradation.
        random: Random number generator.

    Returns:
        A chip of the same shape and dtype.
    """
    if random.random() < strength.dark:
        chip = relight(chip, gain=random.uniform(0.15, 0.6), gamma=random.uniform(0.9, 1.4))
    elif random.random() < strength.bright:
        chip = relight(chip, gain=random.uniform(1.3, 2.8))
    if random.random() < strength.blur:
        severity = random.random() ** 2
        chip = defocus(chip, max(0.4, severity * SEVEREST_BLUR * face_width))
    if random.random() < strength.motion:
        length = face_width * random.uniform(0.02, 0.2)
        chip = smear(chip, length, random.uniform(0, 180))
    if random.random() < strength.low_resolution:
        width = SMALLEST_FACE * (_SHARP_FACE / SMALLEST_FACE) ** random.random()
        chip = _lose_pixels(chip, width / face_width, _ENLARGING[random.integers(3)])
    if random.random() < strength.noise:
        deviation = 40 * random.random() ** 2
        chip = add_noise(chip, deviation, random, coloured=random.random() >= 0.5)
    if random.random() < strength.jpeg:
        chip = compress(chip, int(random.integers(8, 90)))
    return chip


def _lose_pixels(chip: Chip, scale: float, enlarging: int) -> Chip:
    """Shrinks a chip and enlarges it again, so that it looks like a smaller face."""
    size = (chip.shape[1], chip.shape[0])
    return np.asarray(cv2.resize(shrink(chip, scale), size, interpolation=enlarging), np.uint8)
