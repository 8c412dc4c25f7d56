from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mien.datasets.records import Record
from mien.errors import DataError
from mien.evaluation.predictions import LabelPredictions, Predictions, concatenated

ARRAYS = (
    *("years", "low", "high", "age", "female", "gender", "found"),
    *("size", "sharpness", "frontality"),
)
RECORDS = [
    Record("a.jpg", 31, 31, "female", "Asian", "East Asian", 7, "test"),
    Record("ordner/käse 名前.jpg", 20, 29, "male"),
    Record("c.jpg", 70, 100, None, "Other", "Latino_Hispanic", 0),
    Record("d.jpg", 15, 25, "female"),
    Record("e.jpg", 116, 116, "male", "White", age_deviation=4.5),
]


@pytest.fixture
def predictions(make_sure) -> Predictions:
    return make_sure(
        RECORDS,
        years=[30, 42, 80, 18, 90],
        female=[0.9, 0.2, 0.4, 0.55, 0.01],
        label=["female", "male", "undetermined", "undetermined", "male"],
        found=[True, False, True, True, True],
    )


def assert_same(a: Predictions, b: Predictions) -> None:
    assert a.records == b.records
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
        assert getattr(a, name).dtype.kind == getattr(b, name).dtype.kind


def test_truth_is_read_from_the_records(predictions: Predictions) -> None:
    assert predictions.age_low.tolist() == [31, 20, 70, 15, 116]
    assert predictions.age_high.tolist() == [31, 29, 100, 25, 116]
    assert predictions.exact.tolist() == [True, False, False, False, True]
    assert predictions.female_truth.tolist() == [1, 0, -1, 1, 0]
    assert predictions.ethnicity.tolist() == ["Asian", "", "Other", "", "White"]


def test_a_bracket_over_two_groups_has_no_group(predictions: Predictions) -> None:
    assert predictions.age_group_truth.tolist() == [4, 3, 8, -1, 8]
    assert predictions.age_group.tolist() == [4, 5, 8, 2, 8]


def test_the_group_is_the_most_probable_and_not_that_of_the_years(
    predictions: Predictions,
) -> None:
    age = predictions.age.copy()
    # Most likely 30-39 altogether, though 29 is the likeliest single age.
    age[0] = 0
    age[0, 29], age[0, 30:40] = 0.4, 0.06
    assert replace(predictions, age=age).age_group[0] == 4


def test_select_takes_a_mask_or_positions(predictions: Predictions) -> None:
    by_mask = predictions.select(predictions.female_truth == 1)
    assert [record.path for record in by_mask.records] == ["a.jpg", "d.jpg"]
    assert by_mask.years.tolist() == [30, 18]
    by_position = predictions.select([3, 0, 0])
    assert [record.path for record in by_position.records] == ["d.jpg", "a.jpg", "a.jpg"]
    assert by_position.gender.tolist() == ["undetermined", "female", "female"]
    assert len(predictions.select([])) == 0
    with pytest.raises(IndexError):
        predictions.select([True, False])


@pytest.mark.parametrize("positions", [[0, 1, 2, 3, 4], [2], []])
def test_a_file_gives_back_what_was_saved(
    predictions: Predictions, positions: list[int], tmp_path: Path
) -> None:
    chosen = predictions.select(positions)
    path = tmp_path / "predictions of a model"
    chosen.save(path)
    assert_same(Predictions.load(path), chosen)


def test_a_file_holds_no_pickle(predictions: Predictions, tmp_path: Path) -> None:
    predictions.save(tmp_path / "p.npz")
    with np.load(tmp_path / "p.npz", allow_pickle=False) as file:
        assert {file[name].dtype.kind for name in file} == {"U", "i", "f", "b"}


def test_what_is_not_a_file_of_predictions_is_refused(
    predictions: Predictions, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="there is no file"):
        Predictions.load(tmp_path / "missing.npz")
    predictions.save(tmp_path / "whole.npz")
    whole = (tmp_path / "whole.npz").read_bytes()
    for content in (b"", b"not an archive", whole[: len(whole) // 2]):
        (tmp_path / "damaged.npz").write_bytes(content)
        with pytest.raises(DataError, match="does not hold predictions"):
            Predictions.load(tmp_path / "damaged.npz")
    np.savez(tmp_path / "other.npz", years=predictions.years)
    np.save(tmp_path / "array.npy", predictions.years)
    for name in ("other.npz", "array.npy"):
        with pytest.raises(DataError, match="does not hold predictions"):
            Predictions.load(tmp_path / name)


def test_arrays_that_do_not_fit_are_refused(predictions: Predictions) -> None:
    with pytest.raises(DataError, match="'years' has shape"):
        replace(predictions, years=predictions.years[1:])
    with pytest.raises(DataError, match="'age' has shape"):
        replace(predictions, age=predictions.age[:, :100])


def test_a_label_that_numpy_cut_is_refused(predictions: Predictions) -> None:
    label = np.array(["female", "male", "male", "male", "male"])
    label[1] = "undetermined"
    gender = replace(predictions.labels["gender"], decided=label)
    with pytest.raises(DataError, match="'undete'"):
        replace(predictions, labels={"gender": gender})


def test_joined_predictions_keep_the_heads_that_all_have(predictions: Predictions) -> None:
    hat = LabelPredictions(("no", "yes"), np.ones((5, 2), np.float32) / 2, np.array(["no"] * 5))
    with_hat = replace(predictions, labels={**predictions.labels, "hat": hat})
    joined = concatenated([with_hat, predictions.select([1])])
    assert len(joined) == 6
    assert joined.years.tolist() == [30, 42, 80, 18, 90, 42]
    assert list(joined.labels) == ["gender"]
    assert joined.gender[5] == "male"


def test_a_model_without_a_gender_head_has_no_genders_to_be_measured(
    predictions: Predictions,
) -> None:
    assert replace(predictions, labels={}).female_truth.tolist() == [-1] * 5


def test_the_room_needs_no_runtime_and_no_torch() -> None:
    code = (
        "import sys, mien.evaluation.compare, mien.evaluation.plots, mien.evaluation.report;"
        "import mien.evaluation.learning_curves;"
        "print({'torch', 'cv2', 'onnxruntime', 'matplotlib', 'sklearn'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "set()", result.stderr
