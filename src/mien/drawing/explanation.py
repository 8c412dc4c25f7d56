"""The picture that ``mien explain`` writes: the importance maps of each face."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mien.drawing.faces import INK, text_font
from mien.explanation import ExplainedFace, Map
from mien.images import Picture

_SIDE = 256
_GAP = 16
_CAPTION = 44
_TEXT = (235, 235, 235)
_FONT_SIZES = range(17, 8, -1)
_DIM = 0.28  # brightness of pixels without importance
_AMBER = (255, 176, 0)


def draw_sheet(faces: Sequence[ExplainedFace]) -> Picture:
    """Draws aligned faces, each with its importance maps beside it.

    Args:
        faces: Explained faces of one analyzer, at least one.

    Returns:
        RGB, uint8, height x width x 3: a row for each face, with a column for the face and a column
        for each attribute.

    Example:
        >>> from mien import Analyzer, explain
        >>> draw_sheet(explain(Analyzer(), "photo.jpg")).shape
        (332, 832, 3)
    """
    columns = 1 + len(faces[0].explanation.importance)
    row = _SIDE + _CAPTION + _GAP
    size = (columns * (_SIDE + _GAP) + _GAP, len(faces) * row + _GAP)
    image = Image.new("RGB", size, INK)
    draw = ImageDraw.Draw(image)
    for number, face in enumerate(faces):
        for column, (caption, panel) in enumerate(_panels(face, number + 1)):
            x, y = _GAP + column * (_SIDE + _GAP), _GAP + number * row
            image.paste(Image.fromarray(panel), (x, y))
            _draw_caption(draw, caption, (x, y + _SIDE + 10))
    return np.asarray(image)


def _panels(explained: ExplainedFace, number: int) -> Iterator[tuple[str, Picture]]:
    face, explanation = explained
    chip = np.asarray(cv2.resize(explanation.chip, (_SIDE, _SIDE)), np.uint8)
    yield f"face {number}", chip
    for name, importance in explanation.importance.items():
        yield f"{name}: {face.estimates[name]}", highlight(chip, importance)


def _draw_caption(draw: ImageDraw.ImageDraw, caption: str, at: tuple[float, float]) -> None:
    """Writes a caption in the largest font that fits into the width of its panel."""
    fonts = [text_font(size) for size in _FONT_SIZES]
    fitting = (font for font in fonts if draw.textlength(caption, font) <= _SIDE)
    draw.text(at, caption, _TEXT, next(fitting, fonts[-1]))


def highlight(chip: Picture, importance: Map) -> Picture:
    """Darkens the less important pixels of an aligned face, and outlines the most important ones.

    Args:
        chip: RGB, uint8, height x width x 3.
        importance: Importance 0..1 of the pixels, float32, of any height and width.

    Returns:
        A new picture, RGB, uint8, height x width x 3.
    """
    height, width = chip.shape[:2]
    light: NDArray[np.float32] = np.asarray(
        cv2.resize(importance, (width, height), interpolation=cv2.INTER_CUBIC), np.float32
    ).clip(0, 1)
    shown = chip * (_DIM + (1 - _DIM) * light[:, :, None])
    panel = np.ascontiguousarray(shown.round().astype(np.uint8))
    edges, _ = cv2.findContours(
        (light > 0.5).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    return np.asarray(cv2.drawContours(panel, edges, -1, _AMBER, 1, cv2.LINE_AA), np.uint8)
