"""From a file, bytes or an array to an upright RGB picture."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from mien.errors import (
    PictureError,
    PictureFormatError,
    PictureNotFoundError,
    PictureTooLargeError,
)

Picture: TypeAlias = NDArray[np.uint8]
"""An upright picture: RGB, uint8, height x width x 3."""

PictureSource: TypeAlias = "str | Path | bytes | Picture"

MAX_PIXELS = 100_000_000
"""How many pixels a picture may have unless the caller says otherwise."""

PICTURE_SUFFIXES = frozenset(
    [
        ".jpg",
        ".jpeg",
        ".jfif",
        ".png",
        ".webp",
        ".avif",
        ".heic",
        ".heif",
        ".bmp",
        ".gif",
        ".tif",
        ".tiff",
        ".ppm",
        ".pgm",
        ".jp2",
    ]
)
"""File name endings that a folder is searched for."""

_DAMAGE = (EOFError, MemoryError, OSError, RuntimeError, SyntaxError, ValueError, struct.error)
"""What Pillow's decoders raise on damaged files."""


def read_picture(
    source: PictureSource,
    max_pixels: int = MAX_PIXELS,
    formats: tuple[str, ...] | None = None,
) -> Picture:
    """Reads a picture and turns it upright.

    EXIF orientation is applied, transparency is laid over white, and grey, palette, CMYK and
    16-bit pictures become 8-bit RGB. Of an animation the first frame is taken. Formats are those
    of Pillow (JPEG, PNG, WebP, AVIF, BMP, GIF, TIFF, ...; HEIC where ``pillow-heif`` has been
    registered).

    Args:
        source: A path, the bytes of a file, or an RGB array (uint8, height x width x 3).
        max_pixels: The greatest number of pixels allowed; it is checked before any is decoded.
        formats: Pillow's names of the formats that may be decoded, for example ``("JPEG",)``; None
            for all of them.

    Returns:
        The upright picture, RGB, uint8, height x width x 3.

    Raises:
        PictureNotFoundError: There is no such file.
        PictureFormatError: It is not a picture, it is damaged, or the array has the wrong form.
        PictureTooLargeError: It has more than ``max_pixels`` pixels.
        PictureError: The file cannot be read.
    """
    if isinstance(source, np.ndarray):
        return _checked_array(source, max_pixels)
    data = source if isinstance(source, bytes) else _read_file(Path(source))
    if not data:
        raise PictureFormatError("the file is empty")
    return _decode(data, max_pixels, formats)


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise PictureNotFoundError("there is no such file") from None
    except IsADirectoryError:
        raise PictureError("it is a folder, not a picture") from None
    except OSError as error:
        raise PictureError(f"the file cannot be read: {error.strerror or error}") from None


def _checked_array(array: NDArray[np.uint8], max_pixels: int) -> Picture:
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or array.size == 0:
        raise PictureFormatError(
            "an array must be RGB, uint8, height x width x 3; "
            f"this one is {array.dtype} of shape {array.shape}"
        )
    _check_size(array.shape[1], array.shape[0], max_pixels)
    return array


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise PictureTooLargeError(
            f"the picture has {width} x {height} pixels; "
            f"at most {max_pixels / 1e6:g} megapixels are allowed"
        )


def _decode(data: bytes, max_pixels: int, formats: tuple[str, ...] | None) -> Picture:
    try:
        with warnings.catch_warnings():
            # Pillow's own, lower limit would warn here; ours is checked just below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=formats)
        _check_size(image.width, image.height, max_pixels)
        image.load()
        return np.ascontiguousarray(_to_rgb(ImageOps.exif_transpose(image)))
    except UnidentifiedImageError:
        raise PictureFormatError("it is not a picture in a known format") from None
    except Image.DecompressionBombError:
        raise PictureTooLargeError(
            "the picture has more pixels than are allowed to be decoded "
            f"(at most {max_pixels / 1e6:g} megapixels)"
        ) from None
    except _DAMAGE as error:
        raise PictureFormatError(f"the picture is damaged: {error}") from None


def _to_rgb(image: Image.Image) -> Picture:
    if image.mode.startswith("I"):  # 16 bits of grey, in a 16- or 32-bit container
        grey = np.asarray(image).astype(np.int64)
        eight_bit = np.clip(grey >> 8, 0, 255).astype(np.uint8)
        return np.repeat(eight_bit[:, :, None], 3, axis=2)
    if image.mode == "F":
        raise ValueError("floating-point pixels are not supported")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
        return np.asarray(Image.alpha_composite(white, rgba).convert("RGB"))
    return np.asarray(image.convert("RGB"))
