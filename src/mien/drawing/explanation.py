"""The picture that ``mien explain`` writes: a row for each face, lit where the answers look."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mien.drawing.faces import INK, gender_text, text_font
from mien.explain import ExplainedFace, Map
from mien.images import Picture

_SIDE = 256
_GAP = 16
_CAPTION = 44
_DIM = 0.28  # brightness of what does not count
_AMBER = (255, 176, 0)


def draw_sheet(faces: Sequence[ExplainedFace]) -> Picture:
    """Draws the chip of each face, and the chip again lit where each answer looks.

    Args:
        faces: At least one.

    Returns:
        RGB, uint8.
    """
    row = _SIDE + _CAPTION + _GAP
    image = Image.new("RGB", (3 * _SIDE + 4 * _GAP, len(faces) * row + _GAP), INK)
    draw = ImageDraw.Draw(image)
    font = text_font(17)
    for number, (face, explanation) in enumerate(faces):
        age = face.age
        chip = np.asarray(cv2.resize(explanation.chip, (_SIDE, _SIDE)), np.uint8)
        panels = (
            (f"face {number + 1}", chip),
            (f"age {age.years:.0f}, {age.low:.0f}-{age.high:.0f}", lit(chip, explanation.age)),
            (gender_text(face.gender), lit(chip, explanation.gender)),
        )
        for column, (caption, panel) in enumerate(panels):
            x, y = _GAP + column * (_SIDE + _GAP), _GAP + number * row
            image.paste(Image.fromarray(panel), (x, y))
            draw.text((x, y + _SIDE + 10), caption, (235, 235, 235), font)
    return np.asarray(image)


def lit(chip: Picture, importance: Map) -> Picture:
    """Darkens a chip but for what counts, with a line around what counts most.

    Args:
        chip: RGB, uint8, height x width x 3.
        importance: Of its pixels; of any size.

    Returns:
        A new chip of the same form.
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
