"""Colour pictures of 16 bits, of which Pillow keeps the upper 8."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from PIL import Image

from mien.images.tones import integer_levels

_DARK = 63  # upper 8 bits up to which the picture probably has 14 bits or fewer


def has_deep_colour(image: Image.Image) -> bool:
    """Returns whether an opened picture has 16 bits in each of several channels."""
    return image.mode.startswith(("L", "RGB")) and any(
        ";16" in str(tile) for tile in getattr(image, "tile", ())
    )


def keep_lower_bits(image: Image.Image, data: bytes) -> Image.Image:
    """Returns a picture of deep colour with the 8 bits that hold it.

    Cameras write 10 or 12 bits into 16 without scaling them; their upper 8 bits are black.

    Args:
        image: Decoded picture of deep colour.
        data: Bytes of its file, a PNG or a TIFF.
    """
    bands = [image.getchannel(band) for band in image.getbands() if band != "A"]
    if max(np.max(band.getextrema()) for band in bands) > _DARK:
        return image
    pixels: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16 or pixels.shape[2] not in (3, 4):
        return image
    colours = pixels[:, :, 2::-1]
    eight = integer_levels(0, int(colours.max()), 16)(colours)
    if pixels.shape[2] == 4:
        eight = np.dstack([eight, (pixels[:, :, 3] >> 8).astype(np.uint8)])
    deep = Image.fromarray(np.ascontiguousarray(eight))
    deep.info = image.info
    return deep
