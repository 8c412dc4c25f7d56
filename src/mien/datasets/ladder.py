"""The ladder of poor views: the same faces, degraded in steps.

Models are calibrated and evaluated on it. Strengths are relative to the width of the face: the
strongest blur is a tenth of it. The smallest face is 12 pixels wide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.datasets import degradation
from mien.datasets.occlusion import draw_glasses, draw_mask
from mien.images import Picture

_WIDTH_OF_EYES = 2.2
"""Width of a face relative to the distance of its eyes."""

_JPEG_WIDTH = 120.0  # maximum width of a face in pixels when its picture is compressed
_GREY = (127, 127, 127)
_MASK = (165, 205, 230)  # the light blue of most masks

Landmarks = NDArray[np.float64]
Change = Callable[[Picture, Landmarks, np.random.Generator], Picture]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the ladder.

    Attributes:
        kind: Kind of the degradation, for example ``"defocus"``.
        level: Strength of the degradation, as tables show it.
        change: Degrades a picture, RGB, uint8. Its other arguments are the landmarks of the face in
            pixels, (5, 2), and a random number generator.
    """

    kind: str
    level: str
    change: Change

    @property
    def name(self) -> str:
        """The kind and the level, for example ``"defocus 2 %"``."""
        return f"{self.kind} {self.level}".strip()


def face_width(landmarks: Landmarks) -> float:
    """Estimates the width of a face in pixels from the distance of its eyes.

    Args:
        landmarks: Landmarks in pixels, (5, 2), in the order of
            :attr:`mien.results.Detection.landmarks`.
    """
    return _WIDTH_OF_EYES * float(np.hypot(*(landmarks[1] - landmarks[0])))


def _defocused(fraction: float) -> Change:
    return lambda picture, points, random: degradation.defocus(
        picture, max(0.1, fraction * face_width(points))
    )


def _smeared(fraction: float) -> Change:
    return lambda picture, points, random: degradation.smear(
        picture, fraction * face_width(points), random.uniform(0, 180)
    )


def _noisy(deviation: float) -> Change:
    return lambda picture, points, random: degradation.add_noise(picture, deviation, random)


def _relit(gain: float) -> Change:
    return lambda picture, points, random: degradation.relight(picture, gain)


def _compressed(quality: int) -> Change:
    return lambda picture, points, random: degradation.compress(
        degradation.shrink(picture, _JPEG_WIDTH / face_width(points)), quality
    )


def _few_pixels(width: float) -> Change:
    return lambda picture, points, random: degradation.shrink(picture, width / face_width(points))


def _turned(degrees: float) -> Change:
    def change(picture: Picture, points: Landmarks, random: np.random.Generator) -> Picture:
        height, width = picture.shape[:2]
        x, y = points.mean(axis=0)
        angle = degrees if random.random() < 0.5 else -degrees
        matrix = cv2.getRotationMatrix2D((float(x), float(y)), angle, 1)
        return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderValue=_GREY))

    return change


def _with_glasses(dark: bool) -> Change:
    return lambda picture, points, random: draw_glasses(picture, points, random, dark)


def _hide(picture: Picture, outline: NDArray[np.float64]) -> Picture:
    hidden = picture.copy()
    cv2.fillPoly(hidden, [outline.round().astype(np.int32)], _GREY, cv2.LINE_AA)
    return hidden


def _bar(points: Landmarks, centre: NDArray[np.float64], width: float, height: float) -> Landmarks:
    """Returns the corners of a bar parallel to the line of the eyes, (4, 2).

    Its width and its height are in widths of the face.
    """
    across = points[1] - points[0]
    across = across / np.hypot(*across) * face_width(points)
    down = np.array([-across[1], across[0]])
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2
    outline = centre + corners[:, :1] * width * across + corners[:, 1:] * height * down
    return np.asarray(outline, np.float64)


def _without_eyes(picture: Picture, points: Landmarks, random: np.random.Generator) -> Picture:
    return _hide(picture, _bar(points, points[:2].mean(axis=0), 1.1, 0.26))


def _without_mouth(picture: Picture, points: Landmarks, random: np.random.Generator) -> Picture:
    return _hide(picture, _bar(points, points[3:].mean(axis=0), 0.9, 0.4))


def _without_a_half(picture: Picture, points: Landmarks, random: np.random.Generator) -> Picture:
    whole = _bar(points, points.mean(axis=0), 1.0, 2.6)
    side = points[int(random.integers(2))] - points[:2].mean(axis=0)
    shift = side / np.hypot(*side) * face_width(points) / 2
    return _hide(picture, whole + shift)


LADDER: tuple[Step, ...] = (
    *(Step("defocus", f"{100 * f:g} %", _defocused(f)) for f in (0.02, 0.04, 0.067, 0.1)),
    *(Step("motion", f"{100 * f:g} %", _smeared(f)) for f in (0.1, 0.2)),
    *(Step("noise", f"{d}", _noisy(d)) for d in (10, 20, 40)),
    *(Step("dark", f"{g:g}", _relit(g)) for g in (0.4, 0.2, 0.1)),
    *(Step("bright", f"{g:g}", _relit(g)) for g in (1.6, 2.4)),
    *(Step("JPEG", f"{q}", _compressed(q)) for q in (30, 20, 10)),
    *(Step("pixels", f"{w}", _few_pixels(w)) for w in (64, 40, 24, 16, 12)),
    *(Step("turned", f"{d} degrees", _turned(d)) for d in (15, 30, 60)),
    Step("glasses", "", _with_glasses(dark=False)),
    Step("sunglasses", "", _with_glasses(dark=True)),
    Step("mask", "", lambda picture, points, random: draw_mask(picture, points, random, _MASK)),
    Step("eyes hidden", "", _without_eyes),
    Step("mouth hidden", "", _without_mouth),
    Step("half hidden", "", _without_a_half),
)
"""The steps, from weak to strong within each kind.

Defocus and motion are fractions of the face's width. Noise is in grey levels. Dark and bright are
factors of the light. JPEG is the quality. Pixels are the face's width. Glasses and masks are drawn.
"""
