"""From the bytes of a file to pixels, and from a decoder's failure to a sentence."""

from __future__ import annotations

import re

import numpy as np
from PIL import Image

from mien.errors import (
    PictureError,
    PictureFormatError,
    PictureMemoryError,
    PictureTooLargeError,
    PictureUnsupportedError,
)
from mien.images.declared import use_declared
from mien.images.deep import has_deep_colour, keep_lower_bits
from mien.images.formats import KNOWN, find_format
from mien.images.jpeg import load_without_end
from mien.images.picture import Picture
from mien.images.pixels import find_orientation, to_rgb, turn_upright
from mien.images.tiff import check_pixels

_NO_MEMORY = re.compile(r"memory|bad.alloc", re.IGNORECASE)
_ENDS_EARLY = re.compile("truncated", re.IGNORECASE)
_UNSUPPORTED = re.compile(
    r"unsupported|not supported|not available|not installed|not been built in|no codec"
    r"|cannot handle|unknown (pixel mode|raw mode)|unable to determine|unrecognized",
    re.IGNORECASE,
)


class EncodedPicture:
    """The bytes of a picture file, of which only the header has been read.

    Args:
        data: Bytes of the file.

    Attributes:
        width: Width in pixels, as stored.
        height: Height in pixels, as stored.

    Raises:
        PictureUnsupportedError: The format is not supported.
        PictureFormatError: The header is damaged.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        form = find_format(data)
        if form is None:
            raise PictureUnsupportedError(f"it is not a picture in a known format: {KNOWN}")
        self._format = form
        try:
            self.width, self.height = form.open(data).size
        except PictureError:
            raise
        except Exception as error:  # decoders raise what they like
            raise failure(error) from None

    def decode(self) -> Picture:
        """Decodes the picture.

        Returns:
            The upright picture, RGB, uint8, height x width x 3.

        Raises:
            PictureUnsupportedError: The kind of pixels is not supported.
            PictureFormatError: The file is damaged.
            PictureMemoryError: There is not enough memory.
        """
        try:
            return upright(self._load())
        except PictureError:
            raise
        except Exception as error:  # decoders raise what they like
            raise failure(error, (self.width, self.height)) from None

    def _load(self) -> Image.Image:
        try:
            return _load(self._format.open(self._data), self._data)
        except OSError:
            if self._format.name != "JPEG":
                raise
            image = load_without_end(self._data, lambda data: _load(self._format.open(data), data))
            if image is None:
                raise
            return image


def _load(image: Image.Image, data: bytes) -> Image.Image:
    check_pixels(image)
    use_declared(image, data)
    deep = has_deep_colour(image, data)
    image.load()
    return keep_lower_bits(image, data) if deep else image


def upright(image: Image.Image) -> Picture:
    """Returns the upright pixels of a decoded image, RGB, uint8, height x width x 3."""
    stored, orientation = to_rgb(image), find_orientation(image)
    del image  # a large picture is not held twice while it is turned
    return turn_upright(stored, orientation)


def failure(error: Exception, size: tuple[int, int] | None = None) -> PictureError:
    """Returns the error of mien for what a decoder raised.

    Args:
        error: What was raised.
        size: Width and height of the picture in pixels; None if they are unknown.
    """
    text = " ".join(str(error).split()) or type(error).__name__
    if size and not _has_memory(size):  # few decoders know why they failed
        error = MemoryError()
    if memory := no_memory(error, size):
        return memory
    if isinstance(error, Image.DecompressionBombError):
        limit = "raise PIL.Image.MAX_IMAGE_PIXELS"
        return PictureTooLargeError(f"the picture has more pixels than Pillow allows: {limit}")
    if _UNSUPPORTED.search(text):
        return PictureUnsupportedError(f"this kind of picture is not supported: {text}")
    damage = "its file ends too early"
    if not _ENDS_EARLY.search(text):
        damage = f"its data cannot be decoded ({text})"
    return PictureFormatError(f"the picture is damaged: {damage}; get it again from its source")


def _has_memory(size: tuple[int, int]) -> bool:
    """Returns whether there is memory for the pixels of a decoder and a copy of them."""
    try:
        np.empty((size[0], size[1], 8), np.uint8)
    except MemoryError:
        return False
    return True


def no_memory(error: Exception, size: tuple[int, int] | None = None) -> PictureMemoryError | None:
    """Returns the error of mien if a library ran out of memory; None if it failed otherwise.

    Args:
        error: What was raised: few libraries raise a MemoryError.
        size: Width and height of the picture in pixels; None if they are unknown.
    """
    if isinstance(error, PictureMemoryError):
        return error
    if not isinstance(error, MemoryError) and not _NO_MEMORY.search(str(error)):
        return None
    pixels = f"its {size[0]} x {size[1]} pixels" if size else "the picture"
    return PictureMemoryError(f"there is not enough memory for {pixels}")
