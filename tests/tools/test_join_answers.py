"""Predictions of several models on different pictures become one table of answers."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from mien.datasets.records import Record
from mien.errors import DataError
from mien.evaluation.answers import read_answers
from mien.evaluation.prediction_files import save_predictions
from mien.evaluation.predictions import LabelPredictions, Predictions
from mien.evaluation.report.thresholds import QUESTIONS
from tools.join_answers import columns, joined

RECORDS = [Record(f"part/{i}.png", 10 + i, 10 + i, "female") for i in range(30)]


@pytest.fixture
def predictions() -> Predictions:
    """Random predictions, with an ethnicity, which the table does not have."""
    random = np.random.default_rng(0)
    age = random.dirichlet(np.ones(101), len(RECORDS)).astype(np.float32)
    years = random.uniform(1, 90, (3, len(RECORDS))).astype(np.float32)
    low, middle, high = np.sort(years, axis=0)
    female = random.random(len(RECORDS)).astype(np.float32)
    decided = random.choice(["female", "male", "undetermined"], len(RECORDS))
    gender = LabelPredictions(("male", "female"), np.stack([1 - female, female], 1), decided)
    other = LabelPredictions(("White", "Black"), None, np.full(len(RECORDS), "White"))
    known = np.ones(len(RECORDS), np.float32)
    return Predictions(
        RECORDS,
        *(middle, low, high, known > 0, known, known, known, known, age),
        novelty=random.gamma(1, 0.5, len(RECORDS)).astype(np.float32),
        labels={"gender": gender, "ethnicity": other},
    )


def test_no_answer_is_changed_on_the_way(predictions: Predictions, tmp_path: Path) -> None:
    files = [tmp_path / f"{part}.npz" for part in range(3)]
    for part, file in enumerate(files):
        save_predictions(predictions.select(np.arange(len(RECORDS)) % 3 == part), file)
    table = columns(joined(files))
    with (tmp_path / "answers.csv").open("w", newline="") as file:
        csv.writer(file).writerows([tuple(table), *zip(*table.values(), strict=True)])
    read = read_answers(tmp_path / "answers.csv", tmp_path, RECORDS)
    for name in ("years", "low", "high", "novelty"):
        np.testing.assert_array_equal(getattr(read, name), getattr(predictions, name))
    for n in QUESTIONS:
        np.testing.assert_array_equal(read.at_least(n), predictions.at_least(n))
    gender, expected = read.labels["gender"], predictions.labels["gender"]
    np.testing.assert_array_equal(gender.probabilities[:, 1], expected.probabilities[:, 1])
    assert gender.decided.tolist() == expected.decided.tolist()


def test_a_picture_that_two_models_predict_is_refused(
    predictions: Predictions, tmp_path: Path
) -> None:
    for part in range(2):
        save_predictions(predictions.select([part, 7]), tmp_path / f"{part}.npz")
    with pytest.raises(DataError, match=r"'part/7\.png' is predicted twice"):
        joined([tmp_path / "0.npz", tmp_path / "1.npz"])
