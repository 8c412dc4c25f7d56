"""From the bytes of an upload to a picture, and from a failure to a problem."""

from __future__ import annotations

import logging

from mien.errors import PictureError, PictureTooLargeError, PictureUnsupportedError
from mien.images import OpenedPicture, no_memory, open_picture
from mien.server.problems import Problem

_log = logging.getLogger("mien.server")

_RETRY_AFTER = 5.0  # seconds until there is probably more memory


def open_upload(data: bytes, max_pixels: int, max_side: int, setting: str) -> OpenedPicture:
    """Opens an uploaded picture, by what its bytes are.

    Args:
        data: Bytes of a file.
        max_pixels: Maximum number of pixels.
        max_side: Maximum width and height in pixels.
        setting: Name of the setting that ``max_pixels`` comes from.

    Raises:
        Problem: It cannot be used.
    """
    if not data:
        raise Problem("unreadable_picture", "The picture is empty.")
    try:
        opened = open_picture(data)
    except PictureError as error:
        raise as_problem(error) from None
    size = f"{opened.width} x {opened.height} pixels"
    if opened.width * opened.height > max_pixels:
        detail = (
            f"The picture has {size}; at most {max_pixels / 1e6:g} megapixels are allowed by the"
            f" setting '{setting}'."
        )
        raise Problem("too_many_pixels", detail)
    if max(opened.width, opened.height) > max_side:
        detail = (
            f"The picture has {size}; at most {max_side} on a side are allowed by the setting"
            " 'max_side'."
        )
        raise Problem("too_many_pixels", detail)
    return opened


def as_problem(error: Exception) -> Problem:
    """Returns the problem of a picture for whatever was raised while it was worked on.

    Args:
        error: What was raised.
    """
    if isinstance(error, Problem):
        return error
    if memory := no_memory(error):
        detail = f"{_sentence(memory)} Try again in a moment."
        return Problem("overloaded", detail, retry_after=_RETRY_AFTER)
    if isinstance(error, PictureTooLargeError):
        return Problem("too_many_pixels", _sentence(error))
    if isinstance(error, PictureUnsupportedError):
        return Problem("unsupported_picture", _sentence(error))
    if isinstance(error, PictureError):
        return Problem("unreadable_picture", _sentence(error))
    _log.error("a picture failed", exc_info=error)
    return Problem("internal", "The service failed; see its log.")


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[0].upper()}{text[1:]}."
