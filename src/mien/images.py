"""From a file, bytes or an array to an upright RGB picture."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias

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

PictureSource: TypeAlias = "str | Path | bytes | BinaryIO | Image.Image | NDArray[np.uint8]"
"""A path, the bytes of a file, an open file, a Pillow image, or an array."""

Colour: TypeAlias = Literal["rgb", "bgr"]
"""Order of an array's channels."""

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
    colour: Colour = "rgb",
) -> Picture:
    """Reads a picture and turns it upright.

    EXIF orientation is applied, transparency is laid over white, and grey, palette, CMYK and
    16-bit pictures become 8-bit RGB. Of an animation the first frame is taken. Formats are those
    of Pillow (JPEG, PNG, WebP, AVIF, BMP, GIF, TIFF, ...; HEIC where ``pillow-heif`` has been
    registered).

    Args:
        source: A path, the bytes of a file, an open binary file, a ``PIL.Image.Image``, or an
            array, uint8, of shape (height, width), (height, width, 3) or (height, width, 4).
        max_pixels: The greatest number of pixels allowed; it is checked before any is decoded.
        formats: Pillow's names of the formats that may be decoded, for example ``("JPEG",)``; None
            for all of them.
        colour: Order of the channels of an array: ``"rgb"``, or ``"bgr"`` as OpenCV's.

    Returns:
        The upright picture, RGB, uint8, height x width x 3.

    Raises:
        PictureNotFoundError: There is no such file.
        PictureFormatError: It is not a picture, it is damaged, or the array has the wrong form.
        PictureTooLargeError: It has more than ``max_pixels`` pixels.
        PictureError: The file cannot be read.

    Example:
        >>> from mien import read_picture
        >>> from mien.assets import ASTRONAUT
        >>> read_picture(ASTRONAUT).shape
        (512, 512, 3)
    """
    if isinstance(source, np.ndarray):
        return _from_array(source, max_pixels, colour)
    if isinstance(source, Image.Image):
        _check_size(source.width, source.height, max_pixels)
        return _upright(source)
    data = _bytes(source)
    if not data:
        raise PictureFormatError("the file is empty")
    return _decode(data, max_pixels, formats)


def _bytes(source: Any) -> bytes:
    """Reads a path, bytes or an open file."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    if isinstance(source, (str, Path)):
        return _read_file(Path(source))
    if callable(getattr(source, "read", None)):
        data = source.read()
        if isinstance(data, bytes):
            return data
        raise PictureError("the open file gives text; open it in binary mode, 'rb'")
    raise PictureError(
        f"a picture cannot be a {type(source).__name__}; give a path, the bytes of a file, an open"
        " file, a PIL image or a uint8 array"
    )


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise PictureNotFoundError("there is no such file") from None
    except IsADirectoryError:
        raise PictureError("it is a folder, not a picture") from None
    except OSError as error:
        raise PictureError(f"the file cannot be read: {error.strerror or error}") from None


def _from_array(array: NDArray[Any], max_pixels: int, colour: Colour) -> Picture:
    channels = array.shape[2] if array.ndim == 3 else 1
    if array.dtype != np.uint8 or array.ndim not in (2, 3) or channels not in (1, 3, 4):
        raise PictureFormatError(
            "an array must be uint8 of shape (height, width), (height, width, 3) or (height, width,"
            f" 4); this one is {array.dtype} of shape {array.shape}"
        )
    if array.size == 0:
        raise PictureFormatError(f"the array is empty: its shape is {array.shape}")
    _check_size(array.shape[1], array.shape[0], max_pixels)
    if channels == 1:
        return np.repeat(array.reshape(*array.shape[:2], 1), 3, axis=2)
    if colour == "bgr":
        array = array[:, :, [2, 1, 0, *range(3, channels)]]
    if channels == 4:
        return _upright(Image.fromarray(np.ascontiguousarray(array)))
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
        return _upright(image)
    except UnidentifiedImageError:
        raise PictureFormatError("it is not a picture in a known format") from None
    except Image.DecompressionBombError:
        raise PictureTooLargeError(
            "the picture has more pixels than are allowed to be decoded "
            f"(at most {max_pixels / 1e6:g} megapixels)"
        ) from None
    except _DAMAGE as error:
        raise PictureFormatError(f"the picture is damaged: {error}") from None


def _upright(image: Image.Image) -> Picture:
    return np.ascontiguousarray(_to_rgb(ImageOps.exif_transpose(image)))


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
