"""Faces cut from one public-domain photograph, as files and as chip caches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.datasets.chips.cache import CachedChip, ChipCache
from mien.datasets.records import Record
from mien.faces.align import UTKFACE_TEMPLATE

FACE = (slice(0, 240), slice(100, 340))
"""The astronaut's face in the picture, with a margin."""


@pytest.fixture(scope="session")
def face(astronaut: np.ndarray) -> np.ndarray:
    """The astronaut's face, RGB, uint8, 160 x 160 x 3."""
    return cv2.resize(astronaut[FACE], (160, 160), interpolation=cv2.INTER_AREA)


@pytest.fixture
def write_pictures(face: np.ndarray) -> Callable[[Path, Sequence[str]], None]:
    """Writes the face under several names, each with another rotation and brightness."""

    def write(folder: Path, names: Sequence[str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for i, name in enumerate(names):
            turn = cv2.getRotationMatrix2D((80, 80), i % 7 - 3, 1)
            turned = cv2.warpAffine(face, turn, (160, 160), borderMode=cv2.BORDER_REPLICATE)
            lit = np.clip(turned.astype(int) + i % 5 * 8 - 16, 0, 255).astype(np.uint8)
            _, data = cv2.imencode(Path(name).suffix, lit[:, :, ::-1])
            (folder / name).write_bytes(data.tobytes())

    return write


@pytest.fixture
def patches(astronaut: np.ndarray) -> np.ndarray:
    """Twelve different chips, RGB, uint8, (12, 64, 64, 3)."""
    corners = [(top, left) for top in (0, 120, 240) for left in (0, 100, 200, 300)]
    return np.stack([astronaut[top : top + 64, left : left + 64] for top, left in corners])


@pytest.fixture
def cache_of() -> Callable[..., ChipCache]:
    """Makes a cache in memory of records and their chips; the named paths are unreadable."""

    def make(
        name: str, records: Sequence[Record], chips: np.ndarray, unreadable: Sequence[str] = ()
    ) -> ChipCache:
        rows = [
            CachedChip(record, True, 0.9, 200, 200, np.eye(2, 3))
            if record.path not in unreadable
            else CachedChip(record, False, 0.0, 0, 0, np.zeros((2, 3)), "the file is empty")
            for record in records
        ]
        return ChipCache(name, chips.shape[1], UTKFACE_TEMPLATE, rows, chips)

    return make
