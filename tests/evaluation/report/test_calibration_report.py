from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from mien.datasets.records import Record
from mien.evaluation.predictions import LabelPredictions, Predictions
from mien.evaluation.report.calibration import (
    calibration_report,
    interval_report,
    risk_coverage,
)
from mien.evaluation.report.parts import LEAST


@pytest.fixture(scope="session")
def normal(plausible: Predictions) -> Predictions:
    """Predictions with exact 80 % intervals whose widths differ by a factor of 5."""
    random = np.random.default_rng(3)
    n = len(plausible)
    spread = random.choice([1.0, 5.0], n)
    years = plausible.age_low + random.normal(0, spread)
    half = stats.norm.ppf(0.9) * spread
    return replace(
        plausible,
        years=years.astype(np.float32),
        low=(years - half).astype(np.float32),
        high=(years + half).astype(np.float32),
    )


def test_exact_intervals_hold_80_per_cent_and_no_part_differs(normal: Predictions) -> None:
    figures = interval_report(normal)
    assert figures["coverage"]["low"] < 0.8 < figures["coverage"]["high"]
    assert not any(test["differs"] for test in figures["tests"])
    tested = {test["attribute"] for test in figures["tests"]}
    assert tested == {
        *("all", "age_band", "gender", "ethnicity", "eye_distance", "sharpness", "frontality")
    }
    assert all(test["coverage"]["n"] >= LEAST for test in figures["tests"])


def test_intervals_that_know_their_spread_are_narrower_than_a_constant_one(
    normal: Predictions,
) -> None:
    figures = interval_report(normal)
    error = np.abs(normal.years - normal.age_low)
    constant = 2 * np.quantile(error, figures["coverage"]["value"])
    assert figures["constant_width"] == pytest.approx(constant, rel=0.01)
    assert figures["width"]["value"] == pytest.approx((normal.high - normal.low).mean(), rel=1e-5)
    ratio = figures["width_ratio"]
    assert ratio["value"] == pytest.approx(figures["width"]["value"] / figures["constant_width"])
    assert ratio["high"] < 1


def test_a_part_that_is_too_narrow_is_found(normal: Predictions) -> None:
    asian = normal.ethnicity == "Asian"
    narrow = replace(
        normal,
        low=np.where(asian, normal.years - 1, normal.low),
        high=np.where(asian, normal.years + 1, normal.high),
    )
    tests = interval_report(narrow)["tests"]
    (found,) = (test for test in tests if test["part"] == "Asian")
    assert found["differs"]
    truth = narrow.age_low[asian]
    inside = ((narrow.low[asian] <= truth) & (truth <= narrow.high[asian])).sum()
    expected = stats.binomtest(int(inside), int(asian.sum()), 0.8).pvalue
    assert found["p"] == pytest.approx(expected)
    assert found["p"] < found["p_holm"] < 0.05
    others = [t for t in tests if t["attribute"] == "ethnicity" and t["part"] != "Asian"]
    assert not any(test["differs"] for test in others)


def test_the_risk_is_the_mean_loss_of_the_most_certain() -> None:
    random = np.random.default_rng(0)
    loss, certainty = random.random(200), random.random(200)
    figures = risk_coverage(loss, certainty)
    order = np.argsort(-certainty)
    for coverage, risk in zip(figures["coverage"], figures["risk"], strict=True):
        assert risk == pytest.approx(loss[order[: round(200 * coverage)]].mean())
    means = [loss[order[:n]].mean() for n in range(1, 201)]
    assert figures["area"]["value"] == pytest.approx(np.mean(means))
    assert figures["coverage"][-1] == 1
    for i, coverage in enumerate(figures["coverage"]):
        most_certain = loss[order[: round(200 * coverage)]]
        known = stats.ttest_1samp(most_certain, 0).confidence_interval()
        ends = (max(0, known.low), known.high)
        assert (figures["low"][i], figures["high"][i]) == pytest.approx(ends, abs=2e-3)


def test_the_band_of_a_share_of_wrong_labels_is_that_of_a_share() -> None:
    wrong = np.arange(100) % 10 == 9
    figures = risk_coverage(wrong, -np.arange(100.0))
    for i, coverage in enumerate(figures["coverage"]):
        n = round(100 * coverage)
        known = stats.binomtest(int(wrong[:n].sum()), n).proportion_ci(method="wilson")
        ends = (known.low, known.high)
        assert (figures["low"][i], figures["high"][i]) == pytest.approx(ends, abs=1e-6)
    short = risk_coverage(np.arange(4.0), np.arange(4.0))
    assert short["low"][:2] == [None, None]
    assert None not in short["low"][2:]


def test_equally_certain_answers_share_their_loss() -> None:
    for loss in ([True, False], [False, True]):
        assert risk_coverage(np.array(loss), np.ones(2))["area"]["value"] == 0.5


def test_probabilities_of_two_labels_are_those_of_the_second(plausible: Predictions) -> None:
    gender = calibration_report(plausible)["labels"]["gender"]
    female = plausible.labels["gender"].probabilities[:, 1]
    assert gender["predicted"] == pytest.approx(female.mean(), rel=1e-5)
    assert gender["happened"]["value"] == pytest.approx((plausible.gender == "female").mean())
    bins = gender["reliability"]
    assert sum(figure["n"] for figure in bins["frequency"]) == len(plausible)


def test_probabilities_of_several_labels_are_those_of_the_most_probable(
    plausible: Predictions,
) -> None:
    random = np.random.default_rng(0)
    names = ("White", "Black", "Asian", "Indian", "Other")
    probabilities = random.dirichlet(np.ones(5), len(plausible)).astype(np.float32)
    head = LabelPredictions(names, probabilities, np.array(names)[probabilities.argmax(axis=1)])
    figures = calibration_report(replace(plausible, labels={"ethnicity": head}))
    ethnicity = figures["labels"]["ethnicity"]
    assert ethnicity["predicted"] == pytest.approx(probabilities.max(axis=1).mean(), rel=1e-5)
    assert ethnicity["error"]["value"] > 0.2  # random labels are right in a fifth of all cases
    assert figures["risk_coverage"].keys() == {"age", "ethnicity"}


def test_a_system_without_intervals_and_probabilities_has_no_figures(make_certain) -> None:
    exact = make_certain([Record("a", 20, 20, "male")], [21], [0.2])
    nan = np.full(1, np.nan, np.float32)
    labels = {"gender": LabelPredictions(("male", "female"), None, np.array(["male"]))}
    figures = calibration_report(replace(exact, low=nan, high=nan, labels=labels))
    assert figures == {"labels": {}, "intervals": {}, "risk_coverage": {}}
