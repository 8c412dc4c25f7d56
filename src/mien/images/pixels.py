"""From a decoded image of any mode to an upright RGB array."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from mien.images.declared import BROKEN_EXIF
from mien.images.picture import Picture
from mien.images.profiles import find_profile
from mien.images.tones import find_tones

_STRIP = 1_000_000  # pixels that are converted at a time: a copy of a large picture takes memory

_UPRIGHT: dict[Any, Callable[[Picture], NDArray[np.uint8]]] = {
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.transpose(1, 0, 2),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: stored[::-1, ::-1].transpose(1, 0, 2),
    8: lambda stored: np.rot90(stored, 1),
}
"""How a picture is turned upright, by its EXIF orientation."""


def strips(image: Image.Image) -> Iterator[Image.Image]:
    """Yields an image from top to bottom in parts of its width."""
    rows = max(1, _STRIP // image.width)
    for top in range(0, image.height, rows):
        yield image.crop((0, top, image.width, min(top + rows, image.height)))


def to_rgb(image: Image.Image) -> Picture:
    """Returns the pixels of a decoded image, as it is stored, in sRGB.

    Transparency is laid over white.
    """
    image.load()
    tones = find_tones(image, lambda: strips(image))
    profile = find_profile(image)
    transparent = image.has_transparency_data and not _has_empty_alpha(image)
    picture = np.empty((image.height, image.width, 3), np.uint8)
    top = 0
    for strip in strips(image):
        colours = strip if tones is None else tones(strip)
        alpha = None
        if transparent:
            colours = colours.convert("RGBA")
            alpha = colours.getchannel("A")
        if profile is not None:
            mode, to_srgb = profile
            colours = to_srgb(_opaque(colours, mode))
        rgb = _opaque(colours, "RGB")
        if alpha is not None:
            rgb = Image.composite(rgb, Image.new("RGB", rgb.size, "white"), alpha)
        picture[top : top + strip.height] = np.asarray(rgb)
        top += strip.height
    return picture


def _opaque(image: Image.Image, mode: str) -> Image.Image:
    """Returns an image in a mode without transparency."""
    return image if image.mode == mode else image.convert(mode)


def _has_empty_alpha(image: Image.Image) -> bool:
    """Returns whether the alpha channel is 0 everywhere: a program has then left it out."""
    return "A" in image.getbands() and all(
        strip.getchannel("A").getextrema() == (0, 0) for strip in strips(image)
    )


def find_orientation(image: Image.Image) -> int:
    """Returns the EXIF orientation of a decoded image, 1..8; 1 if there is none or it is broken."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    except BROKEN_EXIF:
        return 1
    return orientation if isinstance(orientation, int) and orientation in _UPRIGHT else 1


def turn_upright(stored: Picture, orientation: int) -> Picture:
    """Turns and mirrors the pixels of a picture as its EXIF orientation says.

    Args:
        stored: RGB, uint8, height x width x 3.
        orientation: EXIF orientation, 1..8.
    """
    turn = _UPRIGHT.get(orientation)
    return stored if turn is None else np.ascontiguousarray(turn(stored))
