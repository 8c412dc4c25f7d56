"""What spoils a picture of a face: too little light, poor focus, motion, few pixels, noise, JPEG.

Training draws from it at random; the ladder (:mod:`mien.datasets.ladder`) applies it in steps.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.images import Picture


def relight(picture: Picture, gain: float, gamma: float = 1.0) -> Picture:
    """Darkens or over-exposes a picture; what is too bright is white.

    Args:
        picture: RGB, uint8, height x width x 3.
        gain: Of the light; less than 1 darkens.
        gamma: More than 1 darkens the dark parts more.
    """
    levels = np.arange(256, dtype=np.float32) / 255
    table = (255 * gain * levels**gamma).clip(0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(picture, table), np.uint8)


def defocus(picture: Picture, deviation: float) -> Picture:
    """Blurs a picture by a normal kernel.

    Args:
        picture: RGB, uint8, height x width x 3.
        deviation: Of the kernel in pixels.
    """
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), deviation), np.uint8)


def smear(picture: Picture, length: float, angle: float) -> Picture:
    """Smears a picture along a line, as a moved camera does.

    Args:
        picture: RGB, uint8, height x width x 3.
        length: Of the line in pixels.
        angle: Of the line in degrees.
    """
    side = max(3, int(length) | 1)
    line = np.zeros((side, side), np.float32)
    line[side // 2] = 1
    centre = (side - 1) / 2
    turn = cv2.getRotationMatrix2D((centre, centre), angle, 1)
    kernel = cv2.warpAffine(line, turn, (side, side), flags=cv2.INTER_LINEAR)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


def shrink(picture: Picture, scale: float) -> Picture:
    """Makes a picture smaller.

    Args:
        picture: RGB, uint8, height x width x 3.
        scale: Of the sides; the picture stays as it is from 1 on.
    """
    if scale >= 1:
        return picture
    height, width = picture.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def add_noise(
    picture: Picture, deviation: float, random: np.random.Generator, coloured: bool = True
) -> Picture:
    """Adds normal noise, as sensors do.

    Args:
        picture: RGB, uint8, height x width x 3.
        deviation: Of the noise in grey levels.
        random: Where chance comes from.
        coloured: Whether each channel has noise of its own.
    """
    shape = (*picture.shape[:2], 3 if coloured else 1)
    noise = random.standard_normal(shape, np.float32) * deviation
    return np.asarray((picture + noise).clip(0, 255), np.uint8)


def compress(picture: Picture, quality: int) -> Picture:
    """Compresses a picture as JPEG.

    Args:
        picture: RGB, uint8, height x width x 3.
        quality: 1..100.
    """
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
