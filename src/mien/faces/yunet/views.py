"""The views in which a picture is searched for faces; a view may be rotated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.faces.warp import Matrix, warp
from mien.images import Picture

_OVERVIEW = 320  # side, in pixels, of the view in which large faces are found
_OVERVIEW_BORDER = 0.25  # of the longer side, on each side: a face that fills a picture needs air
_TILE = 1280  # side, in pixels, of the views in which small faces are found
_TILE_OVERLAP = 128
_CROP = 128  # side, in pixels, of the view in which landmarks are refined
_CROP_CONTEXT = 1.6  # that view's side relative to the longer side of the box


@dataclass(frozen=True, slots=True)
class SearchView:
    """A part of a picture, scaled and rotated.

    Attributes:
        pixels: RGB, uint8, height x width x 3.
        matrix: Transform from the view to the picture, 2 x 3.
    """

    pixels: Picture
    matrix: Matrix

    def to_picture(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Returns rows of the view as rows of the picture.

        The box of a rotated face holds the ellipse that its box in the view holds.

        Args:
            rows: Corners of a box, five landmarks, score: (n, 15).
        """
        linear, shift = self.matrix[:, :2], self.matrix[:, 2]
        points = rows[:, :14].reshape(-1, 7, 2)
        centres = points[:, :2].mean(axis=1) @ linear.T + shift
        halves = np.sqrt(((points[:, 1] - points[:, 0]) / 2) ** 2 @ (linear**2).T)
        landmarks = (points[:, 2:] @ linear.T + shift).reshape(-1, 10)
        moved = [centres - halves, centres + halves, landmarks, rows[:, 14:]]
        return np.concatenate(moved, axis=1).astype(np.float32)


def full_views(picture: Picture) -> Iterator[SearchView]:
    """Yields an overview with air around it, then the picture in tiles at its own scale."""
    overview = _overview(picture)
    yield overview
    if overview.matrix[0, 0] <= 1:  # it shows all there is
        return
    height, width = picture.shape[:2]
    for top in _tile_starts(height):
        for left in _tile_starts(width):
            tile = picture[top : top + _TILE, left : left + _TILE]
            yield SearchView(tile, np.array([[1.0, 0.0, left], [0.0, 1.0, top]]))


def rotated_views(picture: Picture, turns: int) -> Iterator[SearchView]:
    """Yields an overview and the whole picture in the size of a tile, both rotated.

    Args:
        picture: RGB, uint8, height x width x 3.
        turns: Quarter turns, counter-clockwise.
    """
    yield _rotate(_overview(picture), turns)
    yield whole_view(picture, _TILE, turns)


def whole_view(picture: Picture, longest_side: int, turns: int = 0) -> SearchView:
    """Returns a picture in one view.

    Args:
        picture: RGB, uint8, height x width x 3.
        longest_side: Maximum of the view's longer side in pixels.
        turns: Quarter turns, counter-clockwise.
    """
    scale = min(1.0, longest_side / max(picture.shape[:2]))
    pixels = _resize(picture, scale) if scale < 1 else picture
    return _rotate(
        SearchView(pixels, np.array([[1 / scale, 0.0, 0.0], [0.0, 1 / scale, 0.0]])), turns
    )


def near_view(picture: Picture, box: NDArray[np.float32], rotation: float = 0.0) -> SearchView:
    """Returns the square view around a box; what lies outside the picture is grey.

    Args:
        picture: RGB, uint8, height x width x 3.
        box: Left, top, right and bottom edge, (4,).
        rotation: Degrees by which what is in the box is rotated clockwise; the view shows it
            upright.
    """
    x1, y1, x2, y2 = (float(v) for v in box)
    side = max(x2 - x1, y2 - y1, 1.0) * _CROP_CONTEXT
    angle = np.radians(rotation)
    matrix = np.empty((2, 3))
    matrix[:, :2] = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix[:, :2] *= side / _CROP
    matrix[:, 2] = (x1 + x2) / 2, (y1 + y2) / 2
    matrix[:, 2] -= matrix[:, :2] @ [_CROP / 2, _CROP / 2]
    return SearchView(warp(picture, _inverse(matrix), _CROP), matrix)


def _overview(picture: Picture) -> SearchView:
    scale = _OVERVIEW / (max(picture.shape[:2]) * (1 + 2 * _OVERVIEW_BORDER))
    small = _resize(picture, scale)
    border = round(_OVERVIEW_BORDER * max(small.shape[:2]))
    framed = cv2.copyMakeBorder(small, *(border,) * 4, borderType=cv2.BORDER_CONSTANT)
    origin = -border / scale
    matrix = np.array([[1 / scale, 0.0, origin], [0.0, 1 / scale, origin]])
    return SearchView(np.asarray(framed, np.uint8), matrix)


def _rotate(view: SearchView, turns: int) -> SearchView:
    height, width = view.pixels.shape[:2]
    back = (
        np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
        np.array([[0.0, -1.0, width], [1.0, 0.0, 0.0]]),
        np.array([[-1.0, 0.0, width], [0.0, -1.0, height]]),
        np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, height]]),
    )[turns]
    matrix = view.matrix[:, :2] @ back
    matrix[:, 2] += view.matrix[:, 2]
    return SearchView(np.rot90(view.pixels, turns), matrix)


def _inverse(matrix: Matrix) -> Matrix:
    linear = np.linalg.inv(matrix[:, :2])
    return np.concatenate([linear, -linear @ matrix[:, 2:]], axis=1)


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
