"""Refinement of faces: each is detected again in a view of its own.

YuNet knows upright faces. Of a face that lies or is upside down it finds nothing, or an upright
face with the eyes where the mouth is. Then its cells contradict each other, or its score is low. So
a doubtful face is detected in rotated views too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from mien.faces.yunet.network import Network
from mien.faces.yunet.rows import SAME_FACE, Rows, average, rotations
from mien.faces.yunet.views import near_view
from mien.images import Picture

_CROPS_AT_ONCE = 32
_LOOKS = 3
_MOST_LOOKS = 6  # at a face that is not upright in its view yet
_FOLLOWED_LOOKS = 2
_MOST_FOLLOWED_LOOKS = 3
_REFINE_SCORE = 0.3  # which answers are averaged there
_CORRECTION = 2.0  # by how much more the view is rotated: landmarks show a quarter of a tilt
_STILL_TILTED = 4.0  # degrees beyond which it is looked at once more
_ROTATIONS = (45, 90, 135, 180, 225, 270, 315)
_SPREAD = 0.022  # of landmarks, relative to the box, above which they contradict each other
_CLEAR = 0.85, _SPREAD  # least score and greatest spread of a face that is seen well
_PASSABLE = 0.75, 0.03  # the same of a face that is seen well enough
_CONTRADICTING = 1.5  # weight of the spread against the score
_ROTATED_SCORE = 0.7  # least score of a followed face that may be rotated
_BETTER = 0.03  # by how much a face must look better in a rotated view
_NEIGHBOUR = 0.15  # intersection over union of a face and its false upright detection

_TILTED = 6.0
"""Degrees by the landmarks of an upright view beyond which a face is looked at in a rotated one.

