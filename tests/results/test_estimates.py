from __future__ import annotations

import pickle

import pytest

from mien import AgeEstimate, GenderEstimate, LabelEstimate


@pytest.mark.parametrize(
    ("label", "female", "text", "leaning"),
    [
        ("female", 0.99, "female 99 %", "female"),
        ("undetermined", 0.92, "leans female 92 %", "female"),
        ("undetermined", 0.15, "leans male 85 %", "male"),
        ("undetermined", 0.79, "undetermined", None),
        ("undetermined", 0.5, "undetermined", None),
    ],
)
def test_an_undetermined_label_may_have_a_leaning(
    label: str, female: float, text: str, leaning: str | None
) -> None:
    estimate = GenderEstimate(label, {"male": 1 - female, "female": female})
    assert (str(estimate), estimate.leaning) == (text, leaning)


def test_estimates_can_be_hashed_and_compared(age: AgeEstimate) -> None:
    assert len({age, pickle.loads(pickle.dumps(age))}) == 1
    label = LabelEstimate("a", {"a": 0.7, "b": 0.3})
    assert hash(label) == hash(LabelEstimate("a", {"a": 0.7, "b": 0.3}))
