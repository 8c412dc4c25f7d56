"""From the bytes of an upload to a picture."""

from __future__ import annotations

from mien.errors import PictureFormatError, PictureTooLargeError
from mien.images import Picture, read_picture
from mien.server.problems import Problem
from mien.server.sniffing import KNOWN, sniff


def decode(data: bytes, max_pixels: int, max_side: int) -> Picture:
    """Decodes an uploaded picture, by what its bytes are.

    Args:
        data: The bytes of a file.
        max_pixels: The greatest number of pixels allowed.
        max_side: The greatest width and height allowed, in pixels.

    Returns:
        RGB, uint8, height x width x 3.

    Raises:
        Problem: It cannot be used.
    """
    if not data:
        raise Problem("unreadable_picture", "The picture is empty.")
    form = sniff(data)
    if form is None:
        raise Problem("unsupported_picture", f"It is not a picture in a known format: {KNOWN}.")
    try:
        picture = read_picture(data, max_pixels, (form,))
    except PictureTooLargeError as error:
        raise Problem("too_many_pixels", _sentence(error)) from None
    except PictureFormatError as error:
        raise Problem("unreadable_picture", _sentence(error)) from None
    if max(picture.shape[:2]) > max_side:
        detail = f"The picture is longer than {max_side} pixels on one side."
        raise Problem("too_many_pixels", detail)
    return picture


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[0].upper()}{text[1:]}."