They show a quarter to a third of the tilt, so that the face is tilted by 18 degrees or more.
"""


@dataclass(frozen=True, slots=True)
class Refined:
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
    def penalised_score(self) -> NDArray[np.float64]:
        """The scores, less a penalty for the spread, (n,)."""
        return _penalised(self.score, self.spread)

    @property
    def clear(self) -> NDArray[np.bool_]:
        """Mask of the faces that are seen well, bool, (n,)."""
        return (self.score >= _CLEAR[0]) & (self.spread <= _CLEAR[1])

    @property
    def passable(self) -> NDArray[np.bool_]:
        """Mask of the faces that are seen well enough in a rotated view, bool, (n,)."""
        return (self.score >= _PASSABLE[0]) & (self.spread <= _PASSABLE[1])

    @classmethod
    def of(cls, rows: Rows) -> Refined:
        """Returns faces that were not looked at yet."""
        return cls(rows.copy(), np.zeros(len(rows)), np.zeros(len(rows)))

    def update(self, index: int, found: tuple[Rows, float] | None) -> None:
        """Stores what the last view of a face showed; the score of its row never falls."""
        self.score[index] = 0.0 if found is None else found[0][14]
        if found is not None:
            self.rows[index, :14] = found[0][:14]
            self.rows[index, 14] = max(self.rows[index, 14], found[0][14])
            self.spread[index] = found[1]

    def replace(self, indices: NDArray[np.intp], others: Refined) -> None:
        """Replaces faces by others."""
        self.rows[indices] = others.rows
        self.score[indices] = others.score
        self.spread[indices] = others.spread


def refine(network: Network, picture: Picture, rows: Rows) -> Refined:
    """Finds each face again in a view of its own, a doubtful one also in rotated views."""
    found = _refine_in_views(network, picture, rows, _LOOKS, _MOST_LOOKS)
    # Where one face is clear, others are probably upright too.
    upright = bool(found.clear.any())
    doubtful = ~(found.passable if upright else found.clear)
    return _rotate(network, picture, found, doubtful, must_be_clear=upright)


def follow(network: Network, picture: Picture, rows: Rows) -> Refined:
    """Finds each face of a video again, with fewer looks.

    With more looks, and with rotated views of faces of a low score, people who cross are followed
    worse (docs/experiments.md, "How often a followed face is looked at").
    """
    found = _refine_in_views(network, picture, rows, _FOLLOWED_LOOKS, _MOST_FOLLOWED_LOOKS)
    doubtful = (found.spread > _SPREAD) & (found.score >= _ROTATED_SCORE)
    return _rotate(network, picture, found, doubtful, must_be_clear=True)


def _refine_in_views(
    network: Network, picture: Picture, rows: Rows, least: int, most: int
) -> Refined:
    """Finds each face again in a view that holds just this face, and again from there.

    In that view the answers of all cells that see the face are averaged. The landmarks then
    hardly depend on the scale at which the face was found: they scatter four times less
    between a photograph and a tight crop of it (docs/experiments.md), and so do the answers.
    The score is the greater of the old and the new.

    Args:
        network: Detects the faces.
        picture: The picture.
        rows: The faces.
        least: How often each face is looked at.
        most: How often at most, if it is not upright in its view yet.
    """
    refined = Refined.of(rows)
    angles = _view_angles(refined.rows)
    again = np.arange(len(rows))
    for look in range(most):
        looks = _look(network, picture, refined.rows[again], angles[again])
        for i, found in zip(again.tolist(), looks, strict=True):
            refined.update(i, found)
        before, angles = angles, _next_angles(refined.rows, angles)
        if look + 1 >= least:
            again = again[np.abs(_wrap(angles - before))[again] > _STILL_TILTED]
    return refined


def _rotate(
    network: Network,
    picture: Picture,
    refined: Refined,
    doubtful: NDArray[np.bool_],
    *,
    must_be_clear: bool,
) -> Refined:
    """Replaces the doubtful faces that look better in another rotation than the present one.

    Args:
        network: Detects the faces.
        picture: The picture.
        refined: The faces.
        doubtful: Mask of the faces that are looked at again, (n,).
        must_be_clear: Whether they must be clear in the other rotation; else passable is enough.
    """
    indices = np.flatnonzero(doubtful)
    best = Refined.of(refined.rows[indices])
    repeated = np.repeat(np.arange(len(indices)), len(_ROTATIONS))
    angles = rotations(best.rows)[:, None] + _ROTATIONS
    looks = _look(network, picture, best.rows[repeated], angles.ravel(), _NEIGHBOUR)
    for i, found in zip(repeated.tolist(), looks, strict=True):
        if found is not None and _penalised(found[0][14], found[1]) > best.penalised_score[i]:
            best.update(i, found)
    better = best.penalised_score > refined.penalised_score[indices] + _BETTER
    better &= best.clear if must_be_clear else best.passable
    if better.any():
        best.rows[:, 14] = best.score
        rotated = _refine_in_views(network, picture, best.rows[better], _LOOKS, _MOST_LOOKS)
        refined.replace(indices[better], rotated)
    return refined


def _look(
    network: Network,
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
        founds = network.scan(views, _REFINE_SCORE)
        looks += [average(*pair, overlap) for pair in zip(rows[part], founds, strict=True)]
    return looks


_Numbers = TypeVar("_Numbers", float, NDArray[np.float64])


def _penalised(score: _Numbers, spread: _Numbers) -> _Numbers:
    return score - _CONTRADICTING * spread


def _view_angles(rows: Rows) -> NDArray[np.float64]:
    """Returns the rotation of the view for each face: that of the face, or 0 if it is upright."""
    angles = rotations(rows)
    return np.where(np.abs(angles) > _TILTED, angles, 0.0)


def _next_angles(rows: Rows, before: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the rotation of the next view for each face, by what its last view showed."""
    angles = rotations(rows)
    further = before + _CORRECTION * _wrap(angles - before)
    return np.where(np.abs(angles) > _TILTED, further, 0.0)


def _wrap(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns angles as -180..180 degrees."""
    return (angles + 180) % 360 - 180
