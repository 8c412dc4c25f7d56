"""Variation of training chips: what faces meet on their way into a picture, drawn from a seed."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.faces.align import Chip
from mien.training.recipe import Augmentation

_Mask = NDArray[np.bool_]


def augment(
    chip: Chip, inside: _Mask | None, strength: Augmentation, random: np.random.Generator
) -> Chip:
    """Varies a chip.

    Args:
        chip: RGB, uint8, size x size x 3.
        inside: Which pixels show the picture, bool, size x size; None if all do.
        strength: How much is varied.
        random: Where chance comes from; the same state gives the same chip.

    Returns:
        A new chip of the same form.
    """
    if inside is not None and random.random() < strength.border:
        chip = _fill_border(chip, inside, random)
    chip = _move(chip, strength, random)
    chip = _recolour(chip, strength, random)
    chip = _degrade(chip, strength, random)
    if random.random() < strength.erase:
        chip = _erase(chip, random)
    return np.ascontiguousarray(chip)


def _fill_border(chip: Chip, inside: _Mask, random: np.random.Generator) -> Chip:
    """Replaces what lies outside the picture, so that nothing can be read from it.

    By one colour, by noise, or by a blurred enlargement of the chip itself, which looks like the
    hair, skin and background that a whole photograph would show there.
    """
    fill: NDArray[Any]
    kind = random.integers(3)
    if kind == 0:
        fill = np.broadcast_to(random.integers(0, 256, 3), chip.shape)
    elif kind == 1:
        centre = random.integers(0, 256, 3)
        noise = random.standard_normal(chip.shape, np.float32)
        fill = (centre + random.uniform(5, 60) * noise).clip(0, 255)
    else:
        size = chip.shape[0]
        quarter = size // 8
        middle = chip[quarter : size - quarter, quarter : size - quarter]
        enlarged = cv2.resize(middle, (size, size), interpolation=cv2.INTER_LINEAR)
        fill = cv2.blur(enlarged, (1 + size // 8, 1 + size // 8))
    return np.where(inside[:, :, None], chip, fill).astype(np.uint8)


def _move(chip: Chip, strength: Augmentation, random: np.random.Generator) -> Chip:
    size = chip.shape[0]
    if random.random() < strength.flip:
        chip = chip[:, ::-1]
    angle = random.uniform(-1, 1) * strength.rotation
    scale = 1 + random.uniform(-1, 1) * strength.scale
    shift = random.uniform(-1, 1, 2) * strength.shift * size
    if random.random() < 0.2 or not (strength.rotation or strength.scale or strength.shift):
        return chip  # as crisp as at the user's
    centre = (size - 1) / 2
    matrix = cv2.getRotationMatrix2D((centre, centre), angle, scale)
    matrix[:, 2] += shift
    border = random.choice([cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT_101, cv2.BORDER_CONSTANT])
    colour = [int(c) for c in random.integers(0, 256, 3)]
    return np.asarray(
        cv2.warpAffine(
            np.ascontiguousarray(chip),
            matrix,
            (size, size),
            flags=cv2.INTER_CUBIC,
            borderMode=int(border),
            borderValue=colour,
        ),
        np.uint8,
    )


def _recolour(chip: Chip, strength: Augmentation, random: np.random.Generator) -> Chip:
    gain = 1 + random.uniform(-1, 1) * strength.contrast
    offset = 255 * random.uniform(-1, 1) * strength.brightness * 0.5
    channels = 1 + random.uniform(-1, 1, 3) * strength.colour
    grey = random.random() < strength.grey
    levels = np.arange(256, dtype=np.float32)[:, None, None]
    curve = ((levels - 128) * gain + 128 + offset) * channels
    table = curve.clip(0, 255).astype(np.uint8)
    chip = np.asarray(cv2.LUT(np.ascontiguousarray(chip), table), np.uint8)
    if grey:
        single = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY)
        chip = np.asarray(cv2.cvtColor(single, cv2.COLOR_GRAY2RGB), np.uint8)
    return chip


def _degrade(chip: Chip, strength: Augmentation, random: np.random.Generator) -> Chip:
    size = chip.shape[0]
    if random.random() < strength.low_resolution:
        smaller = int(size * random.uniform(0.25, 0.8))
        small = cv2.resize(chip, (smaller, smaller), interpolation=cv2.INTER_AREA)
        method = random.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC])
        chip = np.asarray(cv2.resize(small, (size, size), interpolation=int(method)), np.uint8)
    if random.random() < strength.blur:
        chip = np.asarray(cv2.GaussianBlur(chip, (0, 0), random.uniform(0.4, 1.6)), np.uint8)
    if random.random() < strength.jpeg:
        quality = int(random.integers(25, 90))
        _, data = cv2.imencode(".jpg", chip, [cv2.IMWRITE_JPEG_QUALITY, quality])
        chip = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return chip


def _erase(chip: Chip, random: np.random.Generator) -> Chip:
    size = chip.shape[0]
    height, width = (int(size * side) for side in random.uniform(0.1, 0.45, 2))
    top = int(random.integers(0, size - height + 1))
    left = int(random.integers(0, size - width + 1))
    chip = chip.copy()
    if random.random() < 0.5:
        fill = random.integers(0, 256, (1, 1, 3))
    else:
        fill = random.integers(0, 256, (height, width, 3))
    chip[top : top + height, left : left + width] = fill
    return chip
