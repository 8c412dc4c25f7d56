"""The picture that ``mien explain`` writes: a row for each face, bright where it counts."""

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
_DIM = 0.28  # brightness of what does not count
_AMBER = (255, 176, 0)


def draw_sheet(faces: Sequence[ExplainedFace]) -> Picture:
    """Draws each aligned face, and beside it what counts for each attribute.

    Args:
        faces: At least one, all explained by the same analyzer.

    Returns:
        RGB, uint8; a row for each face, a column for the face and one for each attribute.
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
        yield f"{name}: {face.estimates[name]}", lit(chip, importance)


def _draw_caption(draw: ImageDraw.ImageDraw, caption: str, at: tuple[float, float]) -> None:
    """Writes a caption as large as fits below its panel."""
    fonts = [text_font(size) for size in _FONT_SIZES]
    fitting = (font for font in fonts if draw.textlength(caption, font) <= _SIDE)
    draw.text(at, caption, _TEXT, next(fitting, fonts[-1]))


def lit(chip: Picture, importance: Map) -> Picture:
    """Darkens an aligned face but for what counts, with a line around what counts most.

    Args:
        chip: RGB, uint8, height x width x 3.
        importance: Of its pixels, 0..1; of any size.

    Returns:
        A new picture of the same shape.
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
