from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from mien.datasets.records import Record
from mien.evaluation.predictions import Predictions
from mien.evaluation.report import evaluate


@pytest.fixture
def six(make_sure) -> Predictions:
    """Six faces of exact age, worked out by hand below."""
    return make_sure(
        [
            Record("a", 1, 1, "female", "White"),
            Record("b", 8, 8, "male", "White"),
            Record("c", 25, 25, "female", "Black"),
            Record("d", 34, 34, "male", "Black"),
            Record("e", 47, 47, "male", "Asian"),
            Record("f", 80, 80, "female", "Asian"),
        ],
        years=[2, 14, 27, 34, 58, 75],
        female=[0.4, 0.6, 0.9, 0.1, 0.2, 0.8],
        label=["undetermined", "female", "female", "male", "male", "female"],
        found=[True, False, True, True, True, True],
    )


def test_key_figures_are_those_worked_out_by_hand(six: Predictions) -> None:
    assert evaluate(six)["overall"] == {
        "pictures": 6,
        "not_found": 1,
        "exact_ages": 6,
        "known_age_groups": 6,
        "known_genders": 6,
        "mae": pytest.approx((1 + 6 + 2 + 0 + 11 + 5) / 6),
        "bias": pytest.approx((1 + 6 + 2 + 0 + 11 - 5) / 6),
        "within_5": pytest.approx(4 / 6),
        "interval_coverage": pytest.approx(3 / 6),
        "age_group_accuracy": pytest.approx(4 / 6),
        "within_one_age_group": pytest.approx(6 / 6),
        "gender_accuracy": pytest.approx(4 / 6),
        "gender_roc_auc": pytest.approx(8 / 9),
        # Two right at 90%, two right at 80%, two wrong at 60%.
        "gender_ece": pytest.approx((2 * 0.1 + 2 * 0.2 + 2 * 0.6) / 6),
        "undetermined": pytest.approx(1 / 6),
        "decided_accuracy": pytest.approx(4 / 5),
    }


def test_gender_scores_are_those_worked_out_by_hand(six: Predictions) -> None:
    gender = evaluate(six)["gender"]
    assert gender["names"] == ["male", "female"]
    assert gender["confusion"] == [[2, 1], [1, 2]]
    expected = {name: pytest.approx(2 / 3) for name in ("precision", "recall", "f1")}
    assert gender["per_class"] == {
        "male": expected | {"pictures": 3},
        "female": expected | {"pictures": 3},
    }
    assert gender["macro"] == gender["weighted"] == expected
    assert gender["brier"] == pytest.approx((0.36 + 0.36 + 0.01 + 0.01 + 0.04 + 0.04) / 6)


def test_age_group_scores_are_those_worked_out_by_hand(six: Predictions) -> None:
    scores = evaluate(six)["age_groups"]
    assert scores["per_class"]["0-2"] == {"precision": 1, "recall": 1, "f1": 1, "pictures": 1}
    assert scores["per_class"]["3-9"] == {"precision": 0, "recall": 0, "f1": 0, "pictures": 1}
    confusion = np.array(scores["confusion"])
    assert confusion.sum() == 6
    assert confusion[1, 2] == confusion[5, 6] == 1
    # 3-9, 10-19, 40-49 and 50-59 score 0; 60-69 does not occur; the other four are perfect.
    assert scores["macro"]["f1"] == pytest.approx(4 / 8)


def test_the_parts_hold_the_pictures_that_their_names_say(six: Predictions) -> None:
    by = evaluate(six)["by"]
    counts = {
        attribute: {name: figures["pictures"] for name, figures in parts.items()}
        for attribute, parts in by.items()
    }
    assert counts == {
        "age_span": {"0-9": 2, "10+": 4, "60+": 1},
        "age_group": {"0-2": 1, "3-9": 1, "20-29": 1, "30-39": 1, "40-49": 1, "70+": 1},
        "gender": {"male": 3, "female": 3},
        "ethnicity": {"White": 2, "Black": 2, "Asian": 2},
    }
    assert by["age_span"]["0-9"]["gender_accuracy"] == 0
    assert by["age_span"]["10+"]["gender_accuracy"] == 1
    assert by["ethnicity"]["White"]["mae"] == pytest.approx(3.5)
    assert by["gender"]["male"]["bias"] == pytest.approx(17 / 3)
    assert "gender_roc_auc" not in by["gender"]["male"]


