"""Files of predictions: every figure can be computed again without the model.

A file is a ``.npz`` archive of arrays without pickles. Files of earlier versions can be read; what
they do not have is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mien.datasets.records import Record
from mien.errors import DataError
from mien.evaluation.predictions import LabelPredictions, Predictions

_ARRAYS = ("years", "low", "high", "found", "size", "sharpness", "frontality")
_OPTIONAL = ("age", "novelty")
_NO_GROUP = -1  # value for a group that is None
_HEADS, _LABELS, _AT_LEAST, _EYES = "heads", "labels", "at_least", "eye_distance"
_PARTS = ("names", "decided")  # of a head; its probabilities may be missing

_Columns = Mapping[str, NDArray[Any]]


def save_predictions(predictions: Predictions, path: Path) -> None:
    """Writes predictions to a ``.npz`` file."""
    columns = {name: getattr(predictions, name) for name in (*_ARRAYS, _EYES)}
    columns |= _columns(predictions.records)
    columns |= {
        name: array for name in _OPTIONAL if (array := getattr(predictions, name)) is not None
    }
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
    except PermissionError as error:
        raise DataError(f"'{path}' cannot be read: {error.strerror}") from None
    except DataError:
        raise
    except Exception:  # an archive can be damaged in any way
        raise DataError(f"'{path}' does not hold predictions; make them: mien evaluate") from None


def _predictions(columns: _Columns) -> Predictions:
    arrays = {name: _array(columns, name, "b" if name == "found" else "f") for name in _ARRAYS}
    unknown = np.full(len(arrays["years"]), np.nan, np.float32)
    thresholds = _array(columns, _AT_LEAST, "i").tolist() if _AT_LEAST in columns else []
    return Predictions(
        _records(columns),
        **arrays,
        eye_distance=_array(columns, _EYES, "f") if _EYES in columns else unknown,
        **{name: _array(columns, name, "f") for name in _OPTIONAL if name in columns},
        thresholds={years: _array(columns, f"{_AT_LEAST}/{years}", "f") for years in thresholds},
        labels={name: _head(columns, name) for name in _texts(columns, _HEADS)},
    )


def _head(columns: _Columns, name: str) -> LabelPredictions:
    probabilities = f"{name}/probabilities"
    return LabelPredictions(
        tuple(_texts(columns, f"{name}/names")),
        _array(columns, probabilities, "f") if probabilities in columns else None,
        _array(columns, f"{name}/decided", "U"),
    )


def _array(columns: _Columns, name: str, kind: str) -> NDArray[Any]:
    """Returns an array; ``kind`` is the letter of its type in NumPy."""
    if columns[name].dtype.kind != kind:
        raise ValueError(f"'{name}' has the type {columns[name].dtype}")
    return columns[name]


def _texts(columns: _Columns, name: str) -> list[str]:
    texts: list[str] = _array(columns, name, "U").tolist()
    return texts


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


_FIELDS = {
    **dict.fromkeys(("path", "gender", "ethnicity", "race", "split"), "U"),
    **dict.fromkeys(("age_low", "age_high", "age_deviation"), "f"),
    "group": "i",
}


def _records(columns: _Columns) -> list[Record]:
    count = len(columns["path"])
    further = _texts(columns, _LABELS) if _LABELS in columns else []
    kinds = _FIELDS | {f"{_LABELS}/{name}": "U" for name in further}
    cells = {name: _array(columns, name, kind) for name, kind in kinds.items()}
    if any(column.shape != (count,) for column in cells.values()):
        raise ValueError("there are columns of several lengths")
    rows = {name: column.tolist() for name, column in cells.items()}
    labels = {name: rows[f"{_LABELS}/{name}"] for name in further}
    return [
        Record(
            path=rows["path"][i],
            age_low=rows["age_low"][i],
            age_high=rows["age_high"][i],
            gender=rows["gender"][i] or None,
            ethnicity=rows["ethnicity"][i] or None,
            race=rows["race"][i],
            group=None if rows["group"][i] == _NO_GROUP else rows["group"][i],
            split=rows["split"][i],
            age_deviation=rows["age_deviation"][i] or None,
            labels={name: column[i] for name, column in labels.items() if column[i]},
        )
        for i in range(count)
    ]
