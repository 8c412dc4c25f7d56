"""Drawing onto a frame: the people, the status of the loop, the audience."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from mien.drawing.faces import INK, draw_faces, text_font
from mien.images import Picture
from mien.video.audience import AudienceRow
from mien.video.expected_people import by_gender, by_group
from mien.video.watcher import Status, Watched

_TEXT = (255, 255, 255, 235)
_FAINT = (255, 255, 255, 150)

_Line = tuple[str, str, tuple[int, int, int, int]]  # text on the left, text on the right, colour


def draw_frame(
    watched: Watched, status: Status | None = None, audience: AudienceRow | None = None
) -> Picture:
    """Draws the people, the status and the audience onto a frame.

    Args:
        watched: The frame and its people; the frame is not changed.
        status: Status at the lower left; None for none.
        audience: Audience at the upper right; None for none.

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
        lines: list[_Line] = [(status_line(status), "", _TEXT)]
        if status.reduced and status.effort is not None:
            lines.insert(0, (f"holding the rate: {status.effort}", "", _FAINT))
        _panel(draw, lines, size, left=size, bottom=image.height - size)
    if audience is not None:
        lines = [(name, count, _TEXT) for name, count in audience_lines(audience)]
        _panel(draw, lines, size, right=image.width - size, top=size)
    return np.asarray(image)


def status_line(status: Status) -> str:
    """Returns the frame rate and the dropped frames as a line of text.

    For a live source it has the latency too.
    """
    line = f"{status.fps:.0f} frames/s"
    if status.live:
        line += f"   {1000 * status.latency:.0f} ms behind"
    return f"{line}   {status.dropped} dropped" if status.dropped else line


def audience_lines(row: AudienceRow) -> list[tuple[str, str]]:
    """Returns the audience as pairs of a name and a number; small numbers are left out."""
    cells = [*by_gender(row.cells).items(), *by_group(row.cells).items()]
    return [
        ("person" if row.people == 1 else "people", str(row.people)),
        *((name, f"{n.people:.1f}") for name, n in cells if n.people >= 0.05),
    ]


def _panel(
    draw: ImageDraw.ImageDraw,
    lines: Sequence[_Line],
    size: int,
    left: float | None = None,
    right: float | None = None,
    top: float | None = None,
    bottom: float | None = None,
) -> None:
    """Draws lines on a dark background; its edges are in pixels.

    The caller gives one of ``left`` and ``right``, and one of ``top`` and ``bottom``.
    """
    font = text_font(size)
    pad = size * 0.6
    names = max(draw.textlength(name, font) for name, _, _ in lines)
    values = max(draw.textlength(value, font) for _, value, _ in lines)
    width = names + values + (2 * pad if values else 0) + 2 * pad
    height = len(lines) * size * 1.35 + 2 * pad
    x = left if left is not None else (right or 0.0) - width
    y = top if top is not None else (bottom or 0.0) - height
    draw.rounded_rectangle((x, y, x + width, y + height), size / 2, fill=(*INK, 170))
    for i, (name, value, colour) in enumerate(lines):
        middle = y + pad + (i + 0.5) * size * 1.35
        draw.text((x + pad, middle), name, colour, font, anchor="lm")
        draw.text((x + width - pad, middle), value, colour, font, anchor="rm")
