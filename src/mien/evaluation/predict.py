"""From labelled picture files to predictions, with the same analyzer as for a user's picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from mien.analyzer import Analyzer
from mien.attributes.heads import AGE
from mien.datasets.records import Record
from mien.errors import DataError
from mien.evaluation.predictions import Floats, LabelPredictions, Predictions
from mien.images import PictureSource
from mien.pictures import analyze_pictures
from mien.results import AT_LEAST_AGES, AgeEstimate, Face, LabelEstimate

Unreadable: TypeAlias = Callable[[str, str], None]
"""Function that is told the path of a picture that cannot be read, and the reason."""


def refuse(path: str, reason: str) -> None:
    """Ends the evaluation at the first picture that cannot be read.

    Raises:
        DataError: Always.
    """
    raise DataError(f"'{path}': {reason}")


def predict(
    analyzer: Analyzer,
    pictures: Path,
    records: Sequence[Record],
    progress: Callable[[int], None] = lambda done: None,
    change: Callable[[Path], PictureSource] = lambda path: path,
    unreadable: Unreadable = refuse,
) -> Predictions:
    """Analyses every picture of a data set; each is a crop of one face.

    Args:
        analyzer: The analyzer. If its model does not predict the age, the predicted ages are NaN.
        pictures: Folder that the paths of the records are relative to.
        records: The records, at least one.
        progress: Function that is called with the number of finished pictures.
        change: Function that returns the picture to analyse for a path; a degraded one, for
            example.
        unreadable: Function that is told which pictures cannot be read; they are left out.

    Returns:
        The predictions, in the order of the records.

    Raises:
        DataError: There is no picture, or none can be read, or ``unreadable`` raises it.
    """
    if not records:
        raise DataError("there is no picture to evaluate on; give at least one")
    paths = (pictures / record.path for record in records)
    sources = ((str(path), change(path)) for path in paths)
    results = analyze_pictures(analyzer, sources, cropped=True)
    described: list[Record] = []
    faces: list[Face] = []
    for done, (record, (result, _)) in enumerate(zip(records, results, strict=True), 1):
        if result.error is None:
            described.append(record)
            faces.append(result.faces[0])
        else:
            unreadable(result.path, result.error)
        progress(done)
    if not faces:
        raise DataError(f"no picture in '{pictures}' can be read; give at least one")
    return Predictions(
        records=described,
        **_ages(faces),
        found=np.array([face.aligned for face in faces]),
        size=np.array([face.quality.size for face in faces], np.float32),
        eye_distance=np.array([_eye_distance(face) for face in faces], np.float32),
        sharpness=np.array([face.quality.sharpness for face in faces], np.float32),
        frontality=np.array([face.quality.frontality for face in faces], np.float32),
        novelty=_novelty(faces),
        labels={
            head.name: _labels([face.estimates[head.name] for face in faces])
            for head in analyzer.heads
            if head.labels
        },
    )


def _ages(faces: Sequence[Face]) -> dict[str, Any]:
    """Returns the members of :class:`Predictions` that are about the age."""
    estimates = [face.estimates.get(AGE.name) for face in faces]
    ages = [estimate for estimate in estimates if isinstance(estimate, AgeEstimate)]
    if not ages:
        return dict.fromkeys(("years", "low", "high"), np.full(len(faces), np.nan, np.float32))
    return {
        "years": np.array([age.years for age in ages], np.float32),
        "low": np.array([age.low for age in ages], np.float32),
        "high": np.array([age.high for age in ages], np.float32),
        "age": np.stack([age.distribution for age in ages]),
        "thresholds": {
            years: np.array([age.at_least(years) for age in ages], np.float32)
            for years in AT_LEAST_AGES
        },
    }


def _novelty(faces: Sequence[Face]) -> Floats | None:
    """Returns how unusual the faces are; None if the model does not tell."""
    known = [face.quality.novelty for face in faces if face.quality.novelty is not None]
    return np.array(known, np.float32) if len(known) == len(faces) else None


def _eye_distance(face: Face) -> float:
    """Returns the distance of the eyes in pixels; NaN without landmarks."""
    if face.landmarks is None:
        return float("nan")
    return float(np.hypot(*(face.landmarks[1] - face.landmarks[0])))


def _labels(estimates: Sequence[object]) -> LabelPredictions:
    labels = [estimate for estimate in estimates if isinstance(estimate, LabelEstimate)]
    return LabelPredictions(
        tuple(labels[0].probabilities),
        np.array([list(estimate.probabilities.values()) for estimate in labels], np.float32),
        np.array([estimate.label for estimate in labels], np.str_),
    )
