"""Augmentation of training chips: the changes are drawn from a seed."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.datasets.ladder import face_width
from mien.faces.align import Chip, ChipTemplate
from mien.faces.warp import OUTSIDE
from mien.training.degradation import degrade
from mien.training.entries import Augmentation
from mien.training.occlusion import occlude

_Mask: TypeAlias = NDArray[np.bool_]
_Points: TypeAlias = NDArray[np.float64]

_UNMOVED = 0.2
"""Share of chips that are not moved. Moving blurs a chip; the chips of users are not moved."""


@dataclasses.dataclass(frozen=True, slots=True)
class AugmentedChip:
    """An augmented chip, as the network sees it and as its teachers see it.

    Attributes:
        chip: The chip for the network: RGB, uint8, size x size x 3.
        clean: The chip for the teachers: as it was, only mirrored if the chip is mirrored. RGB,
            uint8, size x size x 3. So a network learns to predict for a moved face, a tight crop or
            a poor view what its teachers predict for the photograph.
    """

    chip: Chip
    clean: Chip


def augment(
    chip: Chip,
    inside: _Mask | None,
    template: ChipTemplate,
    strength: Augmentation,
    random: np.random.Generator,
) -> AugmentedChip:
    """Augments a chip.

    Args:
        chip: RGB, uint8, size x size x 3.
        inside: True for pixels of the picture, False for the border around it: bool, size x size;
            None if all pixels are of the picture.
        template: The template that the chip was aligned to.
        strength: Strengths and probabilities of the changes.
        random: Random number generator; the same state gives the same chip.

    Returns:
        New chips of the same shape and dtype.
    """
    size = chip.shape[0]
    landmarks = template.landmarks(size)
    whole = chip
    if random.random() < strength.tight:
        chip, inside = _crop_tightly(chip, inside, landmarks, random)
    if inside is not None and random.random() < strength.border:
        chip = _fill_border(chip, inside, random)
    movement = _draw_movement(size, strength, random)
    chip = movement.move(chip)
    landmarks = movement.move_landmarks(landmarks, size)
    chip = occlude(chip, landmarks, strength, random)
    chip = _recolour(chip, strength, random)
    chip = degrade(chip, face_width(landmarks), strength, random)
    clean = whole[:, ::-1] if movement.mirrored else whole
    return AugmentedChip(np.ascontiguousarray(chip), np.ascontiguousarray(clean))


def _crop_tightly(
    chip: Chip, inside: _Mask | None, landmarks: _Points, random: np.random.Generator
) -> tuple[Chip, _Mask]:
    """Hides what a tight crop would not show, as the crops of UTKFace.

    Returns:
        The chip, and True for the pixels that still show the picture, bool, size x size.
    """
    size = chip.shape[0]
    centre = landmarks.mean(axis=0)
    half = face_width(landmarks) * random.uniform(0.5, 0.85, 4)
    left, top = (centre - half[:2]).clip(0, size).astype(int)
    right, bottom = (centre + half[2:]).clip(0, size).astype(int)
    shown = np.zeros((size, size), bool)
    shown[top:bottom, left:right] = True
    if inside is not None:
        shown &= inside
    return np.where(shown[:, :, None], chip, np.uint8(OUTSIDE)), shown


def _fill_border(chip: Chip, inside: _Mask, random: np.random.Generator) -> Chip:
    """Fills what lies outside the picture, so that the network cannot learn from its form.

    The filling is one colour, noise, or a blurred enlargement of the chip itself. The enlargement
    looks like the hair, skin and background that a whole photograph would show there.
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
        quarter = size // 4
        middle = chip[quarter : size - quarter, quarter : size - quarter]
        enlarged = cv2.resize(middle, (size, size), interpolation=cv2.INTER_LINEAR)
        fill = cv2.blur(enlarged, (1 + size // 8, 1 + size // 8))
    return np.where(inside[:, :, None], chip, fill).astype(np.uint8)


@dataclasses.dataclass(frozen=True, slots=True)
class _Movement:
    """A mirroring, rotation, scaling and shift of a chip.

    Attributes:
        mirrored: Whether it is mirrored first.
        matrix: Affine matrix, (2, 3); None if the chip stays where it is.
        border: OpenCV's number of the way to fill the border.
        colour: Colour of a border of one colour, RGB.
    """

    mirrored: bool
    matrix: _Points | None
    border: int
    colour: list[int]

    def move(self, chip: Chip) -> Chip:
        """Moves a chip."""
        if self.mirrored:
            chip = chip[:, ::-1]
        if self.matrix is None:
            return chip
        moved = cv2.warpAffine(
            np.ascontiguousarray(chip),
            self.matrix,
            chip.shape[:2],
            flags=cv2.INTER_CUBIC,
            borderMode=self.border,
            borderValue=self.colour,
        )
        return np.asarray(moved, np.uint8)

    def move_landmarks(self, landmarks: _Points, size: int) -> _Points:
        """Moves the landmarks of a chip of a size in pixels, (5, 2)."""
        if self.mirrored:
            mirrored = np.array([[size, 0.0]]) + landmarks * np.array([[-1.0, 1.0]])
            landmarks = mirrored[[1, 0, 2, 4, 3]]
        if self.matrix is None:
            return landmarks
        return landmarks @ self.matrix[:, :2].T + self.matrix[:, 2]


def _draw_movement(size: int, strength: Augmentation, random: np.random.Generator) -> _Movement:
    """Draws how a chip is mirrored, rotated, scaled and shifted."""
    mirrored = random.random() < strength.flip
    angle = random.uniform(-1, 1) * strength.rotation
    scale = 1 + random.uniform(-1, 1) * strength.scale
    shift = random.uniform(-1, 1, 2) * strength.shift * size
    border = random.choice([cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT_101, cv2.BORDER_CONSTANT])
    colour = [int(c) for c in random.integers(0, 256, 3)]
    matrix = None
    moves = strength.rotation or strength.scale or strength.shift
    if random.random() >= _UNMOVED and moves:
        centre = (size - 1) / 2
        matrix = np.asarray(cv2.getRotationMatrix2D((centre, centre), angle, scale), np.float64)
        matrix[:, 2] += shift
    return _Movement(mirrored, matrix, int(border), colour)


def _recolour(chip: Chip, strength: Augmentation, random: np.random.Generator) -> Chip:
    """Changes contrast, brightness and the gain of each channel, or takes the colour away."""
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
