"""Finding faces, cutting them out, and saying how well they can be seen."""

from __future__ import annotations

from collections.abc import Sequence

from mien.assets import DETECTOR
from mien.faces.detector import FaceDetector
from mien.results import Detection
from mien.runtime.onnx import OnnxSession

MIN_SCORE = 0.8
"""Detections less certain than this are dropped unless the caller says otherwise."""

MIN_SCORE_CROPPED = 0.3
"""The same where each picture is known to show a face."""

__all__ = ["MIN_SCORE", "MIN_SCORE_CROPPED", "FaceDetector", "central_face", "load_detector"]


def load_detector(threads: int | None = None, min_score: float = MIN_SCORE) -> FaceDetector:
    """Loads the detector that comes with mien.

    Args:
        threads: How many threads one run may use; None leaves it to the runtime.
        min_score: Detections less certain than this are dropped, 0..1.
    """
    return FaceDetector(OnnxSession(DETECTOR, threads), min_score)


def central_face(faces: Sequence[Detection], width: int, height: int) -> Detection:
    """Returns the face that a picture of one face is about.

    It is the one nearest the centre among those at least half as large as the largest.

    Args:
        faces: One or more detections.
        width: Width of the picture in pixels.
        height: Height of the picture in pixels.
    """
    largest = max(face.box.width for face in faces)

    def distance(face: Detection) -> float:
        x = face.box.x + face.box.width / 2 - width / 2
        y = face.box.y + face.box.height / 2 - height / 2
        return x * x + y * y

    return min((f for f in faces if f.box.width >= largest / 2), key=distance)
