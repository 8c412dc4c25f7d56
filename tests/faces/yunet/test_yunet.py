from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.faces import MIN_SCORE_CROPPED, YuNet
from mien.images import read_picture
from mien.results import Box, Detection


@pytest.fixture(scope="module")
def faces() -> YuNet:
    return YuNet(threads=1)


def overlap(a: Box, b: Box) -> float:
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    shared = max(0, width) * max(0, height)
    return shared / (a.width * a.height + b.width * b.height - shared)


def test_eight_threads_get_the_same_faces(faces: YuNet, astronaut: np.ndarray) -> None:
    (expected,) = faces.detect(astronaut)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(faces.detect, [astronaut] * 32))
    for (face,) in results:
        assert (face.box, face.score) == (expected.box, expected.score)
        np.testing.assert_array_equal(face.landmarks, expected.landmarks)


def test_landmarks_are_where_they_should_be(faces: YuNet, astronaut: np.ndarray) -> None:
    (face,) = faces.detect(astronaut)
    left, right, nose, mouth_left, mouth_right = face.landmarks
    assert left[0] < nose[0] < right[0]
    assert mouth_left[0] < mouth_right[0]
    assert max(left[1], right[1]) < nose[1] < min(mouth_left[1], mouth_right[1])
    box = face.box
    for x, y in face.landmarks:
        assert box.x < x < box.x + box.width
        assert box.y < y < box.y + box.height


@pytest.mark.parametrize("side", [14, 20, 40, 160])
def test_a_small_face_in_twelve_megapixels(faces: YuNet, astronaut: np.ndarray, side: int) -> None:
    """The astronaut's face is 90 pixels wide in 512."""
    picture = np.full((3000, 4000, 3), 96, np.uint8)
    scaled = round(512 * side / 90)
    small = cv2.resize(astronaut, (scaled, scaled), interpolation=cv2.INTER_AREA)
    picture[1700 : 1700 + scaled, 2900 : 2900 + scaled] = small
    (face,) = faces.detect(picture)
    assert abs(face.box.width - side) < 0.25 * side
    assert abs(face.box.x - 2900 - 181 * scaled / 512) < 0.15 * side + 1


def test_a_face_across_the_edges_of_tiles_is_found_once(
    faces: YuNet, astronaut: np.ndarray
) -> None:
    for side in (1500, 1700, 2100, 2600):
        picture = np.asarray(cv2.resize(astronaut, (side, side)), np.uint8)
        assert len(faces.detect(picture)) == 1, side


def test_a_crop_that_is_all_face(faces: YuNet, astronaut: np.ndarray) -> None:
    (whole,) = faces.detect(astronaut)
    box = whole.box
    x, y = round(box.x), round(box.y)
    crop = astronaut[y : y + round(box.height), x : x + round(box.width)]
    for scale in (1, 3, 12):
        large = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        (face,) = faces.detect(np.asarray(large))
        moved = Box(*(v * scale for v in (box.x - x, box.y - y, box.width, box.height)))
        assert overlap(face.box, moved) > 0.7


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 4000), (3000, 2), (31, 33), (200, 1500), (1281, 1279)]
)
def test_any_shape_is_searched(faces: YuNet, shape: tuple[int, int]) -> None:
    assert faces.detect(np.full((*shape, 3), 127, np.uint8)) == []


def test_the_landmarks_hardly_depend_on_scale(faces: YuNet, astronaut: np.ndarray) -> None:
    """Found at any size and position, they scatter little relative to the face."""
    found = []
    for scale in (0.3, 0.5, 0.8, 1.0, 1.7, 3.0):
        resized = cv2.resize(astronaut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        (face,) = faces.detect(np.asarray(resized))
        found.append(face.landmarks / scale)
    deviation = np.linalg.norm(np.array(found) - np.median(found, axis=0), axis=2)
    assert deviation.mean() < 0.015 * 90


@pytest.mark.data
def test_everyday_photographs(faces: YuNet, shared_data: Path) -> None:
    """Every counted face is found; pictures without a human face give none."""
    with (shared_data / "photos" / "labels.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["real_faces"]]
    for row in rows:
        found = len(faces.detect(read_picture(shared_data / "photos" / row["file"])))
        if "drawn" in row["tags"]:
            continue  # a drawn face looks like one
        assert found >= int(row["real_faces"]), row["file"]
        if int(row["real_faces"]) == 0:
            assert found == 0, row["file"]


def test_a_lower_score_finds_no_less(faces: YuNet, astronaut: np.ndarray) -> None:
    assert len(faces.detect(astronaut, MIN_SCORE_CROPPED)) >= len(faces.detect(astronaut))


def test_a_quick_search_finds_large_faces_and_no_small_ones(
    faces: YuNet, astronaut: np.ndarray
) -> None:
    scene = np.full((1200, 1600, 3), 90, np.uint8)
    scene[:512, :512] = astronaut
    scene[900:1028, 1200:1328] = cv2.resize(astronaut, (128, 128), interpolation=cv2.INTER_AREA)
    assert len(faces.detect(scene)) == 2
    (face,) = faces.detect(scene, longest_side=400)
    assert overlap(face.box, faces.detect(scene)[0].box) > 0.6


def test_a_face_is_found_again_near_its_box(faces: YuNet, astronaut: np.ndarray) -> None:
    (face,) = faces.detect(astronaut)
    box = face.box
    near = Detection(Box(box.x + 10, box.y - 8, box.width * 1.15, box.height * 0.9))
    nowhere = Detection(Box(10, 400, 60, 60))
    again, nothing = faces.detect_near(astronaut, [near, nowhere])
    assert again is not None
    np.testing.assert_allclose(again.landmarks, face.landmarks, atol=0.02 * box.width)
    assert nothing is None
    assert faces.detect_near(astronaut, []) == []
