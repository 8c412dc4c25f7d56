"""Faces of any size, at any angle, in a picture of any size: YuNet in several views.

YuNet (Wu, Peng, Yu: "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence
Research 20, 2023) is fully convolutional; its file is run here by mien's own runtime, at any
size, in batches and from any number of threads.

It knows upright faces. Of a face that lies or is upside down it finds nothing, or an upright face
with the eyes where the mouth is. Then its cells contradict each other, or its score is low. So a
doubtful face is looked at in rotated views too, and if there is no upright face, the whole picture
is searched in them. A face that is upright and well seen costs nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from mien.assets import DETECTOR
from mien.faces.detection import MIN_SCORE
from mien.faces.rows import (
    SAME_FACE,
    Rows,
    average,
    have_rivals,
    rotations,
    to_detection,
    to_row,
    without_duplicates,
)
from mien.faces.views import View, full_views, near_view, rotated_views, whole_view
from mien.images import Picture
from mien.results import Detection
from mien.runtime import OnnxSession, Session

_STRIDES = (8, 16, 32)
_CROPS_AT_ONCE = 32
_REFINEMENTS = 2
_MOST_REFINEMENTS = 6  # of a face that is not upright in its view yet
_REFINE_SCORE = 0.3  # which answers are averaged there
_UPRIGHT = 45.0  # degrees within which a face is upright
_TILTED = 15.0  # degrees beyond which a face is looked at in a rotated view
_STILL_TILTED = 8.0  # degrees beyond which it is looked at once more
_ROTATIONS = (45, 90, 135, 180, 225, 270, 315)
_TURNS = (1, 2, 3)
_SPREAD = 0.022  # of landmarks, relative to the box, above which they contradict each other
_CLEAR = 0.85, _SPREAD  # least score and greatest spread of a face that is seen well
_PASSABLE = 0.75, 0.03  # the same of a face that is seen well enough
_BETTER = 0.03  # by how much a face must look better in a rotated view
_CONTRADICTING = 1.5  # what the spread counts against the score
_NEIGHBOUR = 0.15  # intersection over union of a face and what an upright search takes it for
_CREDIBLE = 0.7  # score from which an upright face shows that the picture is upright
_CANDIDATE = 0.5  # score from which a face is looked at if there is no upright one
_CANDIDATES = 10  # of these, how many at most
_PROMINENT = 0.05  # least width of the largest rotated face, relative to the picture's longer side
_QUICK_ROTATED = 320  # side, in pixels, of the rotated views of a quick search


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
            rows = self._search(picture, min_score)
        else:
            rows = self._search_quickly(picture, min_score, longest_side)
        area = (rows[:, 2] - rows[:, 0]) * (rows[:, 3] - rows[:, 1])
        return [to_detection(row) for row in rows[np.argsort(-area, kind="stable")]]

    def detect_near(
        self, picture: Picture, detections: Sequence[Detection]
    ) -> list[Detection | None]:
        """Detects faces again; see :meth:`mien.faces.detection.Detector.detect_near`."""
        if not detections:
            return []
        rows = np.stack([to_row(detection) for detection in detections])
        rows[:, 14] = 0
        found = self._rotate(picture, self._refine(picture, rows))
        return [
            to_detection(row) if score else None
            for row, score in zip(found.rows, found.score, strict=True)
        ]

    def _search(self, picture: Picture, min_score: float) -> Rows:
        least = min(min_score, _CANDIDATE)
        candidates = without_duplicates(self._scan_all(full_views(picture), least))
        certain = candidates[candidates[:, 14] >= min_score]
        found = self._rotate(picture, self._refine(picture, certain))
        # What is doubtful inside a face, or around it, is a part of it or its surroundings.
        kept = found.clear | ~have_rivals(found.rows)
        rows = found.rows[kept & (found.rows[:, 14] >= min_score)]
        upright = np.abs(rotations(rows)) <= _UPRIGHT
        if not (upright & (rows[:, 14] >= _CREDIBLE)).any():
            rotated = self._search_rotated(picture, candidates)
            rotated = rotated[rotated[:, 14] >= min_score]
            rows = np.concatenate([rows[~upright], rotated]) if len(rotated) else rows
        # Detected again, the part of a face at the edge of a tile is the whole face once more.
        return without_duplicates(rows)

    def _search_rotated(self, picture: Picture, candidates: Rows) -> Rows:
        """Returns the rotated faces of a picture that are seen well.

        A picture that is sideways is about its faces. Where all rotated faces are tiny, they are
        prints or patterns, and none is returned.

        Args:
            picture: RGB, uint8, height x width x 3.
            candidates: What an upright search found.
        """
        views = (view for turns in _TURNS for view in rotated_views(picture, turns))
        rows = np.concatenate([candidates, self._scan_all(views, _CANDIDATE)])
        rows = without_duplicates(rows)[:_CANDIDATES]
        found = self._rotate(picture, self._refine(picture, rows))
        faces = found.rows[found.clear & (np.abs(rotations(found.rows)) > _TILTED)]
        widths = faces[:, 2] - faces[:, 0]
        prominent = widths.max(initial=0) >= _PROMINENT * max(picture.shape[:2])
        return faces if prominent else faces[:0]

    def _search_quickly(self, picture: Picture, min_score: float, longest_side: int) -> Rows:
        rows = self._scan([whole_view(picture, longest_side)], min_score)[0]
        if not (rows[:, 14] >= _CREDIBLE).any():
            side = min(longest_side, _QUICK_ROTATED)
            views = (whole_view(picture, side, turns) for turns in _TURNS)
            rows = np.concatenate([rows, self._scan_all(views, min_score)])
        return without_duplicates(rows)

    def _scan_all(self, views: Iterable[View], min_score: float) -> Rows:
        """Returns the rows of views of any size, in picture coordinates."""
        return np.concatenate([self._scan([view], min_score)[0] for view in views])

    def _scan(self, views: list[View], min_score: float) -> list[Rows]:
        """Returns for each of several equally large views its rows, in picture coordinates."""
        height, width = views[0].pixels.shape[:2]
        padded = np.zeros((len(views), _up(height), _up(width), 3), np.float32)
        for i, view in enumerate(views):
            padded[i, :height, :width] = view.pixels[:, :, ::-1]  # YuNet takes BGR
        outputs = self._session.run({"input": padded.transpose(0, 3, 1, 2)})
        grid = padded.shape[1:3]
        results = []
        for i, view in enumerate(views):
            rows = [_decode(outputs, i, stride, grid, min_score) for stride in _STRIDES]
            results.append(view.to_picture(np.concatenate(rows)))
        return results

    def _refine(self, picture: Picture, rows: Rows) -> _Refined:
        """Finds each face again in a view that holds just this face, and again from there.

        In that view the answers of all cells that see the face are averaged. The landmarks then
        hardly depend on the scale at which the face was found: they scatter four times less
        between a photograph and a tight crop of it (docs/experiments.md), and so do the answers.
        The score is the greater of the old and the new.
        """
        refined = _Refined.of(rows)
        angles = _view_angles(refined.rows)
        again = np.arange(len(rows))
        for refinement in range(_MOST_REFINEMENTS):
            looks = self._look(picture, refined.rows[again], angles[again])
            for i, found in zip(again.tolist(), looks, strict=True):
                refined.update(i, found)
            before, angles = angles, _view_angles(refined.rows)
            if refinement + 1 >= _REFINEMENTS:
                again = again[np.abs(_wrap(angles - before))[again] > _STILL_TILTED]
        return refined

    def _rotate(self, picture: Picture, refined: _Refined) -> _Refined:
        """Replaces the faces that look better in another rotation than the one they were found in.

        Only doubtful faces are looked at again.
        """
        rows, clear = refined.rows, refined.clear
        # Where one face is clear, others are probably upright too.
        doubtful = np.flatnonzero(~(refined.passable if clear.any() else clear))
        best = _Refined.of(rows[doubtful])
        repeated = np.repeat(np.arange(len(doubtful)), len(_ROTATIONS))
        angles = rotations(best.rows)[:, None] + _ROTATIONS
        looks = self._look(picture, best.rows[repeated], angles.ravel(), _NEIGHBOUR)
        for i, found in zip(repeated.tolist(), looks, strict=True):
            if found is not None and _merit(found[0][14], found[1]) > best.merit[i]:
                best.update(i, found)
        better = best.merit > refined.merit[doubtful] + _BETTER
        better &= best.clear if clear.any() else best.passable
        if better.any():
            best.rows[:, 14] = best.score
            refined.replace(doubtful[better], self._refine(picture, best.rows[better]))
        return refined

    def _look(
        self,
        picture: Picture,
        rows: Rows,
        angles: NDArray[np.float64],
        overlap: float = SAME_FACE,
    ) -> list[tuple[Rows, float] | None]:
        """Looks at each face in a view of its own, rotated by an angle; see :func:`average`."""
        looks = []
        for start in range(0, len(rows), _CROPS_AT_ONCE):
            part = slice(start, start + _CROPS_AT_ONCE)
            views = [
                near_view(picture, row[:4], angle)
                for row, angle in zip(rows[part], angles[part], strict=True)
            ]
            founds = self._scan(views, _REFINE_SCORE)
            looks += [average(*pair, overlap) for pair in zip(rows[part], founds, strict=True)]
        return looks


@dataclass(frozen=True, slots=True)
class _Refined:
    """Faces that were looked at again.

    Attributes:
        rows: The faces.
        score: Their scores in the last view; 0 where they were not found again, (n,).
        spread: How far the landmarks of the cells spread there, relative to the box, (n,).
    """

    rows: Rows
    score: NDArray[np.float64]
    spread: NDArray[np.float64]

    @property
    def merit(self) -> NDArray[np.float64]:
        """How well the faces are seen, (n,)."""
        return _merit(self.score, self.spread)

    @property
    def clear(self) -> NDArray[np.bool_]:
        """Which faces are seen well, bool, (n,)."""
        return (self.score >= _CLEAR[0]) & (self.spread <= _CLEAR[1])

    @property
    def passable(self) -> NDArray[np.bool_]:
        """Which faces are seen well enough to be taken for faces in a rotated view, bool, (n,)."""
        return (self.score >= _PASSABLE[0]) & (self.spread <= _PASSABLE[1])

    @classmethod
    def of(cls, rows: Rows) -> _Refined:
        """Returns faces that were not looked at yet."""
        return cls(rows.copy(), np.zeros(len(rows)), np.zeros(len(rows)))

    def update(self, index: int, found: tuple[Rows, float] | None) -> None:
        """Stores what the last view of a face showed; the score of its row never falls."""
        self.score[index] = 0.0 if found is None else found[0][14]
        if found is not None:
            self.rows[index, :14] = found[0][:14]
            self.rows[index, 14] = max(self.rows[index, 14], found[0][14])
            self.spread[index] = found[1]

    def replace(self, indices: NDArray[np.intp], others: _Refined) -> None:
        """Replaces faces by others."""
        self.rows[indices] = others.rows
        self.score[indices] = others.score
        self.spread[indices] = others.spread


_Numbers = TypeVar("_Numbers", float, NDArray[np.float64])


def _merit(score: _Numbers, spread: _Numbers) -> _Numbers:
    return score - _CONTRADICTING * spread


def _view_angles(rows: Rows) -> NDArray[np.float64]:
    """Returns the rotation of the view for each face: that of the face, or 0 if it is upright."""
    angles = rotations(rows)
    return np.where(np.abs(angles) > _TILTED, angles, 0.0)


def _wrap(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns angles as -180..180 degrees."""
    return (angles + 180) % 360 - 180


def _up(side: int) -> int:
    """Rounds up to what the coarsest stride divides."""
    return -(-side // _STRIDES[-1]) * _STRIDES[-1]


def _decode(
    outputs: dict[str, NDArray[np.float32]],
    item: int,
    stride: int,
    padded: tuple[int, int],
    min_score: float,
) -> Rows:
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
