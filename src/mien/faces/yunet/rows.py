"""Detections as rows of 15 numbers: two corners of a box, five landmarks, and the score.

A box is moved and scaled with its landmarks in one step.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from mien.faces.align import UTKFACE_TEMPLATE
from mien.faces.boxes import covered, overlaps
from mien.results import Box, Detection

Rows: TypeAlias = NDArray[np.float32]
"""Detections, (n, 15); or one of them, (15,)."""

SAME_FACE = 0.4
"""Intersection over union above which two boxes are of the same face."""

INSIDE = 0.6
"""Covered share above which a box is inside another."""

_MOST_LANDMARKS = 3

_TEMPLATE = UTKFACE_TEMPLATE.landmarks(1) @ [1, 1j]
_TEMPLATE = _TEMPLATE - _TEMPLATE.mean()


def to_detection(row: Rows) -> Detection:
    """Returns a row as a detection."""
    x1, y1, x2, y2 = (float(v) for v in row[:4])
    landmarks = row[4:14].reshape(5, 2).astype(np.float64)
    return Detection(Box(x1, y1, x2 - x1, y2 - y1), landmarks, float(row[14]))


def to_row(detection: Detection) -> Rows:
    """Returns a detection as a row; landmarks that are not known are 0."""
    row = np.zeros(15, np.float32)
    row[:4] = detection.box.xyxy
    if detection.landmarks is not None:
        row[4:14] = detection.landmarks.ravel()
    row[14] = detection.score
    return row


def rotations(rows: Rows) -> NDArray[np.float64]:
    """Returns by how many degrees each face is rotated clockwise, -180..180, (n,).

    Args:
        rows: (n, 15); a face whose landmarks are all 0 counts as upright.
    """
    points = rows[:, 4:14].reshape(-1, 5, 2).astype(np.float64) @ [1, 1j]
    points -= points.mean(axis=1, keepdims=True)
    angles = np.angle((points * _TEMPLATE.conj()).sum(axis=1))
    return np.asarray(np.degrees(angles), np.float64)


def same_face(row: Rows, others: Rows) -> NDArray[np.bool_]:
    """Returns which rows are of the same face as a row, bool, (n,).

    Their boxes overlap much; or one box is inside the other and covers most of its landmarks, which
    could not be seen behind another face.

    Args:
        row: (15,).
        others: (n, 15).
    """
    boxes, box = others[:, :4], np.broadcast_to(row[:4], (len(others), 4))
    points = np.broadcast_to(row[4:14], (len(others), 10))
    inside = covered(row[None, :4], boxes)[0] > INSIDE
    around = covered(boxes, row[None, :4])[:, 0] > INSIDE
    same = overlaps(row[None, :4], boxes)[0] > SAME_FACE
    same |= inside & (_landmarks_in(box, others[:, 4:14]) >= _MOST_LANDMARKS)
    same |= around & (_landmarks_in(boxes, points) >= _MOST_LANDMARKS)
    return np.asarray(same, np.bool_)


def _landmarks_in(boxes: Rows, landmarks: Rows) -> NDArray[np.intp]:
    """Returns how many landmarks of each face are in the box beside it, (n,)."""
    points = landmarks.reshape(-1, 5, 2)
    within = (points >= boxes[:, None, :2]) & (points <= boxes[:, None, 2:])
    return np.asarray(within.all(axis=2).sum(axis=1), np.intp)


def without_duplicates(rows: Rows) -> Rows:
    """Returns the most certain row of each face."""
    left = rows[np.argsort(-rows[:, 14], kind="stable")]
    kept = [left[:0]]
    while len(left):
        kept.append(left[:1])
        left = left[1:][~same_face(left[0], left[1:])]
    return np.concatenate(kept)


def nested_with_better(rows: Rows) -> NDArray[np.bool_]:
    """Returns which faces are inside, or around, a more certain one, bool, (n,)."""
    boxes, scores = rows[:, :4], rows[:, 14]
    inside = covered(boxes, boxes) > INSIDE
    return np.asarray(((inside | inside.T) & (scores[:, None] < scores)).any(axis=1))


def average(row: Rows, found: Rows, overlap: float = SAME_FACE) -> tuple[Rows, float] | None:
    """Averages the answers of the cells that see the face of a row; None if there is none.

    Args:
        row: The face, (15,).
        found: Answers of the cells of a view, (n, 15).
        overlap: Intersection over union above which a box may be that of the face. Those that see
            the same face as the most certain of them are averaged.

    Returns:
        The average row with the greatest score, and how far the landmarks of the answers spread,
        relative to the width of the box.
    """
    same = found[overlaps(row[None, :4], found[:, :4])[0] > overlap]
    if not len(same):
        return None
    if overlap < SAME_FACE:
        top = same[same[:, 14].argmax()]
        same = found[overlaps(top[None, :4], found[:, :4])[0] > SAME_FACE]
    weights = same[:, 14] ** 4
    mean = np.average(same[:, :14], axis=0, weights=weights)
    variance = np.average((same[:, 4:14] - mean[4:]) ** 2, axis=0, weights=weights)
    spread = np.sqrt(variance).mean() / max(mean[2] - mean[0], 1.0)
    return np.append(mean, same[:, 14].max()).astype(np.float32), float(spread)
