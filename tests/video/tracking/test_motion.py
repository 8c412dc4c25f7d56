import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.results import Box
from mien.video.tracking.motion import BoxFilter, CameraMotion


def _centre(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2


def test_the_filter_follows_a_constant_velocity() -> None:
    filter_ = BoxFilter(Box(100, 50, 40, 50))
    for step in range(1, 30):
        filter_.predict(1 / 30)
        filter_.update(Box(100 + 4 * step, 50, 40, 50))
    filter_.predict(5 / 30)
    assert _centre(filter_.box)[0] == pytest.approx(120 + 4 * 29 + 20, abs=4)


def test_the_filter_smooths_noisy_boxes() -> None:
    random = np.random.default_rng(0)
    filter_ = BoxFilter(Box(100, 100, 60, 80))
    seen, shown = [], []
    for _ in range(90):
        x, y = random.normal(100, 3, 2)
        filter_.predict(1 / 30)
        filter_.update(Box(x, y, 60, 80))
        seen.append(x)
        shown.append(filter_.box.x)
    assert np.std(shown[20:]) < 0.75 * np.std(seen[20:])


def test_the_uncertainty_grows_without_detections_and_falls_with_them() -> None:
    filter_ = BoxFilter(Box(0, 0, 50, 50))
    before = filter_.uncertainty
    filter_.predict(0.5)
    grown = filter_.uncertainty
    filter_.update(Box(0, 0, 50, 50))
    assert filter_.uncertainty < before < grown


@given(st.floats(0.25, 4), st.floats(0.25, 4))
def test_a_change_of_resolution_scales_the_box(x: float, y: float) -> None:
    filter_ = BoxFilter(Box(100, 60, 40, 50))
    filter_.scale(x, y)
    box = filter_.box
    assert (box.x, box.y) == (pytest.approx(100 * x), pytest.approx(60 * y))
    assert (box.width, box.height) == (pytest.approx(40 * x), pytest.approx(50 * y))


def test_a_box_without_detections_comes_to_rest() -> None:
    filter_ = BoxFilter(Box(0, 0, 50, 50))
    for step in range(10):
        filter_.predict(0.1)
        filter_.update(Box(20.0 * step, 0, 50, 50))
    before = filter_.box.x
    for _ in range(30):
        filter_.predict(0.1)
        filter_.coast(0.1)
    assert before + 50 < filter_.box.x < before + 120
    before = filter_.box.x
    filter_.predict(0.1)
    assert filter_.box.x == pytest.approx(before, abs=1)


def test_the_motion_of_the_camera_is_measured(astronaut: np.ndarray) -> None:
    camera = CameraMotion()
    assert camera.measure(astronaut[:400, :400]) == (0.0, 0.0)
    x, y = camera.measure(astronaut[30:430, 50:450])
    assert (x, y) == (pytest.approx(-50, abs=5), pytest.approx(-30, abs=5))


def test_a_different_picture_has_no_motion(astronaut: np.ndarray) -> None:
    camera = CameraMotion()
    camera.measure(astronaut)
    noise = np.random.default_rng(0).integers(0, 256, astronaut.shape, dtype=np.uint8)
    assert camera.measure(noise) == (0.0, 0.0)


def test_a_new_resolution_has_no_motion(astronaut: np.ndarray) -> None:
    camera = CameraMotion()
    camera.measure(astronaut)
    assert camera.measure(astronaut[:256]) == (0.0, 0.0)
