"""Selection of detected faces."""

from __future__ import annotations

from collections.abc import Sequence

from mien.faces.detection import MIN_SCORE, MIN_SCORE_CROPPED, Detector
from mien.images import Picture
from mien.results import Box, Detection


def select_faces(
    detector: Detector,
    picture: Picture,
    *,
    cropped: bool = False,
    min_score: float = MIN_SCORE,
    max_faces: int | None = None,
) -> list[Detection]:
    """Detects the faces of a picture that a caller wants.

    Args:
        detector: Any detector.
        picture: RGB, uint8, height x width x 3.
        cropped: Whether the picture shows one face and little else. The result is then that one
            face, or the whole picture with a score of 0 if no face is detected.
        min_score: Detections less certain than this are dropped, 0..1; not used if ``cropped``.
        max_faces: How many faces at the most, the largest first; None for all.

    Returns:
        The faces, the largest first.
    """
    if not cropped:
        return detector.detect(picture, min_score)[:max_faces]
    height, width = picture.shape[:2]
    detections = detector.detect(picture, MIN_SCORE_CROPPED)
    if not detections:
        return [Detection(Box(0.0, 0.0, float(width), float(height)), None, 0.0)]
    return [central_face(detections, width, height)]


def central_face(detections: Sequence[Detection], width: int, height: int) -> Detection:
    """Returns the main face of a picture.

    It is the one nearest the centre among those at least half as large as the largest.

    Args:
        detections: One or more.
        width: Width of the picture in pixels.
        height: Height of the picture in pixels.
    """
    largest = max(detection.box.width for detection in detections)

    def distance(detection: Detection) -> float:
        x, y = detection.box.center
        return (x - width / 2) ** 2 + (y - height / 2) ** 2

    return min((d for d in detections if d.box.width >= largest / 2), key=distance)
