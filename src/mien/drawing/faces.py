"""Drawing of boxes and estimates onto a picture, with Latin letters only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mien.images import Picture
from mien.results import AgeEstimate, Box, Face, GenderEstimate, TrackedFace

_COLOURS = {"female": (255, 176, 0), "male": (100, 143, 255)}
"""Colours of the gender presentations, from IBM's palette for colour-blind readers."""

_NEUTRAL = (235, 235, 235)

_COMPACT = 36  # pixels; the label of a narrower face has its headline alone
_SMALLER = 0.78  # size of the other text relative to the headline

INK = (20, 22, 26)
"""Colour of dark backgrounds."""

_Rectangle = tuple[float, float, float, float]
_Colour = tuple[int, int, int]


def draw_faces(picture: Picture, faces: Sequence[Face | TrackedFace]) -> Picture:
    """Draws the box of each face and a label with its estimates.

    The headline of a label is the apparent age in years, with the 80 % interval beside it. The
    colour of a box is that of the apparent gender presentation, if the model predicts it.

    Args:
        picture: RGB, uint8, height x width x 3; it is not changed.
        faces: The faces of the picture. A face without estimates gets no label.

    Returns:
        A new picture, RGB, uint8, height x width x 3.

    Example:
        >>> from mien import Analyzer, draw_faces, read_picture
        >>> from mien.assets import ASTRONAUT
        >>> picture = read_picture(ASTRONAUT)
        >>> draw_faces(picture, Analyzer().analyze(picture)).shape
        (512, 512, 3)
    """
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image, "RGBA")
    for face in faces:
        _draw_box(draw, face.box, _colour(face), min(image.size))
    # The labels of large faces are drawn first; those of small faces avoid them.
    drawn: list[_Rectangle] = []
    for face in sorted(faces, key=lambda face: -face.box.width):
        if face.estimates:
            drawn.append(_draw_label(draw, face, image.size, drawn))
    return np.asarray(image)


def _colour(face: Face | TrackedFace) -> _Colour:
    gender = face.estimates.get("gender")
    return _COLOURS.get(gender.label, _NEUTRAL) if isinstance(gender, GenderEstimate) else _NEUTRAL


def _draw_box(draw: ImageDraw.ImageDraw, box: Box, colour: _Colour, shorter: int) -> None:
    width = max(1, round(min(shorter / 250, box.width / 20)))
    radius = box.width / 10
    draw.rounded_rectangle(box.xyxy, radius, outline=(*INK, 150), width=width + 2)
    draw.rounded_rectangle(box.xyxy, radius, outline=(*colour, 255), width=width)


class _Label(NamedTuple):
    """The text of a label: a headline, a text beside it, and lines below."""

    headline: str
    beside: str = ""
    below: tuple[str, ...] = ()


def _label(face: Face | TrackedFace) -> _Label:
    years, beside, below = "", [], []
    for name, estimate in face.estimates.items():
        if isinstance(estimate, AgeEstimate) and not years:
            years = f"{estimate.years:.0f}"
            beside.append(f"{estimate.low:.0f}-{estimate.high:.0f}")
        elif isinstance(estimate, GenderEstimate):
            beside.append(str(estimate))
        else:
            below.append(f"{name}: {estimate}")
    headline = years or (beside or below).pop(0)
    if face.box.width < _COMPACT:
        return _Label(headline)
    if isinstance(face, TrackedFace):
        beside.insert(0, f"#{face.person_id}")
    return _Label(headline, "  ".join(beside), tuple(below))


def _draw_label(
    draw: ImageDraw.ImageDraw,
    face: Face | TrackedFace,
    size: tuple[int, int],
    others: Sequence[_Rectangle],
) -> _Rectangle:
    """Draws a label and returns its rectangle."""
    label = _label(face)
    font = text_font(_font_size(face.box, size))
    small = text_font(round(font.size * _SMALLER))
    pad, first, other = font.size * 0.35, font.size * 1.45, small.size * 1.35
    headline_width = draw.textlength(label.headline, font)
    width = headline_width + 2 * pad
    if label.beside:
        width += draw.textlength(label.beside, small) + pad
    width = max(width, *(draw.textlength(line, small) + 2 * pad for line in label.below), 0.0)
    height = first + len(label.below) * other
    area = _label_area(face.box, width, height, size, others)
    draw.rounded_rectangle(area, first / 4, fill=(*INK, 215))
    x, y = area[0] + pad, area[1] + first / 2
    draw.text((x, y), label.headline, (*_colour(face), 255), font, anchor="lm")
    white = (255, 255, 255, 235)
    draw.text((x + headline_width + pad, y), label.beside, white, small, anchor="lm")
    for number, line in enumerate(label.below):
        draw.text((x, area[1] + first + (number + 0.4) * other), line, white, small, anchor="lm")
    return area


def _font_size(box: Box, size: tuple[int, int]) -> int:
    """Returns the size of the headline in pixels: it grows with the face, within limits."""
    shorter = min(size)
    return round(min(max(box.width / 6, 10, shorter / 70), max(12, shorter / 22)))


def _label_area(
    box: Box,
    width: float,
    height: float,
    size: tuple[int, int],
    others: Sequence[_Rectangle],
) -> _Rectangle:
    """Returns the area above, below or inside the box that overlaps other labels least."""
    gap = min(height / 8, 6.0)
    left = min(max(0.0, box.center[0] - width / 2), max(0.0, size[0] - width))
    areas = []
    for top in (
        box.y - height - gap,
        box.y + box.height + gap,
        box.y + box.height - height - gap,
        box.y + gap,
    ):
        top = min(max(0.0, top), max(0.0, size[1] - height))
        areas.append((left, top, left + width, top + height))
    return min(areas, key=lambda area: sum(_overlap(area, other) for other in others))


def _overlap(a: _Rectangle, b: _Rectangle) -> float:
    """Returns the area that two rectangles share, in square pixels."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)


@lru_cache(maxsize=64)
def text_font(size: int) -> ImageFont.FreeTypeFont:
    """Returns the font that comes with Pillow.

    Args:
        size: Size in pixels.
    """
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font
