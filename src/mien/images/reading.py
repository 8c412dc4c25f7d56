"""From any source of a picture to its pixels, in two steps: its size, then the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mien.errors import (
    PictureError,
    PictureFormatError,
    PictureNotFoundError,
    PictureTooLargeError,
)
from mien.images.decoding import EncodedPicture, failure, upright
from mien.images.picture import MAX_PIXELS, Colour, Picture, PictureSource
from mien.images.pillow import opened_file
from mien.images.tiff import check_pixels


class OpenedPicture(NamedTuple):
    """A picture of which only the size is known yet.

    Attributes:
        width: Width in pixels, before the picture is turned upright.
        height: Height in pixels, before the picture is turned upright.
        decode: Returns the upright picture, RGB, uint8, height x width x 3; it raises as
            :func:`read_picture` does.
    """

    width: int
    height: int
    decode: Callable[[], Picture]


def read_picture(
    source: PictureSource, max_pixels: int = MAX_PIXELS, colour: Colour = "rgb"
) -> Picture:
    """Reads a picture and turns it upright.

    The formats are JPEG, PNG, WebP, AVIF, GIF, BMP, TIFF, JPEG 2000 and PPM, and HEIC with the
    extra ``heic``. The EXIF orientation is applied, transparency is laid over white, colours are
    converted from the picture's profile to sRGB, and grey, palette, CMYK, 16-bit, 32-bit and
    floating-point pictures become 8-bit RGB. Of an animation the first frame is taken.

    A PIL image that is only opened is read from its file, as the file itself would be. One that PIL
    has decoded has lost what PIL leaves out: of colours of 16 bits the lower 8.

    Args:
        source: A path, the bytes of a file, an open binary file, a ``PIL.Image.Image``, or an
            array, uint8, of shape (height, width), (height, width, 3) or (height, width, 4).
        max_pixels: Maximum number of pixels; it is checked before any is decoded.
        colour: Order of the channels of an array: ``"rgb"``, or ``"bgr"`` as OpenCV's.

    Returns:
        The upright picture, RGB, uint8, height x width x 3.

    Raises:
        PictureNotFoundError: There is no such file. As all errors of a file it names the file.
        PictureUnsupportedError: The format, or the kind of pixels, is not supported.
        PictureFormatError: The file is damaged, or the array has the wrong form.
        PictureTooLargeError: The picture has more than ``max_pixels`` pixels.
        PictureMemoryError: There is not enough memory for the picture.
        PictureError: The file cannot be read.

    Example:
        >>> from mien import read_picture
        >>> from mien.assets import ASTRONAUT
        >>> read_picture(ASTRONAUT).shape
        (512, 512, 3)
    """
    try:
        opened = open_picture(source, colour)
        check_size(opened, max_pixels)
        return opened.decode()
    except PictureError as error:
        name = source if isinstance(source, (str, Path)) else getattr(source, "name", None)
        if isinstance(name, (str, Path)):
            raise type(error)(f"'{name}': {error}") from None
        raise


def check_size(opened: OpenedPicture, max_pixels: int) -> None:
    """Refuses a picture that has too many pixels.

    Args:
        opened: The picture.
        max_pixels: Maximum number of pixels.

    Raises:
        PictureTooLargeError: It has more.
    """
    if opened.width * opened.height > max_pixels:
        raise PictureTooLargeError(
            f"the picture has {opened.width} x {opened.height} pixels; at most"
            f" {max_pixels / 1e6:g} megapixels are allowed: raise max_pixels (--max-megapixels)"
        )


def open_picture(source: PictureSource, colour: Colour = "rgb") -> OpenedPicture:
    """Reads the size of a picture, of any size.

    Args:
        source: Source of the picture, see :func:`read_picture`.
        colour: Order of the channels of an array.

    Raises:
        PictureError: As :func:`read_picture`.
    """
    if isinstance(source, np.ndarray):
        _check_array(source)
        height, width = source.shape[:2]
        return OpenedPicture(width, height, lambda: _from_array(source, colour))
    if isinstance(source, Image.Image):
        data = opened_file(source)
        if data is None:
            return OpenedPicture(*source.size, lambda: _from_pillow(source))
    else:
        data = _bytes(source)
    if not data:
        raise PictureFormatError("the file is empty")
    encoded = EncodedPicture(data)
    return OpenedPicture(encoded.width, encoded.height, encoded.decode)


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
    except MemoryError as error:
        raise failure(error) from None
    except (OSError, ValueError) as error:  # a path with a null character is a ValueError
        raise PictureError(f"the file cannot be read: {_reason(error)}") from None


def _reason(error: Exception) -> object:
    return getattr(error, "strerror", None) or error


def _check_array(array: NDArray[Any]) -> None:
    channels = array.shape[2] if array.ndim == 3 else 1
    if array.dtype != np.uint8 or array.ndim not in (2, 3) or channels not in (1, 3, 4):
        raise PictureFormatError(
            "an array must be uint8 of shape (height, width), (height, width, 3) or (height, width,"
            f" 4); this one is {array.dtype} of shape {array.shape}"
        )
    if array.size == 0:
        raise PictureFormatError(f"the array is empty: its shape is {array.shape}")


def _from_array(array: NDArray[np.uint8], colour: Colour) -> Picture:
    channels = array.shape[2] if array.ndim == 3 else 1
    if channels == 1:
        return np.repeat(array.reshape(*array.shape[:2], 1), 3, axis=2)
    if colour == "bgr":
        array = array[:, :, [2, 1, 0, *range(3, channels)]]
    if channels == 4:
        return _from_pillow(Image.fromarray(np.ascontiguousarray(array)))
    return array


def _from_pillow(image: Image.Image) -> Picture:
    try:
        check_pixels(image)
        return upright(image)
    except PictureError:
        raise
    except Exception as error:  # it may have been opened only, and decoders raise what they like
        raise failure(error, image.size) from None
