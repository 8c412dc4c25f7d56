from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sklearn.metrics as reference

from mien.datasets.records import Record
from mien.evaluation.intervals import share
from mien.evaluation.predictions import Predictions, concatenated
from mien.evaluation.report.thresholds import (
    QUESTIONS,
    nist_figures,
    question_report,
    threshold_report,
)


@pytest.fixture
def seven(make_certain) -> Predictions:
    """Predictions for seven people around 18; the tests below compute their figures by hand."""
    records = [
        Record("a", 10, 10, "female"),
        Record("b", 15, 15, "male"),
        Record("c", 17, 17, "female"),
        Record("d", 18, 18, "female"),
        Record("e", 30, 30, "male"),
        Record("f", 20, 20, "male"),
        Record("g", 10, 19, "male"),  # may be younger than 18 or not
    ]
    return make_certain(records, [11, 26, 19, 24, 35, 17, 14], [0.5] * 7)


def test_shares_of_people_who_pass_or_are_asked(seven: Predictions) -> None:
    figures = question_report(seven, 18)
    assert (figures["younger"], figures["older"]) == (3, 3)
    steps = {step["age"]: step for step in figures["challenge"]}
    assert list(steps) == list(range(18, 31))
    assert steps[18]["younger_pass"] == share(np.array([False, True, True]))
    assert steps[18]["near_pass"] == share(np.array([True, True]))
    assert steps[18]["older_asked"] == share(np.array([False, False, True]))
    assert steps[25]["younger_pass"]["value"] == pytest.approx(1 / 3)
    assert steps[25]["older_asked"]["value"] == pytest.approx(2 / 3)
    assert steps[27]["younger_pass"]["value"] == 0
    by_gender = steps[25]["by"]["gender"]
    assert by_gender["male"]["younger_pass"] == share(np.array([True]))
    assert by_gender["female"]["older_asked"] == share(np.array([True]))
    assert steps[25]["by"]["ethnicity"] == {}


def test_certain_answers_count_people_around_the_age(seven: Predictions) -> None:
    for step in question_report(seven, 18)["certain"]:
        # b and c are 13 to 17 and look 26 and 19; e looks 35. All answers are certain.
        assert step["younger_over"] == share(np.array([True, True]))
        assert step["younger_under"] == share(np.array([False, False]))
        assert step["older_over"] == share(np.array([True]))
    assert [step["certainty"] for step in question_report(seven, 18)["certain"]] == [
        *(0.9, 0.95, 0.98, 0.99)
    ]


def test_a_face_that_looks_exactly_the_challenge_age_passes(make_certain) -> None:
    records = [Record("a", 15, 15), Record("b", 40, 40)]
    figures = question_report(make_certain(records, [21, 21], [0.5] * 2), 18)
    passing = {step["age"]: step["younger_pass"]["value"] for step in figures["challenge"]}
    assert (passing[21], passing[22]) == (1, 0)


def test_a_set_with_brackets_makes_no_question_easier(plausible: Predictions) -> None:
    """Its people around n are in the bracket 10-19; small children and adults are easy."""
    ends = {3: 9, 10: 19, 20: 29, 30: 39}
    records = [
        Record(f"bracket {i}", low, high, record.gender, record.ethnicity)
        for i, record in enumerate(plausible.records)
        for low, high in ends.items()
        if low <= record.age_low <= high
    ]
    kept = [
        i
        for i, record in enumerate(plausible.records)
        if any(low <= record.age_low <= high for low, high in ends.items())
    ]
    brackets = replace(plausible.select(kept), records=records)
    both = question_report(concatenated([plausible, brackets]), 18)
    assert both == question_report(plausible, 18)
    nothing = threshold_report(brackets)
    assert (nothing["at_least"], nothing["under"]) == ({}, {})


def test_the_areas_are_scikit_learns(plausible: Predictions) -> None:
    report = threshold_report(plausible)
    assert list(report["at_least"]) == [str(n) for n in QUESTIONS]
    for n in (13, 18):
        figures = report["at_least"][str(n)]
        older = plausible.age_low >= n
        expected = reference.roc_auc_score(older, plausible.at_least(n))
        assert figures["score"] == "at_least"
        assert figures["roc"]["area"]["value"] == pytest.approx(expected)
        calibration = figures["calibration"]
        assert calibration["happened"]["value"] == pytest.approx(older.mean())
        assert calibration["predicted"] == pytest.approx(plausible.at_least(n).mean(), rel=1e-5)


def test_a_system_without_probabilities_is_ranked_by_its_years(plausible: Predictions) -> None:
    other = replace(plausible, age=None)
    figures = question_report(other, 18)
    assert figures["score"] == "years"
    expected = reference.roc_auc_score(other.age_low >= 18, other.years)
    assert figures["roc"]["area"]["value"] == pytest.approx(expected)
    assert "calibration" not in figures
    given = replace(other, thresholds={18: plausible.at_least(18)})
    assert question_report(given, 18)["roc"] == question_report(plausible, 18)["roc"]


def test_the_recall_is_that_of_the_roc_curve(plausible: Predictions) -> None:
    """Younger people are the positives; the false alarms are older people."""
    younger = plausible.age_low < 18
    alarms, recalls, _ = reference.roc_curve(
        younger, -plausible.at_least(18), drop_intermediate=False
    )
    for figures in threshold_report(plausible)["under"]["18"]:
        expected = recalls[alarms <= figures["false_alarms"]].max()
        assert figures["recall"]["value"] == pytest.approx(expected)
        assert figures["recall"]["low"] <= expected <= figures["recall"]["high"]
    assert [f["false_alarms"] for f in threshold_report(plausible)["under"]["13"]] == [0.01, 0.05]


def test_nists_shares_are_those_worked_out_by_hand(make_certain) -> None:
    labels = [8, 12, 13, 14, 16.9, 17, 22, 22, 40, 7]
    years = [13, 11, 16, 25, 17, 26, 16, 15, 14, 14]
    records = [
        Record(f"{i}", age, age, "female" if i % 2 else "male") for i, age in enumerate(labels)
    ]
    figures = nist_figures(make_certain(records, years, [0.5] * len(years)))
    assert figures["challenge_25"]["false_positive_rate"] == share(np.array([True, False, True]))
    assert figures["challenge_25"]["gender"]["female"] == share(np.array([True, True]))
    safety = figures["child_online_safety"]
    assert safety["true_positive_rate"] == share(np.array([True, False, False]))
    assert safety["false_positive_rate_8_12"] == share(np.array([True, False]))
    assert safety["false_positive_rate_17_22"] == share(np.array([False, True, True]))


def test_a_question_without_younger_people_has_no_figures(make_certain) -> None:
    adults = [Record("a", 40, 40), Record("b", 50, 50)]
    report = threshold_report(make_certain(adults, [40, 50], [0.5] * 2))
    assert (report["at_least"], report["under"]) == ({}, {})
    assert report["nist"]["child_online_safety"] == {}
