"""The bytes of picture files, as tests make them."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import tifffile
from PIL import Image

HEIC = Path(__file__).parent / "images" / "face.heic"
"""The astronaut's face, 96 x 96, as a phone stores it."""


def encoded(image: Image.Image | np.ndarray, form: str, **options: object) -> bytes:
    """Returns a file of Pillow's."""
    buffer = io.BytesIO()
    picture = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def tiff(pixels: np.ndarray, **options: object) -> bytes:
    """Returns a TIFF of any kind of pixels."""
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, **options)
    return buffer.getvalue()


def png_of_16_bits(pixels: np.ndarray) -> bytes:
    """Returns a PNG of 16 bits in each of 1 to 4 channels, which Pillow does not write."""
    height, width = pixels.shape[:2]
    channels = pixels.reshape(height, width, -1).shape[2]
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


def jpeg_2000(pixels: np.ndarray, share: int = 1000) -> bytes:
    """Returns a JPEG 2000 of 16 bits, which Pillow does not write in colour.

    Args:
        pixels: Grey or RGB, uint16.
        share: Thousandths of the pixels' bytes that the file may have.
    """
    flags = [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, share]
    written, data = cv2.imencode(".jp2", pixels[..., ::-1] if pixels.ndim == 3 else pixels, flags)
    assert written
    return bytes(data)


def bitmap_with_alpha(pixels: np.ndarray, alpha: int) -> bytes:
    """Returns a BMP with a V5 header, whose fourth byte is said to be alpha."""
    height, width = pixels.shape[:2]
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    header = struct.pack("<IiiHHIIiiII", 124, width, height, 1, 32, 3, 0, 2835, 2835, 0, 0) + masks
    header += b"BGRs" + bytes(124 - len(header) - 4)
    rows = np.dstack([pixels[::-1, :, ::-1], np.full((height, width), alpha, np.uint8)])
    start = 14 + len(header)
    return struct.pack("<2sIII", b"BM", start + rows.size, 0, start) + header + rows.tobytes()
