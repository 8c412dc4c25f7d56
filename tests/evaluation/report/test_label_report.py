from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sklearn.metrics as reference

from mien.ages import AGE_GROUP_NAMES
from mien.datasets.records import Record
from mien.evaluation.predictions import LabelPredictions, Predictions
from mien.evaluation.report.labels import label_report


def test_scores_of_two_labels_are_scikit_learns(plausible: Predictions) -> None:
    figures = label_report(plausible)["gender"]
    truth = plausible.truth("gender")
    head = plausible.labels["gender"]
    female = head.probabilities[:, 1]
    report = reference.classification_report(
        truth, head.predicted, target_names=head.names, output_dict=True
    )
    for label in head.names:
        for name, key in (("precision",) * 2, ("recall",) * 2, ("f1", "f1-score")):
            ours = figures["per_class"][label][name]["value"]
            assert ours == pytest.approx(report[label][key])
    assert figures["macro"]["f1"]["value"] == pytest.approx(report["macro avg"]["f1-score"])
    weighted = report["weighted avg"]["f1-score"]
    assert figures["weighted"]["f1"]["value"] == pytest.approx(weighted)
    brier = reference.brier_score_loss(truth, female)
    assert figures["brier"]["value"] == pytest.approx(brier, rel=1e-5)
    roc = figures["curves"]["female"]["roc"]
    assert roc["area"]["value"] == pytest.approx(reference.roc_auc_score(truth, female))
    of_male = figures["curves"]["male"]["roc"]
    assert of_male["area"]["value"] == pytest.approx(roc["area"]["value"])
    for i, label in enumerate(head.names):
        area = figures["curves"][label]["precision_recall"]["area"]["value"]
        expected = reference.average_precision_score(truth == i, head.probabilities[:, i])
        assert area == pytest.approx(expected)


def test_scores_of_several_labels_are_scikit_learns(plausible: Predictions) -> None:
    random = np.random.default_rng(0)
    names = ("White", "Black", "Asian", "Indian", "Other")
    truth = np.array([names.index(name) for name in plausible.ethnicity])
    probabilities = random.dirichlet(np.ones(5), len(truth)) / 2 + np.eye(5)[truth] / 2
    probabilities = probabilities.astype(np.float32)
    head = LabelPredictions(names, probabilities, np.array(names)[probabilities.argmax(axis=1)])
    figures = label_report(replace(plausible, labels={"ethnicity": head}))["ethnicity"]
    for i, label in enumerate(names):
        area = figures["curves"][label]["roc"]["area"]["value"]
        assert area == pytest.approx(reference.roc_auc_score(truth == i, probabilities[:, i]))
    expected = reference.brier_score_loss(
        truth, probabilities, labels=range(5), scale_by_half=False
    )
    assert figures["brier"]["value"] == pytest.approx(expected, rel=1e-5)


def test_age_groups_are_ranked_by_their_probabilities(plausible: Predictions) -> None:
    curves = label_report(plausible)["age_group"]["curves"]
    truth = plausible.age_group_truth
    for i, (low, high) in enumerate([(0, 2), (3, 9), (10, 19)]):
        score = plausible.age[:, low : high + 1].sum(axis=1)
        figures = curves[AGE_GROUP_NAMES[i]]
        expected = reference.roc_auc_score(truth == i, score)
        assert figures["roc"]["area"]["value"] == pytest.approx(expected, abs=1e-4)
        expected = reference.average_precision_score(truth == i, score)
        assert figures["precision_recall"]["area"]["value"] == pytest.approx(expected, abs=1e-3)


def test_age_groups_are_scored_without_a_distribution_too(make_certain) -> None:
    records = [Record("a", 1, 1), Record("b", 8, 8), Record("c", 20, 29), Record("d", 15, 25)]
    predictions = make_certain(records, [2, 14, 27, 18], [0.5] * 4)
    for made in (predictions, replace(predictions, age=None)):
        groups = label_report(made)["age_group"]
        assert np.array(groups["confusion"]).sum() == 3
        assert groups["confusion"][1][2] == 1
        assert groups["accuracy"]["value"] == pytest.approx(2 / 3)
        # 3-9 and 10-19 score 0; the other two are perfect; the rest does not occur.
        assert groups["macro"]["f1"]["value"] == pytest.approx(2 / 4)
        assert ("curves" in groups) == (made.age is not None)


def test_labels_without_probabilities_have_no_curves(plausible: Predictions) -> None:
    decided = np.where(plausible.years > 30, "male", "female").astype("<U12")
    decided[:50] = ""
    head = LabelPredictions(("male", "female"), None, decided)
    figures = label_report(replace(plausible, labels={"gender": head}))["gender"]
    assert figures["accuracy"]["n"] == len(plausible) - 50
    assert not {"curves", "brier"} & figures.keys()


def test_without_labels_there_is_no_report(make_certain) -> None:
    assert label_report(make_certain([Record("a", 15, 25)], [20], [0.5])) == {}
