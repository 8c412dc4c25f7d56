from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from mien import Analyzer, Box, Face, GenderEstimate, LabelEstimate, TrackedFace, draw_faces
from mien.results import Estimate

AMBER, BLUE, GREY = (255, 176, 0), (100, 143, 255), (235, 235, 235)
FEMALE = GenderEstimate("female", {"male": 0.02, "female": 0.98})
MALE = GenderEstimate("male", {"male": 0.97, "female": 0.03})
LEANING = GenderEstimate("undetermined", {"male": 0.1, "female": 0.9})
HAT = LabelEstimate("yes", {"no": 0.1, "yes": 0.9})


@pytest.fixture(scope="module")
def face(astronaut: np.ndarray) -> Face:
    return Analyzer(threads=1).analyze(astronaut)[0]


def _changed(picture: np.ndarray, face: Face | TrackedFace) -> np.ndarray:
    return (draw_faces(picture, [face]) != picture).any(axis=2)


def _label(picture: np.ndarray, face: Face | TrackedFace) -> tuple[int, int]:
    """Returns the width and height of the drawing above the box in pixels."""
    above = _changed(picture, face)[: round(face.box.y) - 4]
    rows, columns = np.nonzero(above)
    return (0, 0) if not len(rows) else (np.ptp(columns) + 1, np.ptp(rows) + 1)


def test_a_label_is_drawn_beside_the_face_and_nowhere_else(
    astronaut: np.ndarray, face: Face
) -> None:
    before = astronaut.copy()
    changed = _changed(astronaut, face)
    np.testing.assert_array_equal(astronaut, before)
    box = face.box
    assert changed[round(box.y), round(box.x + box.width / 2)]
    assert not changed[round(box.y + box.height / 2), round(box.x + box.width / 2)]
    assert not changed[300:].any()


def _label_extent(picture: np.ndarray, face: Face) -> tuple[int, int, int, int]:
    """Returns left, top, width and height of the part of a grey label that is in the picture."""
    labelled = replace(face, estimates={"hat": HAT})
    bare = replace(face, estimates={})
    rows, columns = np.nonzero(
        (draw_faces(picture, [labelled]) != draw_faces(picture, [bare])).any(axis=2)
    )
    return columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1


@pytest.mark.parametrize("x", [-50, 180, 370])
@pytest.mark.parametrize("y", [-60, 150, 290])
def test_a_label_stays_inside_the_picture(face: Face, x: int, y: int) -> None:
    picture = np.zeros((300, 400, 3), np.uint8)
    *_, width, height = _label_extent(picture, replace(face, box=Box(180, 150, 60, 70)))
    *_, shown_width, shown_height = _label_extent(picture, replace(face, box=Box(x, y, 60, 70)))
    assert shown_width == pytest.approx(width, abs=1)
    assert shown_height == pytest.approx(height, abs=1)


@pytest.mark.parametrize("shape", [(8, 20), (512, 20), (8, 400)])
def test_a_label_that_is_larger_than_the_picture_fills_it(
    face: Face, shape: tuple[int, int]
) -> None:
    picture = np.zeros((*shape, 3), np.uint8)
    left, top, width, height = _label_extent(picture, face)
    assert (left, width) == (0, shape[1]) or (top, height) == (0, shape[0])


@pytest.mark.parametrize(
    ("estimates", "colour"),
    [
        ({"gender": FEMALE}, AMBER),
        ({"gender": MALE}, BLUE),
        ({"gender": LEANING}, GREY),
        ({"hat": HAT}, GREY),
        ({"gender": HAT}, GREY),
        ({}, GREY),
    ],
)
def test_a_box_has_the_colour_of_the_gender_presentation_if_there_is_one(
    face: Face, estimates: Mapping[str, Estimate], colour: tuple[int, int, int]
) -> None:
    other = replace(face, estimates=estimates)
    drawn = draw_faces(np.zeros((512, 512, 3), np.uint8), [other])
    assert tuple(drawn[round(face.box.y) + 1, round(face.box.center[0])]) == colour


def test_each_further_attribute_has_its_own_line(astronaut: np.ndarray, face: Face) -> None:
    _, one = _label(astronaut, face)
    labels = {"hat": HAT, "glasses": HAT}
    _, three = _label(astronaut, replace(face, estimates={**face.estimates, **labels}))
    assert three > 1.8 * one


def test_a_model_without_an_age_has_its_first_estimate_as_headline(
    astronaut: np.ndarray, face: Face
) -> None:
    (width, height) = _label(astronaut, replace(face, estimates={"hat": HAT}))
    assert height == _label(astronaut, face)[1]
    assert width > 40


def test_without_estimates_there_is_a_box_alone(astronaut: np.ndarray, face: Face) -> None:
    bare = replace(face, estimates={})
    assert _label(astronaut, bare) == (0, 0)
    assert _changed(astronaut, bare).any()


def test_the_label_of_a_small_face_is_its_years(face: Face) -> None:
    picture = np.zeros((512, 512, 3), np.uint8)
    small = replace(face, box=Box(200, 200, 35, 35))
    larger = replace(face, box=Box(200, 200, 37, 37))
    assert _label(picture, small)[0] < _label(picture, larger)[0] / 3


def test_the_label_of_a_tracked_face_has_its_number(astronaut: np.ndarray, face: Face) -> None:
    tracked = TrackedFace(
        estimates=face.estimates,
        box=face.box,
        landmarks=None,
        score=0.9,
        quality=None,
        person_id=7,
        since=0.0,
    )
    width, height = _label(astronaut, face)
    assert _label(astronaut, tracked) == (pytest.approx(width + 20, abs=10), height)


def test_labels_of_neighbours_do_not_cover_each_other(face: Face) -> None:
    picture = np.zeros((512, 512, 3), np.uint8)
    faces = [replace(face, box=Box(x, 200, 60, 70)) for x in (160, 230)]
    both = (draw_faces(picture, faces) != 0).any(axis=2)
    above, below = both[:195].sum(), both[275:].sum()
    assert above > 500
    assert below == pytest.approx(above, rel=0.2)
