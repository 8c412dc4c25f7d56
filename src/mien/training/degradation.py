"""What spoils a picture of a face: too little light, poor focus, motion, few pixels, noise, JPEG.

Strengths are told relative to the face, as users meet them: the severest blur is a tenth of the
face's width, the smallest face 12 pixels. Mild degradations are more frequent than severe ones.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.faces.align import Chip
from mien.training.recipe import Augmentation

SEVEREST_BLUR = 0.1
"""Deviation of the blur, as a fraction of the face's width."""

SMALLEST_FACE = 12
"""Width in pixels."""

_SHARP_FACE = 80  # pixels; a wider face loses hardly anything that chips show


def degrade(
    chip: Chip, face_width: float, strength: Augmentation, random: np.random.Generator
) -> Chip:
    """Degrades a chip, in the order in which a camera does.

    Args:
        chip: RGB, uint8, size x size x 3.
        face_width: Width of the face in the chip in pixels.
        strength: How often each kind occurs.
        random: Where chance comes from.
    """
    if random.random() < strength.dark:
        chip = relight(chip, gain=random.uniform(0.15, 0.6), gamma=random.uniform(0.9, 1.4))
    elif random.random() < strength.bright:
        chip = relight(chip, gain=random.uniform(1.3, 2.8), gamma=1.0)
    if random.random() < strength.blur:
        severity = random.random() ** 2
        chip = defocus(chip, max(0.4, severity * SEVEREST_BLUR * face_width))
    if random.random() < strength.motion:
        length = face_width * random.uniform(0.02, 0.2)
        chip = move_camera(chip, length, random.uniform(0, 180))
    if random.random() < strength.low_resolution:
        width = SMALLEST_FACE * (_SHARP_FACE / SMALLEST_FACE) ** random.random()
        methods = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_AREA)
        chip = shrink(chip, width / face_width, methods[random.integers(3)])
    if random.random() < strength.noise:
        chip = add_noise(chip, 40 * random.random() ** 2, random)
    if random.random() < strength.jpeg:
        chip = compress(chip, int(random.integers(8, 90)))
    return chip


def relight(chip: Chip, gain: float, gamma: float) -> Chip:
    """Darkens or over-exposes a chip; what is too bright is white."""
    levels = np.arange(256, dtype=np.float32) / 255
    table = (255 * gain * levels**gamma).clip(0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(chip, table), np.uint8)


def defocus(chip: Chip, deviation: float) -> Chip:
    """Blurs a chip by a normal kernel of a deviation in pixels."""
    return np.asarray(cv2.GaussianBlur(chip, (0, 0), deviation), np.uint8)


def move_camera(chip: Chip, length: float, angle: float) -> Chip:
    """Smears a chip along a line of a length in pixels at an angle in degrees."""
    side = max(3, int(length) | 1)
    line = np.zeros((side, side), np.float32)
    line[side // 2] = 1
    centre = (side - 1) / 2
    turn = cv2.getRotationMatrix2D((centre, centre), angle, 1)
    kernel = cv2.warpAffine(line, turn, (side, side), flags=cv2.INTER_LINEAR)
    return np.asarray(cv2.filter2D(chip, -1, kernel / kernel.sum()), np.uint8)


def shrink(chip: Chip, scale: float, enlarging: int) -> Chip:
    """Shows a chip as if its face had had fewer pixels.

    Args:
        chip: RGB, uint8, size x size x 3.
        scale: Of the few pixels to those of the chip; nothing happens from 1 on.
        enlarging: OpenCV's interpolation by which the chip gets its size back.
    """
    size = chip.shape[0]
    smaller = round(size * scale)
    if smaller >= size:
        return chip
    small = cv2.resize(chip, (smaller, smaller), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (size, size), interpolation=enlarging), np.uint8)


def add_noise(chip: Chip, deviation: float, random: np.random.Generator) -> Chip:
    """Adds normal noise, of all channels alike or each its own, as sensors do."""
    channels = 1 if random.random() < 0.5 else 3
    noise = random.standard_normal((*chip.shape[:2], channels), np.float32) * deviation
    return np.asarray((chip + noise).clip(0, 255), np.uint8)


def compress(chip: Chip, quality: int) -> Chip:
    """Compresses a chip as JPEG, at a quality of 1..100."""
    _, data = cv2.imencode(".jpg", chip, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
