from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sklearn.metrics as reference

from mien.datasets.records import Record
from mien.evaluation.intervals import share
from mien.evaluation.predictions import LabelPredictions, Predictions
from mien.evaluation.report.key_figures import key_figures


def test_figures_worked_out_by_hand(make_certain) -> None:
    figures = key_figures(
        make_certain(
            [
                Record("a", 15, 15, "female"),
                Record("b", 16, 16, "male"),
                Record("c", 30, 30, "male"),
                Record("d", 70, 70, "female"),
                Record("e", 20, 29, None),
            ],
            years=[14, 20, 31, 60, 35],
            female=[0.9, 0.2, 0.6, 0.99, 0.5],
            label=["female", "male", "undetermined", "female", "undetermined"],
            found=[True, False, True, True, True],
        )
    )
    assert (figures["pictures"], figures["not_found"]) == (5, 1)
    values = {name: figure["value"] for name, figure in list(figures.items())[2:]}
    assert values == {
        "mae": (1 + 4 + 1 + 10) / 4,
        "bias": (-1 + 4 + 1 - 10) / 4,
        "rmse": pytest.approx(((1 + 16 + 1 + 100) / 4) ** 0.5),
        "within_1": 2 / 4,
        "within_3": 2 / 4,
        "within_5": 3 / 4,
        "within_10": 4 / 4,
        "interval_coverage": 2 / 4,
        "age_group_accuracy": 2 / 5,  # 16 is 20-29, 70 is 60-69, and the bracket is 30-39
        "within_one_age_group": 5 / 5,
        "gender_accuracy": 3 / 4,
        "gender_decided": 3 / 4,
        "gender_decided_accuracy": 3 / 3,
    }
    assert figures["gender_accuracy"] == share(np.array([True, True, False, True]))
    assert {figures[name]["n"] for name in ("mae", "age_group_accuracy")} == {4, 5}


def test_figures_are_scikit_learns(plausible: Predictions) -> None:
    figures = key_figures(plausible)
    truth, years = plausible.age_low, plausible.years.astype(np.float64)
    assert figures["mae"]["value"] == pytest.approx(reference.mean_absolute_error(truth, years))
    rmse = reference.root_mean_squared_error(truth, years)
    assert figures["rmse"]["value"] == pytest.approx(rmse)
    accuracy = reference.accuracy_score(
        plausible.gender, np.where(plausible.labels["gender"].predicted == 1, "female", "male")
    )
    assert figures["gender_accuracy"]["value"] == pytest.approx(accuracy)


def test_a_head_with_several_labels_has_a_mean_recall(plausible: Predictions) -> None:
    random = np.random.default_rng(0)
    names = ("Asian", "Black", "White", "Indian", "Other")
    probabilities = random.dirichlet(np.ones(5), len(plausible)).astype(np.float32)
    decided = np.array(names)[probabilities.argmax(axis=1)]
    head = LabelPredictions(names, probabilities, decided)
    figures = key_figures(replace(plausible, labels={"ethnicity": head}))
    expected = reference.balanced_accuracy_score(plausible.ethnicity, decided)
    assert figures["ethnicity_recall"]["value"] == pytest.approx(expected)
    assert "gender_accuracy" not in figures


def test_faces_above_the_limit_are_unusual(plausible: Predictions) -> None:
    novelty = np.array([0, 1, 1.01, np.nan, 5], np.float32)
    figures = key_figures(replace(plausible.select(range(5)), novelty=novelty))
    assert figures["unusual"] == share(np.array([False, False, True, True]))
    unknown = np.full(5, np.nan, np.float32)
    for nothing in (unknown, None):
        assert "unusual" not in key_figures(replace(plausible.select(range(5)), novelty=nothing))


def test_figures_without_labels_or_answers_are_left_out(make_certain) -> None:
    brackets = make_certain([Record("a", 20, 29), Record("b", 15, 25)], [21, 30], [0.9, 0.2])
    assert key_figures(brackets).keys() == {
        *("pictures", "not_found", "age_group_accuracy", "within_one_age_group")
    }
    silent = np.full(2, np.nan, np.float32)
    exact = make_certain([Record("a", 20, 20), Record("b", 25, 25)], [21, 30], [0.9, 0.2])
    other = replace(exact, years=silent, low=silent, high=silent, age=None, labels={})
    assert key_figures(other) == {"pictures": 2, "not_found": 0}


def test_missing_answers_are_counted(make_certain) -> None:
    records = [Record(name, 20, 20, "male") for name in "abc"]
    made = make_certain(records, [20] * 3, [0.1] * 3)
    assert not {"without_age", "without_gender"} & key_figures(made).keys()
    years = np.array([20, np.nan, np.nan], np.float32)
    gender = LabelPredictions(("male", "female"), None, np.array(["male", "undetermined", ""]))
    figures = key_figures(replace(made, years=years, age=None, labels={"gender": gender}))
    assert (figures["without_age"], figures["without_gender"]) == (2, 1)


@pytest.mark.filterwarnings("error")
def test_there_may_be_no_picture(plausible: Predictions) -> None:
    assert key_figures(plausible.select([])) == {"pictures": 0, "not_found": 0}
