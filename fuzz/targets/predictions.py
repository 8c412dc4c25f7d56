"""Files of predictions: archives of arrays."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
from hypothesis import strategies as st

from fuzz.folders import file
from fuzz.strategies import changes_in, damaged, extremes
from mien.datasets.records import Record
from mien.evaluation.compare import compare
from mien.evaluation.prediction_files import load_predictions, save_predictions
from mien.evaluation.predictions import LabelPredictions, Predictions


def _whole() -> bytes:
    n = 3
    numbers = np.linspace(0.1, 0.9, n, dtype=np.float32)
    rows = [Record(f"{i}.jpg", 20, 20, "female", labels={"hat": "cap"}) for i in range(n)]
    gender = LabelPredictions(
        ("male", "female"), np.stack([1 - numbers, numbers], 1), np.array(["female"] * n)
    )
    whole = Predictions(
        rows,
        **dict.fromkeys(("years", "low", "high", "size", "eye_distance"), numbers * 40),
        **dict.fromkeys(("sharpness", "frontality"), numbers),
        found=np.ones(n, bool),
        age=np.full((n, 101), 1 / 101, np.float32),
        thresholds={18: numbers},
        labels={"gender": gender},
    )
    path = file("whole.npz", b"")
    save_predictions(whole, path)
    return path.read_bytes()


_WHOLE = _whole()
with np.load(io.BytesIO(_WHOLE)) as _archive:
    _ARRAYS: dict[str, list[Any]] = {name: _archive[name].tolist() for name in _archive}

_CHANGES = st.dictionaries(
    st.sampled_from([*_ARRAYS, "at_least/0", "hat/names"]),
    st.sampled_from(([], [[]], None, "x", ["a"], [1, 2, 3], [0.5], [[1.0]], ["gender", "x"]))
    | st.lists(extremes.filter(lambda value: not isinstance(value, (list, dict))), max_size=4),
    max_size=3,
)
INPUTS = st.one_of(_CHANGES.map(lambda changes: json.dumps(changes).encode()), damaged(_WHOLE))


def run(data: bytes) -> None:
    """Loads a file and compares it with a whole one.

    Args:
        data: The file; or a JSON object that names arrays of a whole file to replace.
    """
    changes = changes_in(data)
    path = file("predictions.npz", data if changes is None else _changed(changes))
    predictions = load_predictions(path)
    assert predictions.age_group.shape == (len(predictions),)
    for name in predictions.labels:
        predictions.truth(name)
    predictions.at_least(18)
    compare(predictions, load_predictions(file("whole.npz", _WHOLE)))


def _changed(changes: dict[str, Any]) -> bytes:
    arrays = _ARRAYS | changes
    buffer = io.BytesIO()
    np.savez(buffer, **{name: _array(values) for name, values in arrays.items()})
    return buffer.getvalue()


def _array(values: Any) -> np.ndarray:
    array = np.array(values)
    return (
        array if array.dtype.kind in "biufU" else np.array([str(value) for value in values or ()])
    )


def seeds() -> list[bytes]:
    """Makes a whole file."""
    return [_WHOLE]
