from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mien.datasets.records import Record
from mien.errors import DataError
from mien.evaluation.prediction_files import load_predictions, save_predictions
from mien.evaluation.predictions import LabelPredictions, Predictions

ARRAYS = (
    *("years", "low", "high", "found", "size", "eye_distance", "sharpness", "frontality"),
    *("age", "novelty"),
)
RECORDS = [
    Record("a.jpg", 31, 31, "female", "Asian", "East Asian", 7, "test", labels={"hat": "yes"}),
    Record("ordner/käse 名前.jpg", 20, 29, "male"),
    Record("c.jpg", 70, 100, None, "Other", "Latino_Hispanic", 0, labels={"hat": "no", "b": "1"}),
    Record("e.jpg", 116, 116, "male", "White", age_deviation=4.5),
]


@pytest.fixture
def predictions(make_certain) -> Predictions:
    made = make_certain(
        RECORDS,
        years=[30, 42, 80, 90],
        female=[0.9, 0.2, 0.4, 0.01],
        label=["female", "male", "undetermined", "male"],
        found=[True, False, True, True],
    )
    return replace(made, novelty=np.array([0.5, 1.5, 0, np.nan], np.float32))


def assert_same(a: Predictions, b: Predictions) -> None:
    assert a.records == b.records
    for name in ARRAYS:
        if getattr(b, name) is None:
            assert getattr(a, name) is None
        else:
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
            assert getattr(a, name).dtype.kind == getattr(b, name).dtype.kind
    assert a.thresholds.keys() == b.thresholds.keys()
    for years in a.thresholds:
        np.testing.assert_array_equal(a.thresholds[years], b.thresholds[years])
    assert a.labels.keys() == b.labels.keys()
    for head in a.labels:
        assert a.labels[head].names == b.labels[head].names
        assert a.labels[head].decided.tolist() == b.labels[head].decided.tolist()
        np.testing.assert_array_equal(a.labels[head].probabilities, b.labels[head].probabilities)


@pytest.mark.parametrize("indexes", [[0, 1, 2, 3], [2], []])
def test_saved_predictions_can_be_loaded(
    predictions: Predictions, indexes: list[int], tmp_path: Path
) -> None:
    chosen = predictions.select(indexes)
    path = tmp_path / "predictions of a model"
    save_predictions(chosen, path)
    assert_same(load_predictions(path), chosen)


def test_the_answers_of_another_system_can_be_saved(
    predictions: Predictions, tmp_path: Path
) -> None:
    nan = np.full(4, np.nan, np.float32)
    other = replace(
        predictions,
        low=nan,
        age=None,
        novelty=None,
        thresholds={18: nan, 13: np.array([0.1, 0.2, np.nan, 1], np.float32)},
        labels={
            "gender": LabelPredictions(
                ("male", "female"), None, np.array(["male", "", "undetermined", "female"])
            )
        },
    )
    save_predictions(other, tmp_path / "p.npz")
    assert_same(load_predictions(tmp_path / "p.npz"), other)


def test_a_file_of_an_earlier_version_can_be_read(predictions: Predictions, tmp_path: Path) -> None:
    save_predictions(predictions, tmp_path / "new.npz")
    with np.load(tmp_path / "new.npz") as file:
        columns = {
            name: file[name]
            for name in file
            if not name.startswith(("labels", "at_least", "eye_distance", "novelty"))
        }
    np.savez(tmp_path / "old.npz", **columns)
    old = load_predictions(tmp_path / "old.npz")
    assert np.isnan(old.eye_distance).all()
    without = [replace(record, labels={}) for record in predictions.records]
    assert_same(
        replace(old, eye_distance=predictions.eye_distance),
        replace(predictions, records=without, novelty=None),
    )


def test_a_file_contains_no_pickle(predictions: Predictions, tmp_path: Path) -> None:
    save_predictions(predictions, tmp_path / "p.npz")
    with np.load(tmp_path / "p.npz", allow_pickle=False) as file:
        assert {file[name].dtype.kind for name in file} == {"U", "i", "f", "b"}


def test_a_file_without_predictions_is_refused(predictions: Predictions, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no file"):
        load_predictions(tmp_path / "missing.npz")
    save_predictions(predictions, tmp_path / "whole.npz")
    whole = (tmp_path / "whole.npz").read_bytes()
    for content in (b"", b"not an archive", whole[: len(whole) // 2]):
        (tmp_path / "damaged.npz").write_bytes(content)
        with pytest.raises(DataError, match="does not hold predictions"):
            load_predictions(tmp_path / "damaged.npz")
    np.savez(tmp_path / "other.npz", years=predictions.years)
    np.save(tmp_path / "array.npy", predictions.years)
    for name in ("other.npz", "array.npy"):
        with pytest.raises(DataError, match="does not hold predictions"):
            load_predictions(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("path", np.arange(4)),
        ("age_low", np.array(["a"] * 4)),
        ("age_low", np.ones((4, 2))),
        ("split", np.array(["test"])),
        ("labels/hat", np.array(["cap"])),
        ("labels", np.array(["glasses"])),
        ("heads", np.array([1.5])),
        ("gender/names", np.array([[1, 2]])),
        ("gender/decided", np.ones(4)),
        ("at_least", np.array([0.5])),
        ("years", np.array(["a"] * 4)),
        ("novelty", np.ones(4, np.int64)),
        ("found", np.ones(4)),
    ],
)
def test_a_file_with_another_array_is_refused(
    predictions: Predictions, tmp_path: Path, name: str, array: np.ndarray
) -> None:
    save_predictions(predictions, tmp_path / "whole.npz")
    with np.load(tmp_path / "whole.npz") as file:
        arrays = dict(file)
    assert name in arrays
    np.savez(tmp_path / "other.npz", **{**arrays, name: array})
    with pytest.raises(DataError, match="does not hold predictions"):
        load_predictions(tmp_path / "other.npz")
