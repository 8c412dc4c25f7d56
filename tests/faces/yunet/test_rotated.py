"""Faces that lie or are upside down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from mien import Analyzer, read_picture
from mien.assets import ASTRONAUT
from mien.explanation import explain
from mien.faces import YuNet, select_faces
from mien.faces.quality import rotation
from mien.results import Detection
from mien.runtime import Session

_ANGLES = (45, 75, 90, -90, 135, -150, 180)


@pytest.fixture(scope="module")
def faces() -> YuNet:
    return YuNet(threads=1)


@pytest.fixture(scope="module")
def upright(faces: YuNet, astronaut: np.ndarray) -> Detection:
    (face,) = faces.detect(astronaut)
    return face


def rotated(picture: np.ndarray, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """Rotates a picture clockwise, all of it; returns the matrix too."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    size = np.abs(matrix[:, :2]) @ [width, height]
    matrix[:, 2] += (size - [width, height]) / 2
    shape = (round(size[0]), round(size[1]))
    return np.asarray(cv2.warpAffine(picture, matrix, shape, borderValue=(128,) * 3)), matrix


def check(found: Detection, upright: Detection, matrix: np.ndarray, degrees: float) -> None:
    expected = upright.landmarks @ matrix[:, :2].T + matrix[:, 2]
    assert np.linalg.norm(found.landmarks - expected, axis=1).max() < 0.1 * upright.box.width
    assert abs((rotation(found.landmarks) - degrees + 180) % 360 - 180) < 12
    for x, y in found.landmarks:
        box = found.box
        assert box.x < x < box.x + box.width
        assert box.y < y < box.y + box.height
    assert found.score > 0.85


@pytest.mark.parametrize("degrees", _ANGLES)
def test_a_face_is_found_at_any_angle(
    faces: YuNet, astronaut: np.ndarray, upright: Detection, degrees: float
) -> None:
    picture, matrix = rotated(astronaut, degrees)
    (found,) = faces.detect(picture)
    check(found, upright, matrix, degrees)
    (cropped,) = select_faces(faces, picture, cropped=True)
    check(cropped, upright, matrix, degrees)


def test_noise_does_not_move_the_landmarks_of_a_lying_face(faces: YuNet) -> None:
    picture = read_picture(ASTRONAUT)
    (upright,) = faces.detect(picture)
    turned, matrix = rotated(picture, -150)
    noise = np.random.default_rng(0).integers(-2, 3, turned.shape)
    (found,) = faces.detect((turned + noise).clip(0, 255).astype(np.uint8))
    check(found, upright, matrix, -150)


@pytest.mark.parametrize("degrees", [90, 180, -90])
def test_a_box_of_a_lying_face_gets_its_landmarks(
    faces: YuNet, astronaut: np.ndarray, upright: Detection, degrees: float
) -> None:
    picture, matrix = rotated(astronaut, degrees)
    (found,) = faces.detect(picture)
    for known in (Detection(found.box), found):
        (again,) = faces.detect_near(picture, [known])
        assert again is not None
        check(again, upright, matrix, degrees)


@pytest.mark.parametrize("degrees", [90, 180, -90])
def test_a_quick_search_finds_lying_faces_too(
    faces: YuNet, astronaut: np.ndarray, upright: Detection, degrees: float
) -> None:
    picture, matrix = rotated(astronaut, degrees)
    found = faces.detect(picture, longest_side=400)
    (near,) = faces.detect_near(picture, found)
    assert near is not None
    check(near, upright, matrix, degrees)


def test_several_faces_and_small_ones_upside_down(faces: YuNet, astronaut: np.ndarray) -> None:
    scene = np.full((1000, 1400, 3), 120, np.uint8)
    scene[:512, :512] = astronaut
    for left, side in ((600, 160), (900, 240), (1200, 120)):
        small = cv2.resize(astronaut, (side, side), interpolation=cv2.INTER_AREA)
        scene[600 : 600 + side, left : left + side] = small
    assert len(faces.detect(scene)) == 4
    for turns in (1, 2, 3):
        found = faces.detect(np.ascontiguousarray(np.rot90(scene, turns)))
        assert len(found) == 4
        assert len({round(rotation(face.landmarks) / 90) % 4 for face in found}) == 1


def test_the_answers_are_those_of_the_upright_face(astronaut: np.ndarray) -> None:
    analyzer = Analyzer(threads=1)
    ((face, upright),) = explain(analyzer, astronaut)
    assert abs(face.quality.rotation) < 5
    assert face.quality.hints == ()
    for turns, degrees in ((1, -90), (2, 180), (3, 90)):
        picture = np.ascontiguousarray(np.rot90(astronaut, turns))
        ((lying, explanation),) = explain(analyzer, picture)
        assert lying.to_dict() == analyzer.analyze(picture)[0].to_dict()
        assert lying.aligned
        assert lying.quality.hints == ("rotated",)
        assert abs((lying.quality.rotation - degrees + 180) % 360 - 180) < 8
        # A mirrored or a turned chip correlates by less than 0.4, whatever its crop.
        assert np.corrcoef(explanation.chip.ravel(), upright.chip.ravel())[0, 1] > 0.9
        assert abs(lying.age.years - face.age.years) < 1.5
        assert (lying.gender.female > 0.5) == (face.gender.female > 0.5)


class _Counting:
    """A session that counts the views that it has searched."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.views = 0

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        self.views += len(inputs["input"])
        return self._session.run(inputs)


@pytest.mark.parametrize("copies", [1, 3])
def test_upright_faces_cost_nothing_more(astronaut: np.ndarray, copies: int) -> None:
    faces = YuNet(threads=1)
    faces._network._session = counting = _Counting(faces._network._session)
    picture = np.concatenate([astronaut] * copies, axis=1)
    tiles = len(range(0, picture.shape[1], 1280))
    assert len(faces.detect(picture)) == copies
    assert counting.views == 1 + tiles + 3 * copies
    counting.views = 0
    faces.detect(picture, longest_side=640)
    assert counting.views == 1
    counting.views = 0
    faces.detect_near(picture, [Detection(face.box) for face in faces.detect(picture)])
    assert counting.views == 1 + tiles + 6 * copies


def _inside(small: Sequence[float], of: Sequence[float]) -> bool:
    return of[0] <= small[0] and of[1] <= small[1] and small[2] <= of[2] and small[3] <= of[3]


@pytest.mark.parametrize(
    ("share", "x", "y"), [(0.2, 0.35, 0.4), (0.3, 0.3, 0.8), (0.3, 0.65, 0.1), (0.4, 0.7, 0.6)]
)
def test_a_small_face_before_a_large_one_is_another(
    faces: YuNet, astronaut: np.ndarray, share: float, x: float, y: float
) -> None:
    large = np.asarray(cv2.resize(astronaut[:260, 90:350], (780, 780)), np.uint8)
    (behind,) = faces.detect(large)
    box = behind.box
    width = round(share * box.width / 90 * 120)
    small = cv2.resize(astronaut[50:190, 165:285], (width, round(width * 140 / 120)))
    left, top = round(box.x + x * box.width), round(box.y + y * box.height)
    large[top : top + small.shape[0], left : left + width] = small
    first, second = faces.detect(large)
    assert first.box.width > 2 * second.box.width
    assert abs(first.box.width - box.width) < 0.3 * box.width
