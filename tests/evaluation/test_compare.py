from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mien.datasets.records import Record
from mien.errors import DataError
from mien.evaluation.compare import compare
from mien.evaluation.predictions import LabelPredictions, Predictions


def test_a_model_does_not_differ_from_itself(plausible: Predictions) -> None:
    comparison = compare(plausible, plausible, resamples=50)
    assert comparison["pictures"] == len(plausible)
    for figure in ("mae", "within_5", "gender_accuracy"):
        assert comparison[figure]["a"] == comparison[figure]["b"]
        assert (comparison[figure]["low"], comparison[figure]["high"]) == (0, 0)


def test_differences_are_those_worked_out_by_hand(make_certain) -> None:
    records = [Record("x", 20, 20, "female"), Record("y", 30, 30, "male")]
    a = make_certain(records, [24, 36], [0.9, 0.8])
    b = make_certain(records, [20, 33], [0.6, 0.4])
    comparison = compare(a, b)
    assert comparison["mae"] == {
        "pictures": 2,
        "a": 5.0,
        "b": 1.5,
        "difference": -3.5,
        # Two pictures have three different resamples; their differences are -4, -3.5 and -3.
        "low": -4.0,
        "high": -3.0,
    }
    assert comparison["within_5"]["difference"] == 0.5
    assert comparison["age_group_accuracy"]["difference"] == 0
    assert comparison["gender_accuracy"]["difference"] == 0.5


def test_every_attribute_of_both_is_compared(plausible: Predictions) -> None:
    records = [Record(f"{i}", 20, 20, labels={"hat": "cap"}) for i in range(3)]
    caps, none = np.array(["cap", "cap", "none"]), np.array(["none", "none", "cap"])
    base = replace(plausible.select(np.arange(3)), records=records)
    a = replace(base, labels={"hat": LabelPredictions(("none", "cap"), None, caps)})
    b = replace(base, labels={"hat": LabelPredictions(("none", "cap"), None, none)})
    assert compare(a, b)["hat_accuracy"]["difference"] == pytest.approx(-1 / 3)
    assert "hat_accuracy" not in compare(a, base)


def test_the_interval_of_a_shift_is_that_of_the_normal_distribution(
    plausible: Predictions,
) -> None:
    worse = replace(plausible, years=plausible.years + 3)
    mae = compare(plausible, worse)["mae"]
    assert 0 < mae["low"] < mae["difference"] < mae["high"]
    truth = plausible.age_low
    each = abs(worse.years - truth) - abs(plausible.years - truth)
    assert mae["high"] - mae["low"] == pytest.approx(
        2 * 1.96 * each.std() / len(each) ** 0.5, rel=0.1
    )


def test_pictures_are_matched_by_path_in_any_order(plausible: Predictions) -> None:
    worse = replace(plausible, years=plausible.years + 3)
    shuffled = worse.select(np.random.default_rng(1).permutation(len(worse))[:1500])
    matched = worse.select([int(r.path.removesuffix(".jpg")) for r in shuffled.records])
    in_order = plausible.select([int(r.path.removesuffix(".jpg")) for r in shuffled.records])
    assert compare(plausible, shuffled) == compare(in_order, matched)
    assert compare(plausible, shuffled)["pictures"] == 1500


def test_the_same_seed_gives_the_same_resamples(plausible: Predictions) -> None:
    worse = replace(plausible, years=plausible.years + 3)
    assert compare(plausible, worse) == compare(plausible, worse)
    assert compare(plausible, worse)["mae"] != compare(plausible, worse, seed=1)["mae"]


def test_metrics_without_labels_are_left_out(make_certain) -> None:
    brackets = [Record("x", 20, 29, "female"), Record("y", 30, 49)]
    a = make_certain(brackets, [24, 36], [0.9, 0.8])
    b = make_certain(brackets, [34, 36], [0.9, 0.8])
    comparison = compare(a, b)
    assert comparison.keys() == {"pictures", "age_group_accuracy", "gender_accuracy"}
    assert comparison["age_group_accuracy"]["pictures"] == 1
    assert comparison["age_group_accuracy"]["difference"] == -1
    assert comparison["gender_accuracy"]["pictures"] == 1


def test_predictions_that_cannot_be_matched_are_refused(make_certain) -> None:
    a = make_certain([Record("x", 20, 20)], [20], [0.5])
    with pytest.raises(DataError, match="no picture in common"):
        compare(a, make_certain([Record("y", 20, 20)], [20], [0.5]))
    with pytest.raises(DataError, match="different labels for 'x'"):
        compare(a, make_certain([Record("x", 21, 21)], [20], [0.5]))
    with pytest.raises(DataError, match="twice"):
        compare(a.select([0, 0]), a)


def test_pictures_that_one_system_does_not_answer_are_left_out(plausible: Predictions) -> None:
    years = plausible.years.copy()
    years[:500] = np.nan
    decided = plausible.labels["gender"].decided.copy()
    decided[:100] = ""
    gender = LabelPredictions(("male", "female"), None, decided)
    other = replace(plausible, years=years, labels={"gender": gender})
    comparison = compare(plausible, other, resamples=50)
    assert comparison["mae"]["pictures"] == 1500
    assert comparison["mae"]["difference"] == 0
    undecided = (decided == "undetermined").sum()
    assert comparison["gender_accuracy"]["pictures"] == 1900 - (
        undecided - (decided[:100] == "undetermined").sum()
    )
    assert "gender_accuracy" not in compare(plausible, replace(plausible, labels={}), resamples=5)
