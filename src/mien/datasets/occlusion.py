"""Drawn occlusions: glasses, sunglasses, a mask.

They are drawn at the landmarks. A rough drawing is enough for a network to cope with real ones.
Training draws them at random. The ladder (:mod:`mien.datasets.ladder`) has a step for each.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.images import Picture


def draw_glasses(
    picture: Picture, landmarks: NDArray[np.float64], random: np.random.Generator, dark: bool
) -> Picture:
    """Draws glasses.

    Args:
        picture: RGB, uint8, height x width x 3.
        landmarks: Landmarks in pixels, (5, 2), see :attr:`mien.results.Detection.landmarks`.
        random: Random number generator, which draws shape and colours.
        dark: Whether the lenses are dark.
    """
    right, left = landmarks[0], landmarks[1]
    across = left - right
    distance = float(np.hypot(*across))
    angle = float(np.degrees(np.arctan2(across[1], across[0])))
    axes = distance * np.array([random.uniform(0.33, 0.46), random.uniform(0.22, 0.4)])
    frame = _colour(random, 0, 120)
    thickness = max(1, round(distance * random.uniform(0.02, 0.09)))
    drawn = np.ascontiguousarray(picture).copy()
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


def draw_mask(
    picture: Picture,
    landmarks: NDArray[np.float64],
    random: np.random.Generator,
    colour: tuple[int, int, int] | None = None,
) -> Picture:
    """Draws a mask over mouth and chin, often over the nose.

    Args:
        picture: RGB, uint8, height x width x 3.
        landmarks: As of :func:`draw_glasses`.
        random: Random number generator, which draws the shape.
        colour: Red, green and blue, 0..255; drawn at random if not given.
    """
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
    drawn = np.ascontiguousarray(picture).copy()
    filled = _colour(random, 0, 256) if colour is None else colour
    cv2.fillPoly(drawn, [outline.round().astype(np.int32)], filled, cv2.LINE_AA)
    return drawn


def _colour(random: np.random.Generator, low: int, high: int) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in random.integers(low, high, 3))
    return red, green, blue


def _point(position: NDArray[np.float64]) -> tuple[int, int]:
    return round(float(position[0])), round(float(position[1]))
