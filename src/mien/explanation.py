"""Explanations: which parts of a face its estimates depend on.

Random parts of the face are blurred (the masks of RISE: Petsiuk et al., "RISE: Randomized Input
Sampling for Explanation of Black-box Models", 2018), and the model predicts each blurred face.
Ridge regression then tells how much each part, when it is visible, raises the probability of the
estimate (as LIME does: Ribeiro et al., "Why Should I Trust You?", 2016). Only predictions are
needed, so the model file that is in use is explained itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mien import ages
from mien.analyzer import Analyzer
from mien.attributes.heads import Head
from mien.faces import AlignedFace
from mien.faces.align import Chip, ChipTemplate
from mien.images import PictureSource, read_picture
from mien.results import Detection, Face

Map = NDArray[np.float32]
"""The importance of each pixel of a chip, float32, (size, size), 0..1; the greatest is 1."""

_MASKS = 128
_CELLS = 7  # of a mask, from side to side
_GRID = 16  # parts, from side to side, whose importance is estimated
_RIDGE = 3.0  # in units of the mean squared length of a mask
_SMOOTH = 1 / 25  # deviation by which a map is smoothed, as a fraction of the chip's side
_BLUR = 1 / 8  # deviation of the blur that hides a part, as a fraction of the chip's side
_NEAR = 5  # years within which two ages count as the same


_REGIONS = {
    "forehead": (-np.inf, -np.inf, np.inf, 0.18),
    "eyes": (-np.inf, 0.18, np.inf, 0.385),
    "nose": (0.355, 0.385, 0.645, 0.585),
    "mouth": (0.275, 0.585, 0.725, 0.77),
    "cheeks": (-np.inf, 0.385, np.inf, 0.675),
    "chin": (-np.inf, 0.675, np.inf, np.inf),
}
"""Left, top, right and bottom of each part of a face, in the units of a template's landmarks. A
pixel belongs to the first part that contains it."""


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Which parts of a face its estimates depend on.

    Attributes:
        chip: The model's input, RGB, uint8, size x size x 3.
        template: Positions of the landmarks in the chip.
        importance: The importance of each pixel, by the attribute's name.
    """

    chip: Chip
    template: ChipTemplate
    importance: dict[str, Map]


class ExplainedFace(NamedTuple):
    """A face and the explanation of its estimates."""

    face: Face
    explanation: Explanation


def explain(
    analyzer: Analyzer,
    picture: PictureSource,
    *,
    detections: Sequence[Detection] | None = None,
    cropped: bool = False,
    max_faces: int | None = None,
) -> list[ExplainedFace]:
    """Describes the faces of a picture and explains their estimates.

    Args:
        analyzer: Its model is explained.
        picture: See :func:`mien.images.read_picture`.
        detections: As in :meth:`mien.Analyzer.analyze`.
        cropped: As in :meth:`mien.Analyzer.analyze`.
        max_faces: How many faces, the largest first; as many as the analyzer describes if not
            given.

    Returns:
        The faces, the largest first.

    Raises:
        PictureError: The picture cannot be used.

    Example:
        >>> from mien import Analyzer, explain
        >>> face, explanation = explain(Analyzer(), "photo.jpg")[0]
        >>> age = explanation.importance["age"]
        >>> age.shape == explanation.chip.shape[:2], float(age.max())
        (True, 1.0)
    """
    pixels = read_picture(picture, analyzer.max_pixels)
    if detections is None:
        detections = analyzer.detect(pixels, cropped=cropped, max_faces=max_faces)
    aligned = analyzer.align(pixels, detections)
    return [
        ExplainedFace(face, explain_face(analyzer, view))
        for face, view in zip(analyzer.predict_faces(aligned), aligned, strict=True)
    ]


def explain_face(analyzer: Analyzer, aligned: AlignedFace) -> Explanation:
    """Explains the estimates for an aligned face.

    The same face always gets the same explanation.

    Args:
        analyzer: Its model and its shown attributes are explained.
        aligned: The face.
    """
    chip, size = aligned.chip, len(aligned.chip)
    scores = _scores(analyzer, aligned, _masks(size))
    return Explanation(
        chip,
        analyzer.card.template,
        {name: _importance(score, size) for name, score in scores.items()},
    )


