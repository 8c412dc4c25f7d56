"""Faces of any size in a picture of any size: YuNet at several scales.

YuNet (Wu, Peng, Yu: "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence
Research 20, 2023) is fully convolutional; its file is run here by mien's own runtime, at any
size, in batches and from any number of threads.

Internally a detection is a row of 15 numbers: seven points (two corners of the box and the five
landmarks) and the score, so that a change of coordinates is the same for all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.assets import DETECTOR
from mien.faces.boxes import overlaps, suppress
from mien.faces.detection import MIN_SCORE
from mien.faces.warp import warp
from mien.images import Picture
from mien.results import Box, Detection
from mien.runtime import OnnxSession, Session

_STRIDES = (8, 16, 32)
_OVERVIEW = 320  # side, in pixels, of the view in which large faces are found
_OVERVIEW_BORDER = 0.25  # of the longer side, on each side: a face that fills a picture needs air
_TILE = 1280  # side, in pixels, of the views in which small faces are found
_TILE_OVERLAP = 128
_CROP = 128  # side, in pixels, of the view in which landmarks are refined
_CROP_CONTEXT = 1.6  # that view's side relative to the longer side of the box
_CROPS_AT_ONCE = 32
_REFINEMENTS = 2
_REFINE_SCORE = 0.3  # which answers are averaged there
_SAME_FACE = 0.4  # boxes whose intersection over union is greater than this are one face

_Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _View:
    """A scaled part of a picture; the picture's coordinates are ``view / scale + origin``."""

    pixels: Picture
    scale: float
    origin: tuple[float, float]


class YuNet:
    """Detects faces and their five landmarks.

    Args:
        threads: How many threads one run may use, at least 1; None leaves it to the runtime.
        device: One of :data:`mien.runtime.DEVICES`.

    Raises:
        DeviceError: The device cannot be used.
    """

    def __init__(self, threads: int | None = None, device: str = "auto") -> None:
        self._options = (threads, device)
        self._session: Session = OnnxSession(DETECTOR, threads, device)

    def __reduce__(self) -> tuple[type[YuNet], tuple[int | None, str]]:
        return type(self), self._options

    def detect(
        self, picture: Picture, min_score: float = MIN_SCORE, longest_side: int | None = None
    ) -> list[Detection]:
        """Detects the faces of a picture; see :meth:`mien.faces.detection.Detector.detect`."""
        if longest_side is None:
            views = _views(picture)
        else:
            scale = min(1.0, longest_side / max(picture.shape[:2]))
            pixels = _resize(picture, scale) if scale < 1 else picture
            views = iter([_View(pixels, scale, (0.0, 0.0))])
        rows = np.concatenate([self._scan([view], min_score)[0] for view in views])
        rows = rows[_suppress(rows)]
        if longest_side is None:
            rows, _ = self._refine(picture, rows)
            # Detected again, the part of a face at the edge of a tile is the whole face once more.
            rows = rows[_suppress(rows)]
        area = (rows[:, 2] - rows[:, 0]) * (rows[:, 3] - rows[:, 1])
        return [_detection(row) for row in rows[np.argsort(-area, kind="stable")]]

    def detect_near(
        self, picture: Picture, detections: Sequence[Detection]
    ) -> list[Detection | None]:
        """Detects faces again; see :meth:`mien.faces.detection.Detector.detect_near`."""
        if not detections:
            return []
        rows = np.zeros((len(detections), 15), np.float32)
        rows[:, :4] = [detection.box.xyxy for detection in detections]
        rows, there = self._refine(picture, rows)
        return [_detection(row) if ok else None for row, ok in zip(rows, there, strict=True)]

    def _scan(self, views: list[_View], min_score: float) -> list[_Rows]:
        """Returns for each of several equally large views its rows, in picture coordinates."""
        height, width = views[0].pixels.shape[:2]
        padded = np.zeros((len(views), _up(height), _up(width), 3), np.float32)
        for i, view in enumerate(views):
            padded[i, :height, :width] = view.pixels[:, :, ::-1]  # YuNet takes BGR
        outputs = self._session.run({"input": padded.transpose(0, 3, 1, 2)})
        grid = padded.shape[1:3]
        results = []
        for i, view in enumerate(views):
            rows = np.concatenate([_decode(outputs, i, s, grid, min_score) for s in _STRIDES])
            points = rows[:, :14].reshape(-1, 7, 2)
            points /= view.scale
            points += np.array(view.origin, np.float32)
            results.append(rows)
        return results

    def _refine(self, picture: Picture, rows: _Rows) -> tuple[_Rows, NDArray[np.bool_]]:
        """Finds each face again in a view that holds just this face, and again from there.

        In that view the answers of all cells that see the face are averaged. The landmarks then
        hardly depend on the scale at which the face was found: they scatter four times less
        between a photograph and a tight crop of it (docs/experiments.md), and so do the answers.

        Returns:
            The rows, with the greater of the old score and the new, and which were found again.
        """
        refined = rows.copy()
        there = np.ones(len(rows), np.bool_)
        for _ in range(_REFINEMENTS):
            for start in range(0, len(rows), _CROPS_AT_ONCE):
                part = refined[start : start + _CROPS_AT_ONCE]  # a view: written in place
                views = [_crop(picture, row) for row in part]
                founds = self._scan(views, _REFINE_SCORE)
                for i, (row, found) in enumerate(zip(part, founds, strict=True), start):
                    same = found[overlaps(row[None, :4], found[:, :4])[0] > _SAME_FACE]
                    there[i] = len(same) > 0
                    if there[i]:
                        row[:14] = np.average(same[:, :14], axis=0, weights=same[:, 14] ** 4)
                        row[14] = max(row[14], same[:, 14].max())
        return refined, there


