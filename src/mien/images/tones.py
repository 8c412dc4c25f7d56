"""Grey pixels of more than 8 bits, and floating-point ones, as 8-bit grey."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mien.images.tiff import find_pixels

Tones = Callable[[Image.Image], Image.Image]
"""Turns grey pixels of any range into an image of the mode ``L``."""

_WHITES = (1.0, 255.0, 65535.0)  # what floating-point pixels usually call white
_OVERSHOOT = 2.0  # how far beyond white the brightest pixel may be
_PIXELS_A_FAULT = 5000  # so many pixels may have one at each end: a hot, dead or marked pixel
_RINGING = 8  # of the brightest pixel a part that a lossy compression may have added


def find_tones(image: Image.Image, strips: Callable[[], Iterable[Image.Image]]) -> Tones | None:
    """Finds out how the pixels of a picture become 8-bit grey; None if they are 8-bit already.

    The container does not tell the range: cameras write 10 or 12 bits into 16 without scaling them.
    Integers have the bits that the brightest pixel needs, an even number. Floating-point pixels
    range to 1, 255 or 65535, or else from the darkest to the brightest.

    Args:
        image: Any picture.
        strips: Returns the picture in parts.
    """
    if not (image.mode.startswith("I") or image.mode == "F"):
        return None
    kind = find_pixels(image)
    unsigned = kind is not None and kind.bits == 32 and not kind.signed

    def values(strip: Image.Image) -> NDArray[Any]:
        array = np.asarray(strip)
        return array.view(np.uint32) if unsigned and array.dtype == np.int32 else array

    extremes = [_extremes(values(strip)) for strip in strips()]
    low, high = min(low for low, _ in extremes), max(high for _, high in extremes)
    if image.mode == "F":
        scale = _float_levels(low, high)
    else:
        most = kind.bits - kind.signed if kind is not None else 32
        scale = integer_levels(int(low), without_ringing(image, int(high)), most)

    def tones(strip: Image.Image) -> Image.Image:
        grey = scale(values(strip))
        return Image.fromarray(255 - grey if kind is not None and kind.white_is_zero else grey)

    return tones


def _extremes(values: NDArray[Any]) -> tuple[float, float]:
    """Returns the darkest and the brightest level, apart from a few pixels that may be faults."""
    finite = (values[np.isfinite(values)] if values.dtype.kind == "f" else values).ravel()
    if not finite.size:
        return 0.0, 0.0
    faults = min(-(-finite.size // _PIXELS_A_FAULT), (finite.size - 1) // 2)
    last = finite.size - 1 - faults
    ordered = np.partition(finite, (faults, last))
    return float(ordered[faults]), float(ordered[last])


def without_ringing(image: Image.Image, high: int) -> int:
    """Returns the brightest level that an image of 16 bits had before its lossy compression.

    Args:
        image: The image.
        high: Its brightest level, at least 0.
    """
    return high - high // _RINGING if image.format == "JPEG2000" else high


def integer_levels(low: int, high: int, most: int) -> Callable[[NDArray[Any]], NDArray[np.uint8]]:
    """Returns what scales integers to 8 bits; greater ones than the scale has are white.

    Args:
        low: The least of the integers.
        high: The greatest of the integers that the scale must have.
        most: Bits that the integers have at most if none is negative.
    """
    black = min(0, low)
    bits = (high - black).bit_length()
    even = bits + bits % 2
    shift = max(8, even if black else min(even, most)) - 8

    def scaled(values: NDArray[Any]) -> NDArray[np.uint8]:
        levels: NDArray[np.int64] = (values.astype(np.int64) - black) >> shift
        return levels.clip(max=255).astype(np.uint8)

    return scaled


def _float_levels(low: float, high: float) -> Callable[[NDArray[Any]], NDArray[np.uint8]]:
    whites = [white for white in _WHITES if low >= 0 and high <= _OVERSHOOT * white]
    black, white = (0.0, whites[0]) if whites else (low, high)
    scale = 255 / max(white - black, 1e-30)

    def grey(values: NDArray[Any]) -> NDArray[np.uint8]:
        numbers = np.nan_to_num(values.astype(np.float64), nan=black, posinf=white, neginf=black)
        return ((numbers - black) * scale).round().clip(0, 255).astype(np.uint8)

    return grey
