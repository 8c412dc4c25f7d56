"""From labelled picture files to predictions, by the same path that a user's picture takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from mien.analyzer import Analyzer
from mien.datasets.records import Record
from mien.errors import DataError
from mien.evaluation.predictions import Predictions
from mien.pictures import analyze_pictures


def judge(
    analyzer: Analyzer,
    pictures: Path,
    records: Sequence[Record],
    progress: Callable[[int], None] = lambda done: None,
) -> Predictions:
    """Asks an analyzer about every picture of a data set, each a crop of one face.

    Args:
        analyzer: Whom.
        pictures: The folder that the records' paths are relative to.
        records: The labels.
        progress: Called with the number of pictures done.

    Returns:
        What it said.

    Raises:
        DataError: There is no picture, or one cannot be read.
    """
    if not records:
        raise DataError("there is no picture to evaluate on")
    sources = ((record.path, pictures / record.path) for record in records)
    faces = []
    for answer in analyze_pictures(analyzer, sources, cropped=True):
        if answer.error is not None:
            raise DataError(f"'{answer.path}': {answer.error}")
        faces.append(answer.faces[0])
        progress(len(faces))
    return Predictions(
        records=list(records),
        years=np.array([face.age.years for face in faces], np.float32),
        low=np.array([face.age.low for face in faces], np.float32),
        high=np.array([face.age.high for face in faces], np.float32),
        age=np.stack([face.age.distribution for face in faces]),
        female=np.array([face.gender.female for face in faces], np.float32),
        label=np.array([face.gender.label for face in faces]),
        found=np.array([face.aligned for face in faces]),
    )
