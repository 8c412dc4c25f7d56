"""The bytes of picture files of every format."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image

from mien.images import read_picture

_MOST = 1_000_000  # pixels


def run(data: bytes) -> None:
    """Reads a picture."""
    picture = read_picture(data, _MOST)
    height, width, channels = picture.shape
    assert picture.dtype == np.uint8
    assert channels == 3
    assert 0 < height * width <= _MOST


def seeds() -> Iterator[bytes]:
    """Makes small pictures of all formats and kinds of pixels that Pillow writes."""
    pixels = (np.arange(24 * 16 * 4) * 7 % 256).astype(np.uint8).reshape(16, 24, 4)
    colour = Image.fromarray(pixels[:, :, :3])
    exif = Image.Exif()
    exif[274] = 6  # orientation
    for form in ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "JPEG2000", "PPM"):
        yield _encoded(colour, form)
    for form in ("JPEG", "PNG", "WEBP", "TIFF"):
        yield _encoded(colour, form, exif=exif)
    for form in ("PNG", "WEBP", "TIFF", "JPEG2000", "GIF", "AVIF"):
        yield _encoded(Image.fromarray(pixels), form)
    for mode, form in (
        *(("1", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("I;16", "PNG")),
        *(("L", "JPEG"), ("CMYK", "JPEG"), ("1", "BMP"), ("P", "BMP"), ("1", "PPM"), ("L", "PPM")),
        *(("1", "TIFF"), ("CMYK", "TIFF"), ("LAB", "TIFF"), ("I", "TIFF"), ("F", "TIFF")),
    ):
        yield _encoded(colour.convert("L" if mode == "I;16" else "RGB").convert(mode), form)
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits"):
        yield _encoded(colour, "TIFF", compression=compression)
    yield _encoded(colour, "JPEG", progressive=True, quality=50)
    yield _encoded(colour, "WEBP", lossless=True)
    yield _encoded(colour, "GIF", save_all=True, append_images=[colour.transpose(0)])


def _encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()
