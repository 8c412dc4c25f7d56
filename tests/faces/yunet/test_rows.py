"""Which detections are of one face."""

from __future__ import annotations

import numpy as np
import pytest

from mien.faces.align import UTKFACE_TEMPLATE
from mien.faces.yunet.rows import (
    nested_with_better,
    rotations,
    to_detection,
    to_row,
    without_duplicates,
)
from mien.results import Box, Detection


def row(x: float, y: float, size: float, score: float) -> np.ndarray:
    landmarks = UTKFACE_TEMPLATE.landmarks(1) * size + [x, y]
    return to_row(Detection(Box(x, y, size, size), landmarks, score))


def remaining(*rows: np.ndarray) -> list[int]:
    kept = without_duplicates(np.stack(rows))
    return [i for i, one in enumerate(rows) if (one == kept).all(axis=1).any()]


def test_a_row_survives_the_detection() -> None:
    one = row(10, 20, 100, 0.9)
    np.testing.assert_allclose(to_row(to_detection(one)), one)


def test_the_most_certain_of_much_overlapping_rows_remains() -> None:
    assert remaining(row(0, 0, 100, 0.8), row(10, 5, 100, 0.9), row(200, 0, 100, 0.7)) == [1, 2]


@pytest.mark.parametrize(("inner", "outer"), [(0.8, 0.9), (0.9, 0.8)])
def test_a_face_around_the_landmarks_of_another_is_the_same(inner: float, outer: float) -> None:
    around = row(0, 0, 100, outer)
    kept = remaining(row(25, 22, 56, inner), around)
    assert kept == [int(outer > inner)]


@pytest.mark.parametrize(("x", "y"), [(2, 2), (60, 10), (35, 65), (15, 20)])
def test_a_face_that_hides_a_landmark_or_two_is_another(x: float, y: float) -> None:
    assert remaining(row(x, y, 30, 0.9), row(0, 0, 100, 0.9)) == [0, 1]


def test_faces_beside_each_other_are_two() -> None:
    assert remaining(row(0, 0, 100, 0.9), row(55, 10, 100, 0.9)) == [0, 1]


def test_rivals_are_inside_or_around_a_more_certain_face() -> None:
    rows = np.stack(
        [row(0, 0, 100, 0.9), row(10, 60, 30, 0.5), row(-80, -80, 300, 0.6), row(300, 0, 50, 0.4)]
    )
    assert nested_with_better(rows).tolist() == [False, True, True, False]


@pytest.mark.parametrize("degrees", [0, 20, 90, -135, 179])
def test_the_rotation_follows_from_the_landmarks(degrees: float) -> None:
    upright = UTKFACE_TEMPLATE.landmarks(80)
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned = upright @ np.array([[cos, sin], [-sin, cos]]) + [30, 40]  # clockwise, y points down
    one = to_row(Detection(Box(0, 0, 80, 80), turned, 0.9))
    assert rotations(one[None])[0] == pytest.approx(degrees, abs=1e-3)
    assert rotations(np.zeros((1, 15), np.float32))[0] == 0
