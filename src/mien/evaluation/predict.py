"""From labelled picture files to predictions, by the same path that a user's picture takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from mien.analyzer import Analyzer
from mien.datasets.records import Record
from mien.errors import DataError
from mien.evaluation.predictions import LabelPredictions, Predictions
from mien.images import PictureSource
from mien.pictures import analyze_pictures
from mien.results import Face, LabelEstimate


def predict(
    analyzer: Analyzer,
    pictures: Path,
    records: Sequence[Record],
    progress: Callable[[int], None] = lambda done: None,
    change: Callable[[Path], PictureSource] = lambda path: path,
) -> Predictions:
    """Asks an analyzer about every picture of a data set, each a crop of one face.

    Args:
        analyzer: It must predict the age.
        pictures: The folder that the records' paths are relative to.
        records: The labels.
        progress: Called with the number of pictures done.
        change: Makes another picture of each, a degraded one say.

    Returns:
        The predictions.

    Raises:
        DataError: There is no picture, or one cannot be read.
    """
    if not records:
        raise DataError("there is no picture to evaluate on")
    sources = ((record.path, change(pictures / record.path)) for record in records)
    faces: list[Face] = []
    for result, _ in analyze_pictures(analyzer, sources, cropped=True):
        if result.error is not None:
            raise DataError(f"'{result.path}': {result.error}")
        faces.append(result.faces[0])
        progress(len(faces))
    nan = float("nan")
    frontality = [nan if f.quality.frontality is None else f.quality.frontality for f in faces]
    return Predictions(
        records=list(records),
        years=np.array([face.age.years for face in faces], np.float32),
        low=np.array([face.age.low for face in faces], np.float32),
        high=np.array([face.age.high for face in faces], np.float32),
        age=np.stack([face.age.distribution for face in faces]),
        found=np.array([face.aligned for face in faces]),
        size=np.array([face.quality.size for face in faces], np.float32),
        sharpness=np.array([face.quality.sharpness for face in faces], np.float32),
        frontality=np.array(frontality, np.float32),
        labels={
            head.name: _labels([face.estimates[head.name] for face in faces])
            for head in analyzer.heads
            if head.labels
        },
    )


def _labels(estimates: Sequence[object]) -> LabelPredictions:
    told = [estimate for estimate in estimates if isinstance(estimate, LabelEstimate)]
    return LabelPredictions(
        tuple(told[0].probabilities),
        np.array([list(estimate.probabilities.values()) for estimate in told], np.float32),
        np.array([estimate.label for estimate in told], np.str_),
    )
