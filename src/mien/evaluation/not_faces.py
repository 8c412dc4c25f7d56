"""Pictures without a human face: how many of what passes the detector is flagged as unusual."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mien.analyzer import Analyzer
from mien.errors import DataError, PictureError
from mien.evaluation.intervals import share
from mien.evaluation.predict import Unreadable, refuse
from mien.evaluation.report.key_figures import Figures
from mien.images import PictureSource
from mien.pictures import analyze_pictures
from mien.results import UNUSUAL


def not_face_figures(
    analyzer: Analyzer,
    pictures: Sequence[tuple[str, PictureSource | PictureError]],
    progress: Callable[[], None] = lambda: None,
    unreadable: Unreadable = refuse,
) -> Figures:
    """Measures which share of the detections in pictures without a face is flagged as unusual.

    Args:
        analyzer: Analyzer whose model says how unusual a face is; its ``min_score`` decides what
            passes the detector.
        pictures: What each picture is called, and where it is: animals, statues, drawings,
            textures, noise.
        progress: Function that is called after each picture.
        unreadable: Function that is told which pictures cannot be read; they are left out.

    Returns:
        ``pictures``; ``with_detections``, the number of pictures in which the detector finds a
        face; ``detections``, their number; and ``unusual``, the share of these that are flagged,
        which is left out without detections.

    Raises:
        DataError: No picture can be read, or ``unreadable`` raises it, or the model does not say
            how unusual a face is.
    """
    if analyzer.card.novelty_limit is None:
        raise DataError(
            f"the model '{analyzer.card.name}' does not say how unusual a face is; choose another"
            " one to evaluate pictures without a face"
        )
    found: list[list[float]] = []
    for result, _ in analyze_pictures(analyzer, pictures):
        if result.error is None:
            qualities = (face.quality.novelty for face in result.faces)
            found.append([novelty for novelty in qualities if novelty is not None])
        else:
            unreadable(result.path, result.error)
        progress()
    if not found:
        raise DataError("no picture without a face can be read; give at least one")
    novelty = np.array([value for of_picture in found for value in of_picture])
    figures: Figures = {
        "pictures": len(found),
        "with_detections": sum(bool(of_picture) for of_picture in found),
        "detections": len(novelty),
    }
    return figures | ({"unusual": share(novelty > UNUSUAL)} if len(novelty) else {})
