"""Drawing answers onto a picture, in numerals, signs and Latin letters only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mien.images import Picture
from mien.results import Box, Face

_COLOURS = {
    "female": (255, 176, 0),
    "male": (100, 143, 255),
    "undetermined": (235, 235, 235),
}
"""Of the colour-blind-safe IBM palette."""

_COMPACT = 36  # pixels below which a face's label is its years alone, coloured by gender

_INK = (20, 22, 26)
_Rectangle = tuple[float, float, float, float]


def draw_faces(picture: Picture, faces: Sequence[Face]) -> Picture:
    """Draws each face's box with its apparent age, interval and gender presentation.

    Args:
        picture: RGB, uint8, height x width x 3; it is left as it is.
        faces: What was said of it.

    Returns:
        A new picture of the same form.
    """
    image = Image.fromarray(picture).convert("RGBA")
    layer = Image.new("RGBA", image.size)
    draw = ImageDraw.Draw(layer)
    shorter = min(image.size)
    taken: list[_Rectangle] = []
    # Labels of large faces are placed first, boxes of small ones are drawn last.
    for face in faces:
        _draw_box(draw, face.box, _COLOURS[face.gender.label], shorter)
    for face in sorted(faces, key=lambda face: -face.box.width):
        taken.append(_draw_label(draw, face, image.size, taken))
    return np.asarray(Image.alpha_composite(image, layer).convert("RGB"))


def _draw_box(
    draw: ImageDraw.ImageDraw, box: Box, colour: tuple[int, int, int], shorter: int
) -> None:
    width = max(1, round(min(shorter / 250, box.width / 20)))
    corners = (box.x, box.y, box.x + box.width, box.y + box.height)
    radius = box.width / 10
    draw.rounded_rectangle(corners, radius, outline=(*_INK, 150), width=width + 2)
    draw.rounded_rectangle(corners, radius, outline=(*colour, 255), width=width)


def _draw_label(
    draw: ImageDraw.ImageDraw, face: Face, size: tuple[int, int], taken: Sequence[_Rectangle]
) -> _Rectangle:
    font = _font(_font_size(face, size))
    small = _font(round(_font_size(face, size) * 0.78))
    years = f"{face.age.years:.0f}"
    details = "" if face.box.width < _COMPACT else _details(face)
    pad = font.size * 0.35
    years_width = draw.textlength(years, font)
    width = years_width + 2 * pad
    if details:
        width += draw.textlength(details, small) + pad
    height = font.size * 1.45
    place = _place(face.box, width, height, size, taken)
    x, y = place[0], place[1]
    colour = _COLOURS[face.gender.label]
    draw.rounded_rectangle(place, height / 4, fill=(*_INK, 215))
    middle = y + height / 2
    draw.text((x + pad, middle), years, (*colour, 255), font, anchor="lm")
    draw.text(
        (x + 2 * pad + years_width, middle), details, (255, 255, 255, 235), small, anchor="lm"
    )
    return place


def _details(face: Face) -> str:
    gender: str = face.gender.label
    if gender != "undetermined":
        gender += f" {100 * face.gender.confidence:.0f} %"
    return f"{face.age.low:.0f}-{face.age.high:.0f}  {gender}"


def _font_size(face: Face, size: tuple[int, int]) -> int:
    """Follows the face, within what is readable and what is not loud."""
    shorter = min(size)
    return round(min(max(face.box.width / 6, 10, shorter / 70), max(12, shorter / 22)))


def _place(
    box: Box,
    width: float,
    height: float,
    size: tuple[int, int],
    taken: Sequence[_Rectangle],
) -> _Rectangle:
    """Finds room above, below or inside the box, preferring where no other label is."""
    gap = height / 8
    left = min(max(0.0, box.x + box.width / 2 - width / 2), max(0.0, size[0] - width))
    best, least = None, float("inf")
    for top in (
        box.y - height - gap,
        box.y + box.height + gap,
        box.y + box.height - height - gap,
        box.y + gap,
    ):
        top = min(max(0.0, top), max(0.0, size[1] - height))
        place = (left, top, left + width, top + height)
        covered = sum(_shared(place, other) for other in taken)
        if covered < least:
            best, least = place, covered
    assert best is not None
    return best


def _shared(a: _Rectangle, b: _Rectangle) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font
