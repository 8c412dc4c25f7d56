"""Alignment of detected faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mien.faces.align import Chip, ChipTemplate, chip_matrix, letterbox_matrix
from mien.faces.detection import Detector
from mien.faces.quality import measure_quality, view_factors
from mien.faces.warp import Matrix, warp
from mien.images import Picture
from mien.results import Box, Detection, Quality

_LOOKS = 2  # at a box of another detector, whose relation to the face is not known


@dataclass(frozen=True, slots=True, eq=False)
class AlignedFace:
    """A face that is ready for the attribute model.

    Attributes:
        detection: The detected face; its landmarks are None if they were not found.
        chip: The aligned face: RGB, uint8, size x size x 3.
        matrix: Transform from the picture to the chip, (2, 3).
        quality: Quality of the view.
        view: Factors that make the view poor, float32, (4,), see
            :func:`mien.faces.quality.view_factors`.
    """

    detection: Detection
    chip: Chip
    matrix: Matrix
    quality: Quality
    view: NDArray[np.float32]


def align_faces(
    detector: Detector,
    picture: Picture,
    detections: Sequence[Detection],
    size: int,
    template: ChipTemplate,
) -> list[AlignedFace]:
    """Aligns detected faces: the one way from a detection to what the attribute model sees.

    Args:
        detector: Finds the landmarks of detections that have none.
        picture: RGB, uint8, height x width x 3.
        detections: The faces. A box without landmarks and with a score above 0 is searched for
            them; if there are none, the whole box is taken for the face.
        size: Side of the chips in pixels.
        template: Where the landmarks shall lie.

    Returns:
        A chip for each.
    """
    return [
        _align(picture, detection, size, template)
        for detection in _with_landmarks(detector, picture, detections)
    ]


def aligned_chip(chip: Chip, template: ChipTemplate) -> AlignedFace:
    """Takes a picture for a face that is aligned already; of the view only the chip is known.

    Args:
        chip: RGB, uint8, size x size x 3.
        template: Where the landmarks lie in the chip.
    """
    size = float(len(chip))
    detection = Detection(Box(0.0, 0.0, size, size), template.landmarks(len(chip)))
    quality = measure_quality(chip, detection.box, detection.landmarks, template)
    return AlignedFace(detection, chip, np.eye(2, 3), quality, view_factors(quality, 1.0))


def _with_landmarks(
    detector: Detector, picture: Picture, detections: Sequence[Detection]
) -> list[Detection]:
    bare = [d for d in detections if d.landmarks is None and d.score > 0]
    found = iter(_settled(detector, picture, bare))
    completed = []
    for detection in detections:
        if detection.landmarks is None and detection.score > 0:
            again = next(found)
            landmarks = None if again is None else again.landmarks
            detection = replace(detection, landmarks=landmarks)
        completed.append(detection)
    return completed


def _settled(
    detector: Detector, picture: Picture, bare: Sequence[Detection]
) -> list[Detection | None]:
    """Detects faces in boxes of another detector, again and again until the landmarks settle."""
    found = detector.detect_near(picture, bare)
    for _ in range(_LOOKS - 1):
        again = iter(detector.detect_near(picture, [d for d in found if d is not None]))
        found = [d if d is None else next(again) or d for d in found]
    return found


def _align(
    picture: Picture, detection: Detection, size: int, template: ChipTemplate
) -> AlignedFace:
    box, landmarks = detection.box, detection.landmarks
    if landmarks is None:
        matrix = letterbox_matrix(box.width, box.height, size)
        matrix[:, 2] -= matrix[:, :2] @ np.array([box.x, box.y])
    else:
        matrix = chip_matrix(landmarks, size, template)
    chip = warp(picture, matrix, size)
    quality = measure_quality(chip, box, landmarks, template)
    return AlignedFace(detection, chip, matrix, quality, view_factors(quality, detection.score))
