"""JPEG files that lack their end, which some tools write and browsers show."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageChops

from mien.images.pixels import strips

_END = b"\xff\xd9"
_BITS = b"\xaa" * 64
_RESTARTS = [bytes([0xFF, 0xD0 + number]) for number in range(8)]

_CORNER = 48, 18  # width and height in pixels of the last blocks, and where smoothing reaches
_SMALLER = 5, 10  # the picture's width and height are at least so many times greater


def load_without_end(data: bytes, load: Callable[[bytes], Image.Image]) -> Image.Image | None:
    """Decodes a JPEG that lacks its end marker; None if more than its last blocks are missing.

    A decoder fills with grey what is missing and does not tell. So the file is decoded twice, with
    nothing and with arbitrary bits at its end: the two differ where the first block is missing.

    Args:
        data: Bytes of the file.
        load: Decodes a file.
    """
    data = data.rstrip(b"\xff")  # half of the end marker
    image, other = load(data + _END), load(data + _more(data) + _END)
    right = image.width - min(_CORNER[0], image.width // _SMALLER[0])
    bottom = image.height - min(_CORNER[1], image.height // _SMALLER[1])
    top = 0
    for strip, changed in zip(strips(image), strips(other), strict=True):
        box = ImageChops.difference(strip, changed).getbbox(alpha_only=False)
        if box is not None and (box[0] < right or top + box[1] < bottom):
            return None
        top += strip.height
    return image


def _more(data: bytes) -> bytes:
    """Returns bits that would be more of the picture, also where a restart marker comes next."""
    _, last = max((data.rfind(marker), number) for number, marker in enumerate(_RESTARTS))
    return _BITS + _RESTARTS[(last + 1) % len(_RESTARTS)] + _BITS
