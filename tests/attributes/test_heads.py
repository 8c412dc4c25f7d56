from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, softmax

from mien.attributes.calibration import Calibration, Temperature
from mien.attributes.heads import AGE, ETHNICITY, GENDER, Head
from mien.results import AgeEstimate, GenderEstimate, LabelEstimate

PERFECT = np.zeros((3, 4), np.float32)
CURVE = ((0.0, 1.0, 0.9), (0.7, 0.8, 0.95), (0.9, 0.5, 0.98))


def test_the_logit_of_a_binary_head_is_that_of_its_second_label() -> None:
    logits = np.array([[-3.0], [0.0], [2.0]], np.float32)
    probabilities = GENDER.probabilities(logits, PERFECT)
    np.testing.assert_allclose(probabilities[:, 1], expit(logits[:, 0]), rtol=1e-5)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_a_categorical_head_has_a_logit_for_each_label() -> None:
    logits = np.random.default_rng(0).normal(size=(3, 5)).astype(np.float32)
    expected = softmax(logits, axis=1)
    np.testing.assert_allclose(ETHNICITY.probabilities(logits, PERFECT), expected, rtol=1e-5)


def test_a_poor_view_makes_probabilities_less_certain() -> None:
    head = GENDER.calibrated(Calibration(Temperature(0.0, (0.0, np.log(4.0), 0.0, 0.0))))
    views = np.array([[0, 0, 0, 0], [0.9, 0, 0.9, 0.9], [0, 1, 0, 0]], np.float32)
    probabilities = head.probabilities(np.full((3, 1), 4.0, np.float32), views)
    np.testing.assert_allclose(probabilities[:, 1], expit([4.0, 4.0, 1.0]), rtol=1e-5)


@pytest.mark.parametrize(
    ("certainty", "label"), [(None, "male"), (0.9, "male"), (0.95, "undetermined")]
)
def test_a_label_is_decided_by_the_wanted_certainty(certainty: float | None, label: str) -> None:
    head = GENDER.calibrated(Calibration(thresholds=CURVE))
    (estimate,) = head.estimates(np.array([[0.65, 0.35]], np.float32), certainty)
    assert isinstance(estimate, GenderEstimate)
    assert estimate.label == label
    assert (estimate.male, estimate.female) == pytest.approx((0.65, 0.35))


def test_a_certainty_beyond_the_curve_decides_nothing() -> None:
    assert Calibration(thresholds=CURVE).threshold(0.99) == 1.0
    assert Calibration().threshold(0.98) == 0.98  # nothing was measured


def test_estimates_by_kind() -> None:
    ages = np.zeros((1, 101), np.float32)
    ages[0, 30:41] = 1 / 11
    (age,) = AGE.estimates(ages, None)
    assert isinstance(age, AgeEstimate)
    assert (age.years, age.group) == (pytest.approx(35), "30-39")
    hat = Head("hat", "binary", ("no", "yes"))
    (estimate,) = hat.estimates(np.array([[0.1, 0.9]], np.float32), None)
    assert type(estimate) is LabelEstimate
    assert estimate.probabilities == pytest.approx({"no": 0.1, "yes": 0.9})


@pytest.mark.parametrize("head", [AGE, GENDER, ETHNICITY], ids=lambda head: head.name)
def test_a_head_can_be_read_from_its_entry(head: Head) -> None:
    calibrated = head.calibrated(Calibration(Temperature(0.3, (0.1, 0.2, 0.3, 0.4)), 0.1, 0.9))
    assert Head.from_dict(calibrated.to_dict()) == calibrated
