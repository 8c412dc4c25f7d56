"""Frames of a moving face."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mien.images import Picture

FPS = 25.0


def walk_over(picture: Picture, count: int, size: int = 320) -> Iterator[Picture]:
    """Yields frames of a window that moves over a picture and gets lighter and darker."""
    for index in range(count):
        left, top = 20 + index, 4 + index // 4
        light = 1 + 0.2 * np.sin(index / 5)
        frame = picture[top : top + size, left : left + size] * light
        yield frame.clip(0, 255).astype(np.uint8)
