"""Pictures made upright."""

from __future__ import annotations

import numpy as np
import pytest

from mien.errors import OptionError
from mien.video.io.geometry import Turn, Upright, turn_by_angle, turn_by_matrix

LETTER = np.array([[1, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0]], np.uint8)[..., None].repeat(3, 2)


@pytest.mark.parametrize(
    ("matrix", "columns", "rows", "transposed"),
    [
        ((1, 0, 0, 1), 1, 1, False),
        ((-1, 0, 0, 1), -1, 1, False),
        ((1, 0, 0, -1), 1, -1, False),
        ((-1, 0, 0, -1), -1, -1, False),
        ((0, 1, 1, 0), 1, 1, True),
        ((0, 1, -1, 0), -1, 1, True),
        ((0, -1, 1, 0), 1, -1, True),
        ((0, -1, -1, 0), -1, -1, True),
        ((0, 0, 0, 0), 1, 1, False),
        ((0.99, 0.1, -0.1, 0.99), 1, 1, False),  # five degrees: as it is
    ],
)
def test_each_way_in_which_a_picture_can_lie(
    matrix: tuple[float, float, float, float], columns: int, rows: int, transposed: bool
) -> None:
    shown = turn_by_matrix(*matrix)(LETTER)
    expected = LETTER.transpose(1, 0, 2) if transposed else LETTER
    assert np.array_equal(shown, expected[::rows, ::columns])


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, -90, 360, 91, -1])
def test_angles_are_clockwise(degrees: int) -> None:
    turns = round(degrees / 90)
    assert np.array_equal(turn_by_angle(degrees)(LETTER), np.rot90(LETTER, -turns))


@pytest.mark.parametrize(
    ("pixel_aspect", "aspect", "turn", "size"),
    [
        (1.0, None, Turn(), (60, 40)),
        (2.0, None, Turn(), (120, 40)),
        (0.5, None, Turn(), (60, 80)),
        (16 / 15, None, Turn(), (64, 40)),
        (1.005, None, Turn(), (60, 40)),  # as good as square
        (2.0, None, Turn(transposed=True), (40, 120)),
        (2.0, 1.5, Turn(), (60, 40)),  # the user knows better
        (1.0, 3.0, Turn(), (120, 40)),
        (1.0, 0.5, Turn(transposed=True), (40, 80)),
        (0.0, None, Turn(), (60, 40)),
        (1e6, None, Turn(), (60, 40)),
    ],
)
def test_pixels_become_square(
    pixel_aspect: float, aspect: float | None, turn: Turn, size: tuple[int, int]
) -> None:
    picture = np.zeros((40, 60, 3), np.uint8)
    shown = Upright(pixel_aspect, turn, aspect)(picture)
    assert shown.shape[1::-1] == size
    assert shown.dtype == np.uint8


@pytest.mark.parametrize("aspect", [0, -1.5, 11, float("nan"), float("inf")])
def test_proportions_that_cannot_be(aspect: float) -> None:
    with pytest.raises(OptionError, match=r"^aspect must be between 0\.1 and 10; it is "):
        Upright(aspect=aspect)
