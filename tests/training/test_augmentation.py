from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

from mien.faces.warp import OUTSIDE
from mien.training.augmentation import augment
from mien.training.recipe import Augmentation

NOTHING = Augmentation(**dict.fromkeys(asdict(Augmentation()), 0.0))


@pytest.fixture
def chip(astronaut: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(astronaut[60:188, 160:288])


def test_no_strength_changes_nothing(chip: np.ndarray) -> None:
    shown = np.ones(chip.shape[:2], bool)
    varied = augment(chip, shown, NOTHING, np.random.default_rng(0))
    np.testing.assert_array_equal(varied, chip)


def test_the_same_chance_gives_the_same_chip(chip: np.ndarray) -> None:
    shown = np.ones(chip.shape[:2], bool)
    shown[:20] = False
    before = chip.copy()
    strength = Augmentation()
    first = [augment(chip, shown, strength, np.random.default_rng(i)) for i in range(30)]
    again = [augment(chip, shown, strength, np.random.default_rng(i)) for i in range(30)]
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(chip, before)
    assert len({varied.tobytes() for varied in first}) == 30
    assert all(varied.dtype == np.uint8 and varied.shape == chip.shape for varied in first)


def test_only_the_border_is_filled(chip: np.ndarray) -> None:
    shown = np.ones(chip.shape[:2], bool)
    shown[:, :30] = False
    bordered = np.where(shown[:, :, None], chip, np.uint8(OUTSIDE))
    strength = Augmentation(**{**asdict(NOTHING), "border": 1.0})
    fills = set()
    for seed in range(12):
        varied = augment(bordered, shown, strength, np.random.default_rng(seed))
        np.testing.assert_array_equal(varied[shown], chip[shown])
        fills.add(varied[~shown].tobytes())
    assert len(fills) > 6  # the blurred enlargement is always the same


def test_a_flip_mirrors(chip: np.ndarray) -> None:
    strength = Augmentation(**{**asdict(NOTHING), "flip": 1.0})
    varied = augment(chip, None, strength, np.random.default_rng(0))
    np.testing.assert_array_equal(varied, chip[:, ::-1])


@pytest.mark.parametrize(
    "name", [name for name in asdict(Augmentation()) if name not in ("flip", "border")]
)
def test_every_strength_has_an_effect(chip: np.ndarray, name: str) -> None:
    value = 8.0 if name == "rotation" else 0.3 if name in ("shift", "scale", "colour") else 1.0
    strength = Augmentation(**{**asdict(NOTHING), name: value})
    varied = [augment(chip, None, strength, np.random.default_rng(i)) for i in range(5)]
    assert any((v != chip).any() for v in varied)
