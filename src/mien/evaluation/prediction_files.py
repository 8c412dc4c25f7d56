"""Files of predictions: every figure can be computed again without the model.

A file is a ``.npz`` archive of arrays without pickles. Files of earlier versions can be read; what
they do not have is NaN.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mien.datasets.records import Record
from mien.errors import DataError
from mien.evaluation.predictions import LabelPredictions, Predictions

_ARRAYS = ("years", "low", "high", "found", "size", "sharpness", "frontality")
_NO_GROUP = -1  # value for a group that is None
_HEADS, _LABELS, _AT_LEAST, _EYES = "heads", "labels", "at_least", "eye_distance"
_PARTS = ("names", "decided")  # of a head; its probabilities may be missing

_Columns = Mapping[str, NDArray[Any]]


def save_predictions(predictions: Predictions, path: Path) -> None:
    """Writes predictions to a ``.npz`` file."""
    columns = {name: getattr(predictions, name) for name in (*_ARRAYS, _EYES)}
    columns |= _columns(predictions.records)
    if predictions.age is not None:
        columns["age"] = predictions.age
    columns[_AT_LEAST] = np.array(list(predictions.thresholds), np.int64)
    for years, probabilities in predictions.thresholds.items():
        columns[f"{_AT_LEAST}/{years}"] = probabilities
    columns[_HEADS] = np.array(list(predictions.labels), np.str_)
    for name, head in predictions.labels.items():
        columns |= {f"{name}/{part}": np.array(getattr(head, part)) for part in _PARTS}
        if head.probabilities is not None:
            columns[f"{name}/probabilities"] = head.probabilities
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **columns)


def load_predictions(path: Path) -> Predictions:
    """Reads a file that :func:`save_predictions` wrote.

    Raises:
        DataError: There is no such file, or it does not hold predictions.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            return _predictions(dict(file))
    except FileNotFoundError:
        raise DataError(f"there is no file '{path}'") from None
    except (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error):
        raise DataError(f"'{path}' does not hold predictions; make them: mien evaluate") from None


def _predictions(columns: _Columns) -> Predictions:
    arrays = {name: columns[name] for name in _ARRAYS}
    unknown = np.full(len(arrays["years"]), np.nan, np.float32)
    thresholds = columns.get(_AT_LEAST, np.empty(0, np.int64)).tolist()
    return Predictions(
        _records(columns),
        **arrays,
        eye_distance=columns.get(_EYES, unknown),
        age=columns.get("age"),
        thresholds={years: columns[f"{_AT_LEAST}/{years}"] for years in thresholds},
        labels={
            name: LabelPredictions(
                tuple(columns[f"{name}/names"].tolist()),
                columns.get(f"{name}/probabilities"),
                columns[f"{name}/decided"],
            )
            for name in columns[_HEADS].tolist()
        },
    )


def _columns(records: list[Record]) -> dict[str, NDArray[Any]]:
    """Returns the records as arrays by column."""
    groups = [_NO_GROUP if record.group is None else record.group for record in records]
    names = list(dict.fromkeys(name for record in records for name in record.labels))
    return {
        "path": np.array([record.path for record in records], np.str_),
        "age_low": np.array([record.age_low for record in records], np.float64),
        "age_high": np.array([record.age_high for record in records], np.float64),
        "gender": np.array([record.gender or "" for record in records], np.str_),
        "ethnicity": np.array([record.ethnicity or "" for record in records], np.str_),
        "race": np.array([record.race for record in records], np.str_),
        "group": np.array(groups, np.int64),
        "split": np.array([record.split for record in records], np.str_),
        "age_deviation": np.array([record.age_deviation or 0 for record in records], np.float64),
        _LABELS: np.array(names, np.str_),
        **{
            f"{_LABELS}/{name}": np.array([r.labels.get(name, "") for r in records], np.str_)
            for name in names
        },
    }


def _records(columns: _Columns) -> list[Record]:
    names = ("path", "age_low", "age_high", "gender", "ethnicity", "race", "group", "split")
    rows = zip(*(columns[name].tolist() for name in (*names, "age_deviation")), strict=True)
    further = columns.get(_LABELS, np.empty(0, np.str_)).tolist()
    labels = {name: columns[f"{_LABELS}/{name}"].tolist() for name in further}
    return [
        Record(
            path,
            age_low,
            age_high,
            gender or None,
            ethnicity or None,
            race,
            None if group == _NO_GROUP else group,
            split,
            age_deviation or None,
            {name: column[i] for name, column in labels.items() if column[i]},
        )
        for i, (
            path,
            age_low,
            age_high,
            gender,
            ethnicity,
            race,
            group,
            split,
            age_deviation,
        ) in enumerate(rows)
    ]
