from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mien.faces.align import UTKFACE_TEMPLATE, ChipTemplate, chip_matrix, letterbox_matrix
from mien.faces.warp import OUTSIDE, inside, similarity, warp

numbers = st.floats(-500, 500)


def transform(scale: float, angle: float, x: float, y: float) -> np.ndarray:
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[c, -s, x], [s, c, y]])


@given(st.floats(0.05, 20), st.floats(-3.1, 3.1), numbers, numbers)
def test_similarity_finds_the_transform(scale: float, angle: float, x: float, y: float) -> None:
    points = UTKFACE_TEMPLATE.landmarks(100)
    matrix = transform(scale, angle, x, y)
    moved = points @ matrix[:, :2].T + matrix[:, 2]
    np.testing.assert_allclose(similarity(points, moved), matrix, atol=1e-6 * (1 + scale))


@given(st.lists(st.tuples(numbers, numbers), min_size=5, max_size=5))
def test_similarity_is_the_least_squares_solution(points: list[tuple[float, float]]) -> None:
    source = np.array(points)
    assume(np.ptp(source, axis=0).max() > 1e-3)  # pixels; equal points have no similarity
    target = UTKFACE_TEMPLATE.landmarks(128)
    matrix = similarity(source, target)
    x, y = source.T
    ones, zeros = np.ones(5), np.zeros(5)
    system = np.concatenate([np.stack([x, -y, ones, zeros], 1), np.stack([y, x, zeros, ones], 1)])
    fitted = system @ np.linalg.lstsq(system, target.T.ravel(), rcond=None)[0]
    ours = (source @ matrix[:, :2].T + matrix[:, 2]).T.ravel()
    least = ((fitted - target.T.ravel()) ** 2).sum()
    assert ((ours - target.T.ravel()) ** 2).sum() <= least * (1 + 1e-6) + 1e-6


def test_an_identity_warp_changes_nothing(astronaut: np.ndarray) -> None:
    identity = transform(1, 0, 0, 0)
    np.testing.assert_array_equal(warp(astronaut, identity, 512), astronaut)


def test_a_shift_of_whole_pixels_shifts_and_fills(astronaut: np.ndarray) -> None:
    warped = warp(astronaut, transform(1, 0, 10, 20), 512)
    np.testing.assert_array_equal(warped[20:, 10:], astronaut[:-20, :-10])
    assert (warped[:18] == OUTSIDE).all()
    assert (warped[:, :8] == OUTSIDE).all()


@given(st.floats(0.1, 4), st.floats(-3.1, 3.1), st.floats(-60, 160), st.floats(-60, 160))
def test_inside_says_where_the_picture_is(scale: float, angle: float, x: float, y: float) -> None:
    white = np.full((90, 120, 3), 255, np.uint8)
    matrix = transform(scale, angle, x, y)
    warped = warp(white, matrix, 100)[:, :, 0]
    reach = 3 * max(1.0, 1 / scale)  # of the interpolation, in pixels of the picture

    def within(margin: float) -> np.ndarray:
        moved = matrix.copy()
        moved[:, 2] += matrix[:, :2] @ [margin, margin]
        return inside(moved, round(120 - 2 * margin), round(90 - 2 * margin), 100)

    assert (warped[within(reach)] == 255).all()
    assert (warped[~within(-reach)] == OUTSIDE).all()


def test_a_fine_pattern_is_averaged_not_aliased() -> None:
    stripes = np.zeros((1000, 1000, 3), np.uint8)
    stripes[:, ::2] = 255
    warped = warp(stripes, transform(0.1, 0.3, 20, 5), 100)
    shown = inside(transform(0.1, 0.3, 20, 5), 1000, 1000, 100)
    middle = warped[shown][:, 0]
    assert abs(float(middle.mean()) - 127.5) < 4
    assert float(middle.std()) < 12


@pytest.mark.parametrize("matrix", [transform(0.01, 0, 1e6, 0), transform(0.5, 1, -1e5, -1e5)])
def test_a_view_beside_the_picture_is_grey(astronaut: np.ndarray, matrix: np.ndarray) -> None:
    assert (warp(astronaut, matrix, 64) == OUTSIDE).all()


def test_landmarks_land_on_the_template() -> None:
    landmarks = UTKFACE_TEMPLATE.landmarks(300) + np.array([200, 50])
    matrix = chip_matrix(landmarks, 128)
    moved = landmarks @ matrix[:, :2].T + matrix[:, 2]
    np.testing.assert_allclose(moved, UTKFACE_TEMPLATE.landmarks(128), atol=1e-9)


def test_a_chip_of_a_chip_sized_face_is_the_picture(astronaut: np.ndarray) -> None:
    landmarks = UTKFACE_TEMPLATE.landmarks(128) + np.array([100, 40])
    np.testing.assert_array_equal(
        warp(astronaut, chip_matrix(landmarks, 128), 128), astronaut[40:168, 100:228]
    )


def test_a_whole_picture_is_fitted_and_centred() -> None:
    chip = warp(np.full((50, 100, 3), 255, np.uint8), letterbox_matrix(100, 50, 64), 64)
    assert (chip[32, :] == 255).all()
    assert (chip[:14] == OUTSIDE).all()
    assert (chip[50:] == OUTSIDE).all()


def test_a_template_survives_its_dictionary() -> None:
    template = ChipTemplate(crop_scale=1.2)
    assert ChipTemplate.from_dict(template.to_dict()) == template
