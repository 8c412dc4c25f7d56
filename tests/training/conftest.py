"""A small chip cache of real pixels for training tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.datasets.chips.cache import ChipCache, build_cache
from mien.datasets.records import ETHNICITIES, Record
from mien.faces.align import UTKFACE_TEMPLATE

SIZE = 64
LARGE = 112


@pytest.fixture(scope="session")
def cache(astronaut: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> ChipCache:
    """Forty variations of the astronaut's face, with exact ages, brackets and missing labels."""
    return build(astronaut, tmp_path_factory.mktemp("chips"), SIZE)


@pytest.fixture(scope="session")
def large_cache(astronaut: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> ChipCache:
    """The same, for networks that need larger chips."""
    return build(astronaut, tmp_path_factory.mktemp("large-chips"), LARGE)


@pytest.fixture
def make_cache(astronaut: np.ndarray, tmp_path: Path) -> Callable[[int], ChipCache]:
    """The same in any size."""
    return lambda size: build(astronaut, tmp_path, size)


def build(astronaut: np.ndarray, folder: Path, size: int) -> ChipCache:
    random = np.random.default_rng(0)
    records = []
    for i in range(40):
        gain = random.uniform(0.5, 1.3)
        face = (astronaut[20:220, 110:330] * gain).clip(0, 255).astype(np.uint8)
        Image.fromarray(face if i % 2 else face[:, ::-1]).save(folder / f"{i:02}.png")
        bracket = (20, 29) if i % 3 == 0 else (i + 10, i + 10)
        records.append(
            Record(
                f"{i:02}.png",
                *bracket,
                gender=(None, "female", "male")[i % 5 % 3],
                ethnicity=ETHNICITIES[i % 5],
                race=ETHNICITIES[i % 5],
                split="train" if i < 28 else "val",
            )
        )
    return build_cache(folder / "cache", "test", folder, records, size, UTKFACE_TEMPLATE, 1)
