"""What is drawn onto a frame: the people, how the loop is doing, the audience so far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from mien.attributes.ages import AGE_GROUP_NAMES
from mien.drawing import INK, draw_faces, text_font
from mien.images import Picture
from mien.video.summary import ALL, AudienceRow
from mien.video.watching import Status, Watched

_TEXT = (255, 255, 255, 235)
_FAINT = (255, 255, 255, 150)


def draw_frame(
    watched: Watched, status: Status | None = None, audience: AudienceRow | None = None
) -> Picture:
    """Draws what is known after a frame onto it.

    Args:
        watched: The frame and its people.
        status: Shown at the lower left if given.
        audience: Shown at the upper right if given.

    Returns:
        A new picture, RGB, uint8, height x width x 3.
    """
    picture = draw_faces(watched.frame, watched.faces)
    if status is None and audience is None:
        return picture
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image, "RGBA")
    size = max(11, min(image.size) // 45)
    if status is not None:
        lines = [(status_line(status), _TEXT)]
        if status.reduced and status.effort is not None:
            lines.insert(0, (f"holding the rate: {status.effort}", _FAINT))
        _panel(draw, lines, size, left=size, bottom=image.height - size)
    if audience is not None:
        lines = [(line, _TEXT) for line in audience_lines(audience)]
        _panel(draw, lines, size, right=image.width - size, top=size)
    return np.asarray(image)


def status_line(status: Status) -> str:
    """Returns the rate and the latency as a line of text."""
    line = f"{status.fps:.0f} frames/s   {1000 * status.latency:.0f} ms"
    return f"{line}   {status.dropped} dropped" if status.dropped else line


def audience_lines(row: AudienceRow) -> list[str]:
    """Returns the audience as a few lines of text."""
    count = f"{row.people} person" if row.people == 1 else f"{row.people} people"
    genders = [f"{name} {row.cells[name, ALL].people:.1f}" for name in ("female", "male")]
    groups = [(group, row.cells[ALL, group].people) for group in AGE_GROUP_NAMES]
    return [
        count,
        *genders,
        *(f"{group}  {people:.1f}" for group, people in groups if people >= 0.05),
    ]


def _panel(
    draw: ImageDraw.ImageDraw,
    lines: Sequence[tuple[str, tuple[int, int, int, int]]],
    size: int,
    left: float | None = None,
    right: float | None = None,
    top: float | None = None,
    bottom: float | None = None,
) -> None:
    """Draws lines on a dark ground whose corner is given by one of each pair of edges."""
    face = text_font(size)
    pad = size * 0.6
    width = max(draw.textlength(text, face) for text, _ in lines) + 2 * pad
    height = len(lines) * size * 1.35 + 2 * pad
    x = left if left is not None else (right or 0.0) - width
    y = top if top is not None else (bottom or 0.0) - height
    draw.rounded_rectangle((x, y, x + width, y + height), size / 2, fill=(*INK, 170))
    for i, (text, colour) in enumerate(lines):
        draw.text((x + pad, y + pad + i * size * 1.35), text, colour, face)
