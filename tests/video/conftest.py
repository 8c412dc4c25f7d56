"""Small videos of the astronaut's picture, a window of which moves over it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from devices import until

from mien.video.frames import Frame, Source

FPS = 25.0
SIZE = 320


@pytest.fixture(scope="session")
def walk(astronaut: np.ndarray) -> list[np.ndarray]:
    """Fifty frames, each unlike the others."""
    return [
        np.ascontiguousarray(astronaut[4 + i : 4 + i + SIZE, 20 + i : 20 + i + SIZE])
        for i in range(50)
    ]