def test_cells_need_forty_pictures_and_the_worst_are_named(make_sure) -> None:
    groups = [
        (40, 25, "female", "White", 26, 0.9),
        (40, 35, "female", "White", 44, 0.8),
        (40, 25, "male", "White", 22, 0.7),
        (39, 85, "male", "Black", 12, 0.9),
    ]
    records, years, female = [], [], []
    for n, age, gender, ethnicity, answer, probability in groups:
        records += [Record(f"{len(years)}-{i}", age, age, gender, ethnicity) for i in range(n)]
        years += [answer] * n
        female += [probability] * n
    report = evaluate(make_sure(records, years, female))
    assert [(c["age_group"], c["gender"], c["pictures"]) for c in report["cells"]] == [
        ("20-29", "male", 40),
        ("20-29", "female", 40),
        ("30-39", "female", 40),
    ]
    worst = report["worst"]
    assert worst["gender_accuracy"] == report["cells"][0]
    assert worst["gender_accuracy"]["gender_accuracy"] == 0
    assert worst["mae"] == report["cells"][2]
    assert worst["mae"]["mae"] == 9


def test_too_few_exact_ages_do_not_name_a_worst_error(make_sure) -> None:
    records = [Record(f"{i}", 20, 29, "male", "Black") for i in range(40)]
    records += [Record("exact", 25, 25, "male", "Black")]
    worst = evaluate(make_sure(records, [80] * 41, [0.1] * 41))["worst"]
    assert worst.keys() == {"gender_accuracy"}


def test_brackets_alone_leave_out_what_needs_an_exact_age(make_sure) -> None:
    records = [
        Record("a", 20, 29, "female"),
        Record("b", 70, 100, "male"),
        Record("c", 15, 25, "male"),
    ]
    report = evaluate(make_sure(records, [31, 72, 22], [0.9, 0.2, 0.3]))
    overall = report["overall"]
    assert overall["exact_ages"] == 0
    assert not {"mae", "bias", "within_5", "interval_coverage"} & overall.keys()
    assert overall["known_age_groups"] == 2
    assert overall["age_group_accuracy"] == 0.5
    assert overall["within_one_age_group"] == 1
    assert overall["gender_accuracy"] == 1
    assert report["by"]["age_span"]["10+"]["pictures"] == 3
    assert report["by"]["ethnicity"] == {}
    assert report["cells"] == []
    assert report["worst"] == {}


def test_missing_genders_leave_out_what_needs_them(make_sure) -> None:
    records = [Record("a", 20, 20), Record("b", 15, 25)]
    report = evaluate(make_sure(records, [21, 30], [0.9, 0.2]))
    assert "gender" not in report
    assert report["by"]["gender"] == {}
    keys = report["overall"].keys()
    assert not {"gender_accuracy", "gender_ece", "undetermined", "decided_accuracy"} & keys
    assert report["overall"]["known_genders"] == 0
    assert report["overall"]["mae"] == 1


def test_a_model_that_decides_nothing_has_no_decided_accuracy(six: Predictions) -> None:
    gender = replace(six.labels["gender"], decided=np.array(["undetermined"] * 6))
    undecided = replace(six, labels={"gender": gender})
    overall = evaluate(undecided)["overall"]
    assert overall["undetermined"] == 1
    assert "decided_accuracy" not in overall


@pytest.mark.filterwarnings("error")
def test_no_pictures_at_all_make_a_report(six: Predictions) -> None:
    report = evaluate(six.select([]))
    assert report["overall"]["pictures"] == 0
    assert report.keys() == {"overall", "by", "cells", "worst"}


def test_a_report_is_plain_json(plausible: Predictions) -> None:
    report = evaluate(plausible)
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert report["cells"]
