"""The quality of the view of a face."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.faces.align import UTKFACE_TEMPLATE, Chip, ChipTemplate
from mien.faces.warp import similarity
from mien.results import Box, Quality

_OCTAVES = 5  # of detail, each half as fine as the one before
_COARSE = 3  # octave from which half of the pixels hold all detail that is left
_FINEST = 1 / 220  # deviation of the finest, as a fraction of the side of a crop of scale 1
_HALF = 0.5  # contrast of one octave relative to the next coarser one that counts as half sharp
_SOFTEST, _SHARPEST = 0.07, 0.65  # mean over the octaves that is sharpness 0, and 1
_NOISE = 2.0  # variance of grey levels below which an octave shows nothing
_NOSE_REACH = 0.22  # how far, in chip sides, the tip of the nose moves between frontal and profile
_LARGE, _TINY = 80.0, 10.0  # sizes in pixels from which a face is large enough, and hardly a face


def measure_quality(
    chip: Chip,
    box: Box,
    landmarks: NDArray[np.float64] | None,
    template: ChipTemplate = UTKFACE_TEMPLATE,
) -> Quality:
    """Measures the view of a face.

    Args:
        chip: The aligned face: RGB, uint8, size x size x 3.
        box: Box around the face in the picture, in pixels.
        landmarks: Its landmarks in the picture, (5, 2); None if they were not found.
        template: Template of the chip.
    """
    return Quality(
        size=min(box.width, box.height),
        sharpness=sharpness(chip, template),
        frontality=None if landmarks is None else frontality(landmarks),
        rotation=None if landmarks is None else rotation(landmarks),
    )


def sharpness(chip: Chip, template: ChipTemplate = UTKFACE_TEMPLATE) -> float:
    """Measures detail, from 0 (none) to 1.

    The middle of the face is divided into octaves of detail (differences of Gaussians). Blur
    removes the finer of two neighbouring octaves more than the coarser, so that the contrast of one
    relative to the other falls with every blur, whatever the exposure. The result is the mean over
    the octaves, scaled to 0..1.

    Args:
        chip: The aligned face: RGB, uint8, size x size x 3.
        template: Template of the chip.
    """
    grey = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY)
    blurred = grey.astype(np.float32)
    scale = len(chip) / template.crop_scale  # side of a crop of scale 1 in pixels
    outside = max(0.0, (1 - 0.75 / template.crop_scale) / 2)  # share of the side
    pixel, deviation = 1.0, 0.0  # of what is blurred, in pixels of the chip
    contrasts = []
    for octave in range(_OCTAVES + 1):
        if octave >= _COARSE:
            half = len(blurred) // 2
            halved = cv2.resize(blurred, (half, half), interpolation=cv2.INTER_AREA)
            blurred = np.asarray(halved, np.float32)
            pixel *= 2
        wanted = max(0.3, _FINEST * scale * 2**octave)
        more = np.sqrt(max(wanted**2 - deviation**2, 0.01)) / pixel
        coarser = np.asarray(cv2.GaussianBlur(blurred, (0, 0), more), np.float32)
        margin = round(outside * len(blurred))
        inner = slice(margin, len(blurred) - margin)
        contrasts.append(float((blurred - coarser)[inner, inner].var()))
        blurred, deviation = coarser, wanted
    ratios = [fine / (fine + _HALF * coarse + _NOISE) for fine, coarse in pairwise(contrasts)]
    return float(np.clip((np.mean(ratios) - _SOFTEST) / (_SHARPEST - _SOFTEST), 0, 1))


def frontality(landmarks: NDArray[np.float64]) -> float:
    """Measures how far a face looks into the camera, from 0 (profile) to 1.

    The tip of the nose stands out. If a face is turned aside or up or down, it is no longer between
    eyes and mouth.

    Args:
        landmarks: (5, 2), in pixels.
    """
    template = UTKFACE_TEMPLATE.landmarks(1)
    matrix = similarity(landmarks[[0, 1, 3, 4]], template[[0, 1, 3, 4]])
    nose = matrix[:, :2] @ landmarks[2] + matrix[:, 2]
    return float(max(0.0, 1 - np.hypot(*(nose - template[2])) / _NOSE_REACH))


def rotation(landmarks: NDArray[np.float64]) -> float:
    """Measures by how many degrees a face is rotated clockwise in the picture, -180..180.

    Args:
        landmarks: (5, 2), in pixels.
    """
    matrix = similarity(landmarks, UTKFACE_TEMPLATE.landmarks(1))
    return float(np.degrees(np.arctan2(-matrix[1, 0], matrix[0, 0])))


def view_factors(quality: Quality, score: float) -> NDArray[np.float32]:
    """Returns the factors that make a view poor, each 0 (perfect) .. 1, float32, (4,).

    They are blur, smallness, turn and low score; see
    :data:`mien.attributes.calibration.VIEW_FACTORS`.

    Args:
        quality: The quality of the view.
        score: Detection score, 0..1.
    """
    size = min(max(quality.size, _TINY), _LARGE)
    small = np.log(_LARGE / size) / np.log(_LARGE / _TINY)
    turned = 1.0 if quality.frontality is None else 1 - quality.frontality
    return np.array([1 - quality.sharpness, small, turned, 1 - score], np.float32)
