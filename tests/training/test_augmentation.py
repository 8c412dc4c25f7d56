from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest

from mien.faces.align import UTKFACE_TEMPLATE, ChipTemplate
from mien.faces.warp import OUTSIDE
from mien.training.augmentation import AugmentedChip, augment
from mien.training.entries import Augmentation

NOTHING = Augmentation(**dict.fromkeys(asdict(Augmentation()), 0.0))


def vary(
    chip: np.ndarray, shown: np.ndarray | None, strength: Augmentation, seed: int = 0
) -> AugmentedChip:
    return augment(chip, shown, UTKFACE_TEMPLATE, strength, np.random.default_rng(seed))


@pytest.fixture
def chip(astronaut: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(astronaut[60:188, 160:288])


def test_no_strength_changes_nothing(chip: np.ndarray) -> None:
    shown = np.ones(chip.shape[:2], bool)
    varied = vary(chip, shown, NOTHING)
    np.testing.assert_array_equal(varied.chip, chip)
    np.testing.assert_array_equal(varied.clean, chip)


def test_the_same_seed_gives_the_same_chip(chip: np.ndarray) -> None:
    shown = np.ones(chip.shape[:2], bool)
    shown[:20] = False
    before = chip.copy()
    strength = Augmentation()
    first = [vary(chip, shown, strength, i).chip for i in range(30)]
    again = [vary(chip, shown, strength, i).chip for i in range(30)]
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
        varied = vary(bordered, shown, strength, seed).chip
        np.testing.assert_array_equal(varied[shown], chip[shown])
        fills.add(varied[~shown].tobytes())
    assert len(fills) > 6  # not 12, for the blurred enlargement is always the same


def test_a_flip_mirrors(chip: np.ndarray) -> None:
    strength = replace(NOTHING, flip=1.0)
    varied = vary(chip, None, strength).chip
    np.testing.assert_array_equal(varied, chip[:, ::-1])


@pytest.mark.parametrize("name", [name for name in asdict(Augmentation()) if name != "border"])
def test_every_strength_has_an_effect(chip: np.ndarray, name: str) -> None:
    value = 8.0 if name == "rotation" else 0.3 if name in ("shift", "scale", "colour") else 1.0
    strength = replace(NOTHING, **{name: value})
    varied = [vary(chip, None, strength, i).chip for i in range(5)]
    assert any((v != chip).any() for v in varied)


def test_the_clean_view_is_the_chip_as_it_was_or_its_mirror_image(chip: np.ndarray) -> None:
    shown = np.ones(chip.shape[:2], bool)
    shown[:, :20] = False
    strength = replace(Augmentation(), tight=0.5)
    mirrored = []
    for seed in range(20):
        clean = vary(chip, shown, strength, seed).clean
        mirrored.append(not (clean == chip).all())
        np.testing.assert_array_equal(clean, chip[:, ::-1] if mirrored[-1] else chip)
    assert 4 < sum(mirrored) < 16


def test_the_clean_view_is_mirrored_like_the_chip(chip: np.ndarray) -> None:
    for flip in (0.0, 1.0):
        views = vary(chip, None, replace(NOTHING, tight=1.0, flip=flip))
        np.testing.assert_array_equal(views.clean, chip[:, ::-1] if flip else chip)
        hidden = (views.chip != views.clean).any(axis=2)
        assert hidden.any()
        assert (views.chip[hidden] == OUTSIDE).all()


def test_a_tight_crop_still_shows_the_landmarks(chip: np.ndarray) -> None:
    strength = replace(NOTHING, tight=1.0)
    wide = ChipTemplate(crop_scale=1.4)
    for seed in range(20):
        varied = augment(chip, None, wide, strength, np.random.default_rng(seed)).chip
        for x, y in wide.landmarks(chip.shape[0]).astype(int):
            np.testing.assert_array_equal(varied[y, x], chip[y, x])
        assert (varied == OUTSIDE).all(axis=2).mean() > 0.1