def shares(importance: Map, template: ChipTemplate) -> dict[str, float]:
    """Returns the share of each part of the face in the importance.

    Args:
        importance: Of each pixel of an aligned chip.
        template: Positions of the landmarks in the chip.

    Returns:
        A share 0..1 for each of forehead, eyes, nose, mouth, cheeks and chin. They sum to 1; all
        are 0 if the importance is 0 everywhere.
    """
    left, size = importance.copy(), len(importance)
    found = {}
    for name, region in _REGIONS.items():
        x0, y0, x1, y1 = (template.place(np.array(region)).clip(0, 1) * size).round().astype(int)
        part = left[y0:y1, x0:x1]
        found[name] = float(part.sum())
        part[:] = 0
    whole = max(sum(found.values()), 1e-9)
    return {name: value / whole for name, value in found.items()}


def _scores(
    analyzer: Analyzer, aligned: AlignedFace, seen: NDArray[np.float32]
) -> dict[str, NDArray[np.float32]]:
    """Returns the log-odds of each estimate behind each mask, (n,), by attribute."""
    chip = aligned.chip
    blur = cv2.GaussianBlur(chip, (0, 0), _BLUR * len(chip)).astype(np.float32)
    detail = chip.astype(np.float32) - blur
    variants = (
        (blur + mask[:, :, None] * detail).round().clip(0, 255).astype(np.uint8) for mask in seen
    )
    chips = np.stack([chip, *variants])
    # Masks blur the face on purpose; the calibration stays that of the view itself.
    views = np.repeat(aligned.view[None], len(chips), axis=0)
    prediction = analyzer.model.predict(chips, views)
    scores = {}
    for head in analyzer.heads:
        probabilities = prediction.probabilities[head.name]
        kept = _kept(head, probabilities[0])
        sure = probabilities[1:, kept].sum(axis=1).clip(1e-4, 1 - 1e-4)
        scores[head.name] = np.log(sure / (1 - sure)).astype(np.float32)
    return scores


def _kept(head: Head, probabilities: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Returns which classes mean the same as the estimate for the whole face."""
    classes = np.arange(len(probabilities))
    if head.kind == "distribution":
        return np.asarray(np.abs(classes - ages.median(probabilities)) <= _NEAR)
    return np.asarray(classes == probabilities.argmax())


def _importance(score: NDArray[np.float32], size: int) -> Map:
    """Returns by how much a visible part raises a score; parts that lower it get 0."""
    slope = (_regression(size) @ (score - score.mean())).reshape(_GRID, _GRID)
    smooth = cv2.resize(slope.clip(min=0), (size, size), interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(smooth, (0, 0), _SMOOTH * size).clip(min=0)
    return np.asarray(smooth / max(float(smooth.max()), 1e-6), np.float32)


@lru_cache(maxsize=4)
def _regression(size: int) -> NDArray[np.float32]:
    """Returns the matrix that turns the masks' scores into the parts' slopes, (parts, n)."""
    coarse = [cv2.resize(m, (_GRID, _GRID), interpolation=cv2.INTER_AREA) for m in _masks(size)]
    deviation = np.stack(coarse).reshape(len(coarse), -1).astype(np.float64)
    deviation -= deviation.mean(axis=0)
    alike = deviation @ deviation.T
    alike += _RIDGE * np.trace(alike) / len(alike) * np.eye(len(alike))
    return np.asarray(np.linalg.solve(alike, deviation).T, np.float32)


@lru_cache(maxsize=4)
def _masks(size: int) -> NDArray[np.float32]:
    """Returns how visible each pixel is behind each mask, 0..1, (n, size, size).

    A mask is a coarse random grid, enlarged smoothly and shifted by less than a cell. Each comes
    with its negative, so every pixel is visible as often as it is hidden.
    """
    random = np.random.default_rng(0)
    cell = -(-size // _CELLS)
    side = (_CELLS + 1) * cell
    masks = []
    for _ in range(_MASKS // 2):
        grid = random.integers(0, 2, (_CELLS + 1, _CELLS + 1)).astype(np.float32)
        smooth: Any = cv2.resize(grid, (side, side), interpolation=cv2.INTER_LINEAR)
        top, left = random.integers(0, cell, 2)
        mask = smooth[top : top + size, left : left + size]
        masks += [mask, 1 - mask]
    return np.stack(masks)
