"""What hides a part of a face: glasses, sunglasses, a mask, anything else in front of it.

They are drawn by the landmarks, not exactly where they would be: a network that has seen them
roughly is not surprised by real ones.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.faces.align import Chip
from mien.training.entries import Augmentation


def occlude(
    chip: Chip,
    landmarks: NDArray[np.float64],
    strength: Augmentation,
    random: np.random.Generator,
) -> Chip:
    """Hides parts of a face.

    Args:
        chip: RGB, uint8, size x size x 3.
        landmarks: Where they lie in the chip, (5, 2).
        strength: How often each kind occurs.
        random: Where chance comes from.
    """
    if random.random() < strength.glasses:
        chip = draw_glasses(chip, landmarks, random, dark=random.random() < 0.4)
    if random.random() < strength.mask:
        chip = draw_mask(chip, landmarks, random)
    if random.random() < strength.erase:
        chip = _erase(chip, random)
    return chip


def draw_glasses(
    chip: Chip, landmarks: NDArray[np.float64], random: np.random.Generator, dark: bool
) -> Chip:
    """Draws glasses, with clear lenses or dark ones."""
    right, left = landmarks[0], landmarks[1]
    across = left - right
    distance = float(np.hypot(*across))
    angle = float(np.degrees(np.arctan2(across[1], across[0])))
    axes = distance * np.array([random.uniform(0.33, 0.46), random.uniform(0.22, 0.4)])
    frame = _colour(random, 0, 120)
    thickness = max(1, round(distance * random.uniform(0.02, 0.09)))
    drawn = np.ascontiguousarray(chip).copy()
    for eye in (right, left):
        lens = (_point(eye), (round(axes[0]), round(axes[1])), angle, 0, 360)
        if dark:
            tinted = drawn.copy()
            cv2.ellipse(tinted, *lens, _colour(random, 0, 60), -1, cv2.LINE_AA)
            share = random.uniform(0.7, 1.0)
            drawn = np.asarray(cv2.addWeighted(tinted, share, drawn, 1 - share, 0), np.uint8)
        cv2.ellipse(drawn, *lens, frame, thickness, cv2.LINE_AA)
    direction = across / distance
    for start, end in (
        (right + direction * axes[0], left - direction * axes[0]),
        (right - direction * axes[0], right - direction * distance),
        (left + direction * axes[0], left + direction * distance),
    ):
        cv2.line(drawn, _point(start), _point(end), frame, thickness, cv2.LINE_AA)
    return drawn


def draw_mask(chip: Chip, landmarks: NDArray[np.float64], random: np.random.Generator) -> Chip:
    """Draws a mask over mouth and chin, and mostly over the nose."""
    right, left, nose, mouth_right, mouth_left = landmarks
    across = (left - right) / 2
    mouth = (mouth_right + mouth_left) / 2
    down = mouth - (right + left) / 2
    top = nose - down * random.uniform(-0.25, 0.35)
    outline = np.array(
        [
            top,
            top + across * random.uniform(1.3, 2.0),
            mouth + across * random.uniform(1.3, 1.8) + down * 0.1,
            mouth + across * random.uniform(0.5, 0.9) + down * random.uniform(0.6, 1.0),
            mouth - across * random.uniform(0.5, 0.9) + down * random.uniform(0.6, 1.0),
            mouth - across * random.uniform(1.3, 1.8) + down * 0.1,
            top - across * random.uniform(1.3, 2.0),
        ]
    )
    drawn = np.ascontiguousarray(chip).copy()
    cv2.fillPoly(drawn, [outline.round().astype(np.int32)], _colour(random, 0, 256), cv2.LINE_AA)
    return drawn


def _erase(chip: Chip, random: np.random.Generator) -> Chip:
    """Hides a rectangle, by one colour or by noise."""
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


def _colour(random: np.random.Generator, low: int, high: int) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in random.integers(low, high, 3))
    return red, green, blue


def _point(position: NDArray[np.float64]) -> tuple[int, int]:
    return round(float(position[0])), round(float(position[1]))
