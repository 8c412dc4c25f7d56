"""Drawing answers onto a picture, in numerals, signs and Latin letters only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mien.images import Picture
from mien.results import AgeEstimate, Box, Face, GenderEstimate, TrackedFace

_COLOURS = {
    "female": (255, 176, 0),
    "male": (100, 143, 255),
    "undetermined": (235, 235, 235),
}
"""Of the colour-blind-safe IBM palette."""

_COMPACT = 36  # pixels below which a face's label is its years alone, coloured by gender

INK = (20, 22, 26)
"""Colour of dark grounds."""
_Rectangle = tuple[float, float, float, float]


def draw_faces(picture: Picture, faces: Sequence[Face | TrackedFace]) -> Picture:
    """Draws each face's box with its apparent age, interval and gender presentation.

    Args:
        picture: RGB, uint8, height x width x 3; it is left as it is.
        faces: What was said of it.

    Returns:
        A new picture of the same form.
    """
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image, "RGBA")
    shorter = min(image.size)
    taken: list[_Rectangle] = []
    # Labels of large faces are placed first, boxes of small ones are drawn last.
    for face in faces:
        _draw_box(draw, face.box, _colour(face), shorter)
    for face in sorted(faces, key=lambda face: -face.box.width):
        if face.age is not None:
            taken.append(_draw_label(draw, face, face.age, image.size, taken))
    return np.asarray(image)


def gender_text(gender: GenderEstimate) -> str:
    """Returns the label of an estimate, and how sure it is."""
    if gender.label == "undetermined":
        return gender.label
    return f"{gender.label} {100 * gender.confidence:.0f} %"


def _colour(face: Face | TrackedFace) -> tuple[int, int, int]:
    return _COLOURS["undetermined" if face.gender is None else face.gender.label]


def _draw_box(
    draw: ImageDraw.ImageDraw, box: Box, colour: tuple[int, int, int], shorter: int
) -> None:
    width = max(1, round(min(shorter / 250, box.width / 20)))
    corners = (box.x, box.y, box.x + box.width, box.y + box.height)
    radius = box.width / 10
    draw.rounded_rectangle(corners, radius, outline=(*INK, 150), width=width + 2)
    draw.rounded_rectangle(corners, radius, outline=(*colour, 255), width=width)


def _draw_label(
    draw: ImageDraw.ImageDraw,
    face: Face | TrackedFace,
    age: AgeEstimate,
    size: tuple[int, int],
    taken: Sequence[_Rectangle],
) -> _Rectangle:
    font = text_font(_font_size(face, size))
    small = text_font(round(_font_size(face, size) * 0.78))
    years = f"{age.years:.0f}"
    details = "" if face.box.width < _COMPACT else _details(face, age)
    pad = font.size * 0.35
    years_width = draw.textlength(years, font)
    width = years_width + 2 * pad
    if details:
        width += draw.textlength(details, small) + pad
    height = font.size * 1.45
    place = _place(face.box, width, height, size, taken)
    x, y = place[0], place[1]
    colour = _colour(face)
    draw.rounded_rectangle(place, height / 4, fill=(*INK, 215))
    middle = y + height / 2
    draw.text((x + pad, middle), years, (*colour, 255), font, anchor="lm")
    draw.text(
        (x + 2 * pad + years_width, middle), details, (255, 255, 255, 235), small, anchor="lm"
    )
    return place


def _details(face: Face | TrackedFace, age: AgeEstimate) -> str:
    gender = "" if face.gender is None else gender_text(face.gender)
    number = f"#{face.track_id}  " if isinstance(face, TrackedFace) else ""
    return f"{number}{age.low:.0f}-{age.high:.0f}  {gender}"


def _font_size(face: Face | TrackedFace, size: tuple[int, int]) -> int:
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
def text_font(size: int) -> ImageFont.FreeTypeFont:
    """Returns the font that comes with Pillow, in a size in pixels."""
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font
