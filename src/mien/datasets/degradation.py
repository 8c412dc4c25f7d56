"""Degradations of a picture: light, focus, motion, resolution, noise and JPEG.

Training applies them at random. The ladder (:mod:`mien.datasets.ladder`) applies them in steps.
Every function returns RGB, uint8, height x width x 3.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.images import Picture


def relight(picture: Picture, gain: float, gamma: float = 1.0) -> Picture:
    """Darkens or overexposes a picture; values above 255 become 255.

    Args:
        picture: RGB, uint8, height x width x 3.
        gain: Factor of the light, above 0; less than 1 darkens.
        gamma: Exponent of the brightness, above 0; more than 1 darkens the dark parts more.
    """
    levels = np.arange(256, dtype=np.float32) / 255
    table = (255 * gain * levels**gamma).clip(0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(picture, table), np.uint8)


def defocus(picture: Picture, deviation: float) -> Picture:
    """Blurs a picture with a Gaussian kernel.

    Args:
        picture: RGB, uint8, height x width x 3.
        deviation: Standard deviation of the kernel in pixels, above 0.
    """
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), deviation), np.uint8)


def smear(picture: Picture, length: float, angle: float) -> Picture:
    """Blurs a picture along a line, as the motion of a camera does.

    Args:
        picture: RGB, uint8, height x width x 3.
        length: Length of the line in pixels.
        angle: Angle of the line in degrees.
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
        scale: Factor of the sides, above 0; a picture with a factor of 1 or more is not changed.
    """
    if scale >= 1:
        return picture
    height, width = picture.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def add_noise(
    picture: Picture, deviation: float, random: np.random.Generator, coloured: bool = True
) -> Picture:
    """Adds Gaussian noise, as the sensor of a camera does.

    Args:
        picture: RGB, uint8, height x width x 3.
        deviation: Standard deviation of the noise in grey levels, 0..255.
        random: Random number generator.
        coloured: Whether each channel has noise of its own.
    """
    shape = (*picture.shape[:2], 3 if coloured else 1)
    noise = random.standard_normal(shape, np.float32) * deviation
    return np.asarray((picture + noise).clip(0, 255), np.uint8)


def compress(picture: Picture, quality: int) -> Picture:
    """Compresses a picture as JPEG and decodes it again.

    Args:
        picture: RGB, uint8, height x width x 3.
        quality: Quality of the JPEG, 1..100.
    """
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
