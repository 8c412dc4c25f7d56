from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import sklearn.metrics as reference
from fairlearn.metrics import MetricFrame

from mien.datasets.records import Record
from mien.evaluation.predictions import Predictions
from mien.evaluation.report.fairness import fairness_report
from mien.evaluation.report.parts import LEAST, parts


@pytest.fixture(scope="session")
def features(plausible: Predictions) -> pd.DataFrame:
    band = np.empty(len(plausible), object)
    for name, mask in parts(plausible)["age_band"].items():
        band[mask] = name
    return pd.DataFrame(
        {"age_band": band, "gender": plausible.gender, "ethnicity": plausible.ethnicity}
    )


@pytest.fixture(scope="session")
def errors(plausible: Predictions, features: pd.DataFrame) -> MetricFrame:
    return MetricFrame(
        metrics={"mae": reference.mean_absolute_error, "count": lambda t, p: len(t)},
        y_true=plausible.age_low,
        y_pred=plausible.years,
        sensitive_features=features,
    )


def test_the_cells_are_those_of_fairlearns_metric_frame(
    plausible: Predictions, errors: MetricFrame
) -> None:
    report = fairness_report(plausible)
    assert report["banding"] == "age_band"
    theirs = errors.by_group.dropna()
    assert len(report["cells"]) == len(theirs)
    for cell in report["cells"]:
        row = theirs.loc[cell["age_band"], cell["gender"], cell["ethnicity"]]
        assert cell["pictures"] == row["count"]
        assert cell["mae"]["value"] == pytest.approx(row["mae"], rel=1e-6)
    large = theirs[theirs["count"] >= LEAST]
    assert report["in_cells"] == large["count"].sum()
    worst = report["worst"]["mae"]
    assert tuple(worst["names"].values()) == large["mae"].idxmax()
    gap = report["gaps"]["cells"]["mae"]
    expected = large["mae"].max() - large["mae"].min()
    assert gap["difference"]["value"] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("attribute", ["gender", "ethnicity"])
def test_gaps_and_ratios_are_fairlearns(
    attribute: str, plausible: Predictions, features: pd.DataFrame
) -> None:
    female = plausible.labels["gender"].predicted == 1
    right = MetricFrame(
        metrics=reference.accuracy_score,
        y_true=plausible.gender,
        y_pred=np.where(female, "female", "male"),
        sensitive_features=features[attribute],
    )
    error = MetricFrame(
        metrics=reference.mean_absolute_error,
        y_true=plausible.age_low,
        y_pred=plausible.years,
        sensitive_features=features[attribute],
    )
    gaps = fairness_report(plausible)["gaps"][attribute]
    for frame, measure in ((right, "gender_accuracy"), (error, "mae")):
        gap = gaps[measure]
        assert gap["difference"]["value"] == pytest.approx(frame.difference(), rel=1e-6)
        assert gap["ratio"]["value"] == pytest.approx(frame.ratio(), rel=1e-6)
        assert gap["highest"]["names"] == {attribute: frame.by_group.idxmax()}
        assert gap["lowest"]["names"] == {attribute: frame.by_group.idxmin()}


def test_small_cells_are_shown_and_not_named(make_certain) -> None:
    groups = [
        (40, 25, "female", "White", 26, 0.9),
        (40, 35, "female", "White", 44, 0.8),
        (40, 25, "male", "White", 22, 0.7),
        (39, 85, "male", "Black", 12, 0.9),
    ]
    records, years, female = [], [], []
    for n, age, gender, ethnicity, predicted, probability in groups:
        records += [Record(f"{len(years)}-{i}", age, age, gender, ethnicity) for i in range(n)]
        years += [predicted] * n
        female += [probability] * n
    report = fairness_report(make_certain(records, years, female))
    assert sorted(cell["pictures"] for cell in report["cells"]) == [39, 40, 40, 40]
    assert report["in_cells"] == 120
    worst = report["worst"]
    assert worst["gender_accuracy"]["names"] == {
        "age_band": "25-29",
        "gender": "male",
        "ethnicity": "White",
    }
    assert worst["gender_accuracy"]["figure"]["value"] == 0
    assert worst["mae"]["figure"]["value"] == 9
    assert worst["bias"]["figure"]["value"] == 9
    assert report["gaps"]["cells"]["bias"]["difference"]["value"] == 9 - -3
    assert "ratio" not in report["gaps"]["cells"]["bias"]
    assert report["gaps"]["ethnicity"] == {}


def test_brackets_have_cells_of_age_groups(make_certain) -> None:
    records = [Record(f"{i}", 10, 19, "male", "Black") for i in range(40)]
    records += [Record("wide", 20, 29, "male", "Black")]
    report = fairness_report(make_certain(records, [15] * 41, [0.1] * 41))
    assert report["banding"] == "age_group"
    assert [cell["age_group"] for cell in report["cells"]] == ["10-19", "20-29"]
    assert report["worst"].keys() == {"gender_accuracy", "gender_decided"}
