from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from mien.attributes.calibration import Calibration
from mien.datasets.records import Record
from mien.errors import DataError
from mien.evaluation.predictions import LabelPredictions, Predictions, concatenated
from mien.results import AgeEstimate

RECORDS = [
    Record("a.jpg", 31, 31, "female", "Asian", "East Asian", 7, "test"),
    Record("ordner/käse 名前.jpg", 20, 29, "male"),
    Record("c.jpg", 70, 100, None, "Other", "Latino_Hispanic", 0),
    Record("d.jpg", 15, 25, "female"),
    Record("e.jpg", 116, 116, "male", "White", age_deviation=4.5),
]


@pytest.fixture
def predictions(make_certain) -> Predictions:
    return make_certain(
        RECORDS,
        years=[30, 42, 80, 18, 90],
        female=[0.9, 0.2, 0.4, 0.55, 0.01],
        label=["female", "male", "undetermined", "undetermined", "male"],
        found=[True, False, True, True, True],
    )


def test_truth_is_read_from_the_records(predictions: Predictions) -> None:
    assert predictions.age_low.tolist() == [31, 20, 70, 15, 116]
    assert predictions.age_high.tolist() == [31, 29, 100, 25, 116]
    assert predictions.exact.tolist() == [True, False, False, False, True]
    assert predictions.truth("gender").tolist() == [1, 0, -1, 1, 0]
    assert predictions.gender.tolist() == ["female", "male", "", "female", "male"]
    assert predictions.ethnicity.tolist() == ["Asian", "", "Other", "", "White"]


def test_a_bracket_over_two_groups_has_no_group(predictions: Predictions) -> None:
    assert predictions.age_group_truth.tolist() == [4, 3, 8, -1, 8]
    assert predictions.age_group.tolist() == [4, 5, 8, 2, 8]


def test_the_group_is_the_most_probable_and_not_that_of_the_years(
    predictions: Predictions,
) -> None:
    age = predictions.age.copy()
    # The group 30-39 is the most probable, although 29 is the most probable single age.
    age[0] = 0
    age[0, 29], age[0, 30:40] = 0.4, 0.06
    assert replace(predictions, age=age).age_group[0] == 4


def test_select_takes_a_mask_or_indexes(predictions: Predictions) -> None:
    by_mask = predictions.select(predictions.gender == "female")
    assert [record.path for record in by_mask.records] == ["a.jpg", "d.jpg"]
    assert by_mask.years.tolist() == [30, 18]
    by_index = predictions.select([3, 0, 0])
    assert [record.path for record in by_index.records] == ["d.jpg", "a.jpg", "a.jpg"]
    assert by_index.labels["gender"].decided.tolist() == ["undetermined", "female", "female"]
    assert len(predictions.select([])) == 0
    with pytest.raises(IndexError):
        predictions.select([True, False])


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
    novelty = np.arange(5, dtype=np.float32)
    with_hat = replace(with_hat, novelty=novelty)
    twice = concatenated([with_hat, with_hat.select([2])])
    assert twice.novelty is not None
    assert twice.novelty.tolist() == [0, 1, 2, 3, 4, 2]
    joined = concatenated([with_hat, predictions.select([1])])
    assert joined.novelty is None
    assert len(joined) == 6
    assert joined.years.tolist() == [30, 42, 80, 18, 90, 42]
    assert list(joined.labels) == ["gender"]
    assert joined.labels["gender"].decided[5] == "male"


def test_joined_predictions_keep_the_groups_of_their_sets_apart(
    predictions: Predictions,
) -> None:
    joined = concatenated([predictions, predictions])
    groups = [record.group for record in joined.records]
    assert groups[0] is not None
    assert len({groups[0], groups[2], groups[5], groups[7]}) == 4
    assert groups[1] is None


def test_the_labels_of_any_head_are_read_from_the_records(predictions: Predictions) -> None:
    records = [replace(record, labels={"hat": "yes"}) for record in predictions.records[:2]]
    records += [replace(predictions.records[2], labels={"hat": "a cap"}), *predictions.records[3:]]
    hat = LabelPredictions(("no", "yes"), np.ones((5, 2), np.float32) / 2, np.array(["no"] * 5))
    with_hat = replace(predictions, records=records, labels={"hat": hat})
    assert with_hat.truth("hat").tolist() == [1, 1, -1, -1, -1]
    assert with_hat.label("hat").tolist() == ["yes", "yes", "a cap", "", ""]


def test_without_probabilities_the_decided_label_is_the_predicted_one() -> None:
    decided = np.array(["female", "undetermined", "", "male"])
    labels = LabelPredictions(("male", "female"), None, decided)
    assert labels.predicted.tolist() == [1, -1, -1, 0]


def test_a_system_without_a_distribution_has_the_group_of_its_age(
    predictions: Predictions,
) -> None:
    years = np.array([29.6, 2.4, np.nan, 18, 120], np.float32)
    other = replace(predictions, age=None, years=years, thresholds={18: years / 120})
    assert other.age_group.tolist() == [4, 0, -1, 2, 8]
    assert other.answered.tolist() == [True, True, False, True, True]
    np.testing.assert_array_equal(other.at_least(18), years / 120)
    assert other.at_least(21) is None


def test_the_probability_of_an_age_is_that_of_the_analyzers_answer(
    plausible: Predictions,
) -> None:
    older = Calibration().older(plausible.age[3:4])[0]
    estimate = AgeEstimate(0, 0, 0, "", {}, plausible.age[3], older)
    for years in (13, 18, 65):
        assert plausible.at_least(years)[3] == pytest.approx(estimate.at_least(years), abs=1e-6)


def test_evaluation_imports_no_runtime_and_no_torch() -> None:
    code = (
        "import sys, mien.evaluation.compare, mien.evaluation.page.writing;"
        "import mien.evaluation.learning_curves, mien.evaluation.report.whole;"
        "heavy = {'torch', 'cv2', 'onnxruntime', 'matplotlib', 'sklearn', 'jinja2'};"
        "print(heavy & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "set()", result.stderr
