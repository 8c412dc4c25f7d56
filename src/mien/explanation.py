"""Explanations: which parts of a face its estimates depend on.

Random parts of the face are blurred by masks (Petsiuk et al., "RISE: Randomized Input Sampling for
Explanation of Black-box Models", 2018). The model predicts each blurred face. Ridge regression then
estimates by how much each part raises the probability of the estimate if it is visible (Ribeiro et
al., "Why Should I Trust You?", 2016). The method needs predictions only, so that it explains the
model file that is in use.
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
from mien.images import Colour, PictureSource, read_picture
from mien.results import Detection, Face

Map = NDArray[np.float32]
"""The importance of each pixel of a chip, 0..1, float32, (size, size); the maximum is 1."""

_MASKS = 128
_CELLS = 7  # cells of a mask in each direction
_GRID = 16  # parts of the face in each direction whose importance is estimated
_RIDGE = 3.0  # ridge penalty, in units of the mean squared length of a mask
_SMOOTH = 1 / 25  # standard deviation of the smoothing of a map, fraction of the chip's side
_BLUR = 1 / 8  # standard deviation of the blur that hides a part, fraction of the chip's side
_NEAR = 5  # years; two ages with at most this difference count as the same

_REGIONS = {
    "forehead": (-np.inf, -np.inf, np.inf, 0.18),
    "eyes": (-np.inf, 0.18, np.inf, 0.385),
    "nose": (0.355, 0.385, 0.645, 0.585),
    "mouth": (0.275, 0.585, 0.725, 0.77),
    "cheeks": (-np.inf, 0.385, np.inf, 0.675),
    "chin": (-np.inf, 0.675, np.inf, np.inf),
}
"""Left, top, right and bottom of each part of a face, in the units of a template's landmarks.

A pixel belongs to the first part that contains it.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The explanation of the estimates for a face.

    Attributes:
        chip: Aligned face, the input of the model, RGB, uint8, size x size x 3.
        template: Template of the chip, with the positions of the landmarks.
        importance: Importance of each pixel, by the attribute's name, see :data:`Map`.
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
    colour: Colour = "rgb",
) -> list[ExplainedFace]:
    """Describes the faces of a picture and explains their estimates.

    Args:
        analyzer: Analyzer whose model is explained.
        picture: See :func:`mien.images.read_picture`.
        detections: Detections of another detector, see :meth:`mien.Analyzer.analyze`; None to
            detect faces.
        cropped: Whether the picture is a tight crop of one face, see
            :meth:`mien.Analyzer.analyze`.
        max_faces: Maximum number of faces, at least 1, the largest first; None for the limit of the
            analyzer.
        colour: Order of the channels of an array: ``"rgb"``, or ``"bgr"`` as OpenCV's.

    Returns:
        The faces, the largest first.

    Raises:
        OptionError: ``max_faces`` is out of its range.
        PictureError: The picture cannot be used.

    Example:
        >>> from mien import Analyzer, explain
        >>> face, explanation = explain(Analyzer(), "photo.jpg")[0]
        >>> age = explanation.importance["age"]
        >>> age.shape == explanation.chip.shape[:2], float(age.max())
        (True, 1.0)
    """
    pixels = read_picture(picture, analyzer.max_pixels, colour=colour)
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
        analyzer: Analyzer whose model is explained, for each attribute that it shows.
        aligned: Aligned face from this analyzer.
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
        importance: Importance of each pixel of a chip, see :data:`Map`.
        template: Template of the chip.

    Returns:
        A share 0..1 for each of forehead, eyes, nose, mouth, cheeks and chin. The shares sum to 1.
        If no pixel has importance, all are 0.
    """
    left, size = importance.copy(), len(importance)
    sums = {}
    for name, region in _REGIONS.items():
        x0, y0, x1, y1 = (template.to_chip(np.array(region)).clip(0, 1) * size).round().astype(int)
        part = left[y0:y1, x0:x1]
        sums[name] = float(part.sum())
        part[:] = 0
    whole = max(sum(sums.values()), 1e-9)
    return {name: value / whole for name, value in sums.items()}


def _scores(
    analyzer: Analyzer, aligned: AlignedFace, masks: NDArray[np.float32]
) -> dict[str, NDArray[np.float32]]:
    """Returns the log-odds of each estimate under each mask, (n,), by the attribute's name."""
    chip = aligned.chip
    blur = cv2.GaussianBlur(chip, (0, 0), _BLUR * len(chip)).astype(np.float32)
    detail = chip.astype(np.float32) - blur
    variants = (
        (blur + mask[:, :, None] * detail).round().clip(0, 255).astype(np.uint8) for mask in masks
    )
    chips = np.stack([chip, *variants])
    # The blur of the masks is no property of the view, so that the calibration stays the same.
    views = np.repeat(aligned.view[None], len(chips), axis=0)
    prediction = analyzer.model.predict(chips, views)
    scores = {}
    for head in analyzer.heads:
        probabilities = prediction.probabilities[head.name]
        classes = _estimated_classes(head, probabilities[0])
        probability = probabilities[1:, classes].sum(axis=1).clip(1e-4, 1 - 1e-4)
        scores[head.name] = np.log(probability / (1 - probability)).astype(np.float32)
    return scores


def _estimated_classes(head: Head, probabilities: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Returns a mask of the classes that count as the estimate for the whole face."""
    classes = np.arange(len(probabilities))
    if head.kind == "distribution":
        return np.asarray(np.abs(classes - ages.median(probabilities)) <= _NEAR)
    return np.asarray(classes == probabilities.argmax())


def _importance(score: NDArray[np.float32], size: int) -> Map:
    """Returns the map of one attribute; parts that lower the score have no importance.

    Args:
        score: Log-odds of the estimate under each mask, (n,).
        size: Side of the chip in pixels.
    """
    slope = (_regression(size) @ (score - score.mean())).reshape(_GRID, _GRID)
    smooth = cv2.resize(slope.clip(min=0), (size, size), interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(smooth, (0, 0), _SMOOTH * size).clip(min=0)
    return np.asarray(smooth / max(float(smooth.max()), 1e-6), np.float32)


@lru_cache(maxsize=4)
def _regression(size: int) -> NDArray[np.float32]:
    """Returns the matrix of the ridge regression, from scores to slopes of parts, (parts, n)."""
    coarse = [cv2.resize(m, (_GRID, _GRID), interpolation=cv2.INTER_AREA) for m in _masks(size)]
    deviation = np.stack(coarse).reshape(len(coarse), -1).astype(np.float64)
    deviation -= deviation.mean(axis=0)
    products = deviation @ deviation.T
    products += _RIDGE * np.trace(products) / len(products) * np.eye(len(products))
    return np.asarray(np.linalg.solve(products, deviation).T, np.float32)


@lru_cache(maxsize=4)
def _masks(size: int) -> NDArray[np.float32]:
    """Returns the masks, (n, size, size): 0 hides a pixel, 1 shows it.

    A mask is a coarse random grid that is enlarged smoothly and shifted by less than a cell. For
    each mask there is its negative, so that every pixel is shown as often as it is hidden.
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
