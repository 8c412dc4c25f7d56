from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien import Analyzer
from mien.datasets.ladder import LADDER, Step, face_width
from mien.faces.quality import sharpness
from mien.results import Detection


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(threads=1)


@pytest.fixture(scope="module")
def detection(analyzer: Analyzer, astronaut: np.ndarray) -> Detection:
    (found,) = analyzer.detect(astronaut, cropped=True)
    return found


@pytest.mark.parametrize("step", LADDER, ids=lambda step: step.name)
def test_every_step_changes_the_picture_and_leaves_the_original(
    step: Step, astronaut: np.ndarray, detection: Detection
) -> None:
    before = astronaut.copy()
    changed = [
        step.change(astronaut, detection.landmarks, np.random.default_rng(7)) for _ in range(2)
    ]
    np.testing.assert_array_equal(astronaut, before)
    np.testing.assert_array_equal(*changed)  # the same seed gives the same picture
    poorer = changed[0]
    assert poorer.dtype == np.uint8
    assert poorer.ndim == 3
    assert poorer.shape != astronaut.shape or (poorer != astronaut).any()


def test_the_steps_of_a_kind_get_stronger(astronaut: np.ndarray, detection: Detection) -> None:
    def change(kind: str) -> list[float]:
        changes = []
        for step in (step for step in LADDER if step.kind == kind):
            poorer = step.change(astronaut, detection.landmarks, np.random.default_rng(0))
            height, width = astronaut.shape[:2]
            poorer = cv2.resize(poorer, (width, height), interpolation=cv2.INTER_LINEAR)
            changes.append(float(np.abs(poorer.astype(int) - astronaut).mean()))
        return changes

    for kind in ("defocus", "noise", "dark", "bright", "JPEG", "pixels"):
        changes = change(kind)
        assert changes == sorted(changes), kind


def test_the_level_of_pixels_is_the_width_of_the_face(
    analyzer: Analyzer, astronaut: np.ndarray, detection: Detection
) -> None:
    (step,) = (step for step in LADDER if step.name == "pixels 40")
    small = step.change(astronaut, detection.landmarks, np.random.default_rng(0))
    (face,) = analyzer.detect(small, cropped=True)
    assert face.landmarks is not None
    assert face_width(face.landmarks) == pytest.approx(40, rel=0.1)


def test_the_hidden_part_covers_its_landmarks(astronaut: np.ndarray, detection: Detection) -> None:
    eyes, mouth = [0, 1], [3, 4]
    hidden_by = {"eyes hidden": eyes, "mouth hidden": mouth}
    for name, points in hidden_by.items():
        (step,) = (step for step in LADDER if step.name == name)
        hidden = step.change(astronaut, detection.landmarks, np.random.default_rng(0))
        for number in (*eyes, *mouth):  # the nose may be hidden with the mouth
            x, y = detection.landmarks[number].astype(int)
            grey = hidden[y, x].tolist() == [127, 127, 127]
            assert grey == (number in points)


def test_sharpness_falls_with_every_blur(analyzer: Analyzer, astronaut: np.ndarray) -> None:
    (aligned,) = analyzer.align(astronaut, analyzer.detect(astronaut, cropped=True))
    width = aligned.chip.shape[0] * 0.88 / analyzer.card.template.crop_scale
    deviations = [fraction * width for fraction in np.linspace(0.004, 0.1, 25)]
    measured = [sharpness(aligned.chip, analyzer.card.template)] + [
        sharpness(cv2.GaussianBlur(aligned.chip, (0, 0), deviation), analyzer.card.template)
        for deviation in deviations
    ]
    assert (np.diff(measured) < 0).all()
    assert measured[0] > 0.6
    assert measured[-1] < 0.1
