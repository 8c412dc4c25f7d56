"""The kinds of pixels of TIFF files, and those that Pillow reads wrongly."""

from __future__ import annotations

from typing import NamedTuple

from PIL import Image

from mien.errors import PictureUnsupportedError

_SUBFILE, _REDUCED, _PAGES_WITHIN, _RAW = 254, 1, 330, 50706
_BITS, _PHOTOMETRIC, _PLANES, _SAMPLE_FORMAT = 258, 262, 284, 339
_WHITE_IS_ZERO, _SEPARATE, _SIGNED = 0, 2, 2


class Pixels(NamedTuple):
    """The kind of a TIFF's pixels.

    Attributes:
        bits: Bits of a channel.
        signed: Whether they are signed integers.
        white_is_zero: Whether 0 is white, in grey pictures.
    """

    bits: int
    signed: bool
    white_is_zero: bool


def find_pixels(image: Image.Image) -> Pixels | None:
    """Returns the kind of a TIFF's pixels; None for other formats."""
    tags = getattr(image, "tag_v2", None)
    if tags is None:
        return None
    return Pixels(
        bits=max(tags.get(_BITS, (1,))),
        signed=_SIGNED in tags.get(_SAMPLE_FORMAT, ()),
        white_is_zero=tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO,
    )


def check_pixels(image: Image.Image) -> None:
    """Refuses an opened TIFF of a kind that Pillow decodes into other pixels.

    Raises:
        PictureUnsupportedError: It is of such a kind.
    """
    pixels = find_pixels(image)
    if pixels is None:
        return
    tags = image.tag_v2  # type: ignore[attr-defined]
    if tags.get(_SUBFILE, 0) & _REDUCED and (_PAGES_WITHIN in tags or _RAW in tags):
        raise PictureUnsupportedError(
            "this kind of picture is not supported: a camera's raw file, of which only a small"
            " preview can be read; save it as JPEG or TIFF first"
        )
    compressed = image.info.get("compression", "raw") != "raw"
    swapped = tags.prefix == b"MM" and compressed and image.mode in ("I", "F")
    planes = tags.get(_PLANES) == _SEPARATE and pixels.bits > 8 and not compressed
    if swapped or planes or (pixels.signed and pixels.bits == 8):
        raise PictureUnsupportedError(
            f"this kind of picture is not supported: a TIFF of {pixels.bits} bits that is "
            + (
                "in planes"
                if planes
                else "signed"
                if pixels.signed
                else "compressed and big-endian"
            )
        )