def _up(side: int) -> int:
    """Rounds up to what the coarsest stride divides."""
    return -(-side // _STRIDES[-1]) * _STRIDES[-1]


def _views(picture: Picture) -> Iterator[_View]:
    """Yields an overview with air around it, then the picture in tiles at its own scale."""
    height, width = picture.shape[:2]
    longest = max(height, width)
    scale = _OVERVIEW / (longest * (1 + 2 * _OVERVIEW_BORDER))
    small = _resize(picture, scale)
    border = round(_OVERVIEW_BORDER * max(small.shape[:2]))
    framed = cv2.copyMakeBorder(small, *(border,) * 4, borderType=cv2.BORDER_CONSTANT)
    origin = -border / scale
    yield _View(np.asarray(framed, np.uint8), scale, (origin, origin))
    if longest * scale >= longest:
        return
    for top in _tile_starts(height):
        for left in _tile_starts(width):
            tile = picture[top : top + _TILE, left : left + _TILE]
            yield _View(tile, 1.0, (left, top))


def _tile_starts(extent: int) -> list[int]:
    """Spreads as few tiles as needed evenly over an extent."""
    if extent <= _TILE:
        return [0]
    count = -(-(extent - _TILE_OVERLAP) // (_TILE - _TILE_OVERLAP))
    return [round(i * (extent - _TILE) / (count - 1)) for i in range(count)]


def _resize(picture: Picture, scale: float) -> Picture:
    height, width = picture.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=method), np.uint8)


def _crop(picture: Picture, row: _Rows) -> _View:
    """Returns the square view around one box; what lies outside the picture is black."""
    x1, y1, x2, y2 = (float(v) for v in row[:4])
    side = max(x2 - x1, y2 - y1, 1.0) * _CROP_CONTEXT
    scale = _CROP / side
    left, top = (x1 + x2 - side) / 2, (y1 + y2 - side) / 2
    matrix = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
    return _View(warp(picture, matrix, _CROP), scale, (left, top))


def _decode(
    outputs: dict[str, NDArray[np.float32]],
    item: int,
    stride: int,
    padded: tuple[int, int],
    min_score: float,
) -> _Rows:
    """Turns the outputs of one stride, for one item of the batch, into rows."""
    scores = np.sqrt(
        outputs[f"cls_{stride}"][item, :, 0].clip(0, 1)
        * outputs[f"obj_{stride}"][item, :, 0].clip(0, 1)
    )
    kept = np.flatnonzero(scores >= min_score)
    columns = padded[1] // stride
    cells = np.stack([kept % columns, kept // columns], axis=1).astype(np.float32)
    box = outputs[f"bbox_{stride}"][item, kept]
    centre = cells + box[:, :2]
    half = np.exp(box[:, 2:]) / 2
    landmarks = outputs[f"kps_{stride}"][item, kept].reshape(-1, 5, 2) + cells[:, None]
    points = np.concatenate([centre - half, centre + half, landmarks.reshape(-1, 10)], axis=1)
    return np.concatenate([points * stride, scores[kept, None]], axis=1)


def _suppress(rows: _Rows) -> list[int]:
    """Returns which rows remain when each face keeps its most certain one only."""
    return suppress(rows[:, :4], np.argsort(-rows[:, 14], kind="stable"), _SAME_FACE)


def _detection(row: _Rows) -> Detection:
    x1, y1, x2, y2 = (float(v) for v in row[:4])
    landmarks = row[4:14].reshape(5, 2).astype(np.float64)
    return Detection(Box(x1, y1, x2 - x1, y2 - y1), landmarks, float(row[14]))
