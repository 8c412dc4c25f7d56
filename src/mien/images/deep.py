"""Colour pictures of 16 bits, of which Pillow keeps the upper 8."""

from __future__ import annotations

import re
from typing import Any

import cv2
import numpy as np
from PIL import Image

from mien.images.tones import integer_levels, without_ringing

_FEWER = 14  # bits that cameras write into 16 without scaling them, at most
_DARK = 2 ** (_FEWER - 8)  # the brightest of them in 8 bits, rounded up
_SIXTEEN = re.compile(r";16|'RGB', 65535")  # in Pillow's orders for its decoders
_START = b"\xff\x4f\xff\x51"  # of the pixels of JPEG 2000
_DEPTH = 42  # bytes from there to the depth of the first channel


def has_deep_colour(image: Image.Image, data: bytes) -> bool:
    """Returns whether an opened picture has more than 8 bits in each of several channels.

    Args:
        image: Opened picture.
        data: Bytes of its file.
    """
    if not image.mode.startswith(("L", "RGB")):
        return False
    if image.format == "JPEG2000":
        return 8 < _depth(data) <= 16
    return any(_SIXTEEN.search(str(tile)) for tile in getattr(image, "tile", ()))


def keep_lower_bits(image: Image.Image, data: bytes) -> Image.Image:
    """Returns a picture of deep colour with the 8 bits that hold it.

    Cameras write 10, 12 or 14 bits into 16 without scaling them; their upper 8 bits are dark. The
    alpha channel may have the same range, or all 16 bits.

    Args:
        image: Decoded picture of deep colour.
        data: Bytes of its file.
    """
    bands = [image.getchannel(band) for band in image.getbands() if band != "A"]
    depth = _depth(data) if image.format == "JPEG2000" else 0  # Pillow makes its white black
    if not depth and max(np.max(band.getextrema()) for band in bands) > _DARK:
        return image
    pixels: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16 or pixels.shape[2:] not in ((3,), (4,)):
        return image
    colours, alpha = pixels[:, :, 2::-1], pixels[:, :, 3:]
    brightest, opaque = (
        without_ringing(image, int(band.max(initial=0))) for band in (colours, alpha)
    )
    same_range = opaque < 2**_FEWER
    if 0 < depth < 16:
        levels = integer_levels(0, 2**depth - 1, depth)
    else:
        levels = integer_levels(0, max(brightest, opaque) if same_range else brightest, 16)
    eight = np.empty(pixels.shape, np.uint8)
    for row, stored in zip(eight, pixels, strict=True):  # copies of a large picture take memory
        row[:, :3] = levels(stored[:, 2::-1])
        row[:, 3:] = levels(stored[:, 3:]) if same_range else stored[:, 3:] >> 8
    deep = Image.fromarray(eight)
    deep.info = image.info
    return deep


def _depth(data: bytes) -> int:
    """Returns the bits of a JPEG 2000's first channel; those of signed ones are above 128."""
    start = data.find(_START)
    return int.from_bytes(data[start + _DEPTH : start + _DEPTH + 1]) + 1 if start >= 0 else 0
