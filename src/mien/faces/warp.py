"""Similarity transforms of pictures, low-pass filtered where they shrink."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.images import Picture

Matrix: TypeAlias = NDArray[np.float64]
"""A similarity transform, 2 x 3, of continuous coordinates (pixel i covers [i, i + 1])."""

OUTSIDE = 128
"""Grey level of what lies outside the picture."""


def similarity(source: NDArray[np.float64], target: NDArray[np.float64]) -> Matrix:
    """Fits the rotation, scale and shift that takes points to points, by least squares.

    Points are taken as complex numbers, of which a similarity is ``a * z + b``.

    Args:
        source: Points of shape (n, 2), n >= 2, not all equal.
        target: Points of shape (n, 2).

    Returns:
        The matrix that maps ``source`` closest to ``target``.
    """
    z = source[:, 0] + 1j * source[:, 1]
    w = target[:, 0] + 1j * target[:, 1]
    z_mean, w_mean = z.mean(), w.mean()
    spread = float((np.abs(z - z_mean) ** 2).sum())
    a = (np.conj(z - z_mean) * (w - w_mean)).sum() / max(spread, 1e-12)
    b = w_mean - a * z_mean
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


def warp(picture: Picture, matrix: Matrix, size: int) -> Picture:
    """Applies a similarity transform, low-pass filtered where it shrinks.

    Where the result is smaller than the picture, the picture is first shrunk by area averaging to
    the result's own scale. Otherwise aliasing would hide wrinkles.

    Args:
        picture: RGB, uint8, height x width x 3.
        matrix: From the picture to the result.
        size: Side of the result in pixels.

    Returns:
        RGB, uint8, size x size x 3; what lies outside the picture is grey, :data:`OUTSIDE`.
    """
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if scale < 1:
        picture, matrix = _shrink(picture, matrix, size, scale)
    # OpenCV counts from pixel centres.
    centred = matrix.copy()
    centred[:, 2] += matrix[:, :2] @ np.array([0.5, 0.5]) - 0.5
    warped = cv2.warpAffine(
        picture,
        centred,
        (size, size),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(OUTSIDE, OUTSIDE, OUTSIDE),
    )
    return np.asarray(warped, np.uint8)


def _shrink(picture: Picture, matrix: Matrix, size: int, scale: float) -> tuple[Picture, Matrix]:
    """Shrinks the part of a picture that the result shows to the result's scale."""
    height, width = picture.shape[:2]
    linear_inverse = np.linalg.inv(matrix[:, :2])
    corners = np.array([[0, 0], [size, 0], [0, size], [size, size]], np.float64)
    corners = (corners - matrix[:, 2]) @ linear_inverse.T
    margin = 4 / scale  # what the interpolation reaches for beyond the edge
    left, top = np.floor(corners.min(axis=0) - margin).astype(int).clip(0, (width - 1, height - 1))
    right, bottom = np.ceil(corners.max(axis=0) + margin).astype(int).clip(1, (width, height))
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    part = picture[top:bottom, left:right]
    new_width = max(1, round((right - left) * scale))
    new_height = max(1, round((bottom - top) * scale))
    small = cv2.resize(part, (new_width, new_height), interpolation=cv2.INTER_AREA)
    back = np.array([(right - left) / new_width, (bottom - top) / new_height])
    shrunk = np.empty_like(matrix)
    shrunk[:, :2] = matrix[:, :2] * back
    shrunk[:, 2] = matrix[:, :2] @ np.array([left, top]) + matrix[:, 2]
    return np.asarray(small, np.uint8), shrunk


def inside(matrix: Matrix, width: int, height: int, size: int) -> NDArray[np.bool_]:
    """Returns which pixels of a warped picture show the picture, bool of shape (size, size).

    Args:
        matrix: From the picture to the result.
        width: Width of the picture in pixels.
        height: Height of the picture in pixels.
        size: Side of the result in pixels.
    """
    centres = np.arange(size) + 0.5
    inverse = np.linalg.inv(matrix[:, :2])
    from_columns = np.outer(inverse[:, 0], centres - matrix[0, 2])
    from_rows = np.outer(inverse[:, 1], centres - matrix[1, 2])
    x, y = from_rows[:, :, None] + from_columns[:, None, :]
    # The half pixel at the edge is blended with what lies outside.
    edge = 0.5
    shown = (x >= edge) & (x <= width - edge) & (y >= edge) & (y <= height - edge)
    return np.asarray(shown, np.bool_)
