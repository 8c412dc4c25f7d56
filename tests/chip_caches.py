"""Small chip caches of real pixels and a tiny network, for tests of training and exporting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from mien.datasets.chips.cache import ChipCache, build_cache
from mien.datasets.records import ETHNICITIES, Record
from mien.faces.align import UTKFACE_TEMPLATE, ChipTemplate
from mien.training.networks import NETWORKS, NetworkEntry

SIZE = 64
LARGE = 112
TINY = "tiny"


class TinyBackbone(nn.Module):
    """Two convolutions, which learn from a few chips in seconds and can be exported."""

    num_features = 16

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 8, 3, 4, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU6(),
            nn.Conv2d(8, self.num_features, 3, 2, bias=False),
            nn.BatchNorm2d(self.num_features),
            nn.ReLU6(),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.layers(images)


NETWORKS[TINY] = NetworkEntry(lambda size: TinyBackbone(), mean=(127.0,) * 3, std=(64.0,) * 3)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Runs PyTorch in one thread: several threads only slow such small networks down."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def cache(astronaut: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> ChipCache:
    """Forty variants of the astronaut's face, with exact ages, brackets and missing labels."""
    return build(astronaut, tmp_path_factory.mktemp("chips"), SIZE)


@pytest.fixture(scope="session")
def large_cache(astronaut: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> ChipCache:
    """The same faces for networks that need larger chips."""
    return build(astronaut, tmp_path_factory.mktemp("large-chips"), LARGE)


def build(
    astronaut: np.ndarray, folder: Path, size: int, template: ChipTemplate = UTKFACE_TEMPLATE
) -> ChipCache:
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
    return build_cache(folder / "cache", "test", folder, records, size, template, 1)
