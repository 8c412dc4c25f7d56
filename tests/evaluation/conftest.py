from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from mien.ages import quantile
from mien.datasets.records import ETHNICITIES, MAX_AGE, Record
from mien.evaluation.predictions import LabelPredictions, Predictions

MakePredictions = Callable[..., Predictions]


def gender_labels(female: np.ndarray, decided: np.ndarray) -> LabelPredictions:
    return LabelPredictions(("male", "female"), np.stack([1 - female, female], axis=1), decided)


@pytest.fixture(scope="session")
def plausible() -> Predictions:
    """Plausible predictions for 2000 faces with exact ages, genders and ethnicities."""
    n, random = 2000, np.random.default_rng(0)
    truth = np.where(
        np.arange(n) % 5 == 0, random.integers(0, 10, n), random.gamma(6, 6, n).clip(1, MAX_AGE)
    ).astype(int)
    is_female = random.random(n) < 0.48
    ethnicity = random.choice(len(ETHNICITIES), n, p=(0.42, 0.19, 0.15, 0.17, 0.07))
    centre = (truth + random.normal(0.5, 1 + 0.1 * truth)).clip(0, 98)
    z = (np.arange(MAX_AGE + 1) - centre[:, None]) / (1 + 0.11 * centre[:, None])
    age = np.exp(-0.5 * z**2)
    age = (age / age.sum(axis=1, keepdims=True)).astype(np.float32)
    ease = np.where(truth < 10, 1.2, 4.5) - 0.6 * (ethnicity == 2)
    logit = np.where(is_female, ease, -ease) + random.normal(0, 2, n)
    female = (1 / (1 + np.exp(-logit))).astype(np.float32)
    label = np.where(female >= 0.5, "female", "male")
    return Predictions(
        records=[
            Record(
                f"{i}.jpg", years, years, "female" if is_female[i] else "male", ETHNICITIES[index]
            )
            for i, (years, index) in enumerate(zip(truth.tolist(), ethnicity, strict=True))
        ],
        years=quantile(age, 0.5),
        low=quantile(age, 0.1),
        high=quantile(age, 0.9),
        found=random.random(n) < 0.99,
        size=random.uniform(20, 300, n).astype(np.float32),
        eye_distance=random.uniform(8, 120, n).astype(np.float32),
        sharpness=random.random(n).astype(np.float32),
        frontality=random.random(n).astype(np.float32),
        age=age,
        novelty=random.gamma(1, 0.2, n).astype(np.float32),
        labels={
            "gender": gender_labels(
                female, np.where(abs(female - 0.5) < 0.3, "undetermined", label)
            )
        },
    )


@pytest.fixture(scope="session")
def make_certain() -> MakePredictions:
    """Makes predictions of a certain age, with an interval of two years on each side."""

    def make(
        records: Sequence[Record],
        years: Sequence[int],
        female: Sequence[float],
        label: Sequence[str] | None = None,
        found: Sequence[bool] | None = None,
    ) -> Predictions:
        predicted = np.array(years, np.int64)
        return Predictions(
            records=list(records),
            years=predicted.astype(np.float32),
            low=(predicted - 2).astype(np.float32),
            high=(predicted + 2).astype(np.float32),
            found=np.array(found or [True] * len(predicted), np.bool_),
            size=np.full(len(predicted), 100, np.float32),
            eye_distance=np.full(len(predicted), 45, np.float32),
            sharpness=np.full(len(predicted), 0.8, np.float32),
            frontality=np.full(len(predicted), 0.9, np.float32),
            age=np.eye(MAX_AGE + 1, dtype=np.float32)[predicted],
            labels={
                "gender": gender_labels(
                    np.array(female, np.float32),
                    np.array(label or ["female" if p >= 0.5 else "male" for p in female], np.str_),
                )
            },
        )

    return make
