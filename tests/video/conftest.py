"""A short film and files of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

FPS = 25.0


@pytest.fixture(scope="session")
def walk(astronaut: np.ndarray) -> list[np.ndarray]:
    """Fifty frames of a window that moves over the astronaut, RGB, uint8, 240 x 320 x 3."""
    return [
        np.ascontiguousarray(astronaut[4 + i : 244 + i, 20 + 2 * i : 340 + 2 * i])
        for i in range(50)
    ]


def write_video(path: Path, codec: str, frames: Sequence[np.ndarray]) -> Path:
    """Writes a video of 25 frames a second."""
    height, width = frames[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), FPS, (width, height))
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


@pytest.fixture(scope="session")
def avi(walk: list[np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The walk, as Motion JPEG."""
    return write_video(tmp_path_factory.mktemp("video") / "walk.avi", "MJPG", walk)


@pytest.fixture(scope="session")
def mp4(walk: list[np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The walk, as MPEG-4, with the index at the end of the file."""
    return write_video(tmp_path_factory.mktemp("video") / "walk.mp4", "mp4v", walk)
