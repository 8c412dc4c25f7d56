from __future__ import annotations

import numpy as np
import pytest

from mien import ages
from mien.attributes.calibration import VIEW_FACTORS
from mien.attributes.heads import AGE, ETHNICITY, GENDER
from mien.exporting.calibration import calibrate_distribution, calibrate_labels

COUNT = 4000


def sampled_ages(sharpened: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logits of known distributions, made too confident, and ages drawn from the distributions."""
    random = np.random.default_rng(0)
    centre = random.uniform(5, 90, (COUNT, 1))
    width = random.uniform(2, 9, (COUNT, 1))
    logits = -0.5 * ((np.arange(101) - centre) / width) ** 2
    cumulative = np.cumsum(ages.softmax(logits.astype(np.float32)), axis=1)
    drawn = (cumulative < random.random((COUNT, 1))).sum(axis=1).clip(0, 100)
    return (logits * sharpened).astype(np.float32), drawn.astype(np.float32)


def views(count: int = COUNT) -> np.ndarray:
    return np.random.default_rng(1).random((count, len(VIEW_FACTORS)), np.float32)


def perfect(count: int = COUNT) -> np.ndarray:
    return np.zeros((count, len(VIEW_FACTORS)), np.float32)


def coverage(head, logits: np.ndarray, seen: np.ndarray, truth: np.ndarray) -> float:
    estimates = head.estimates(head.probabilities(logits, seen), None)
    inside = [e.low <= t <= e.high for e, t in zip(estimates, truth, strict=True)]
    return float(np.mean(inside))


@pytest.mark.parametrize("sharpened", [0.5, 1.0, 3.0])
def test_the_temperature_undoes_overconfidence(sharpened: float) -> None:
    logits, truth = sampled_ages(sharpened)
    head = calibrate_distribution(AGE, logits, truth, truth, perfect())
    assert np.exp(head.calibration.temperature.base) == pytest.approx(sharpened, rel=0.1)
    assert coverage(head, logits, perfect(), truth) == pytest.approx(0.8, abs=0.01)
    assert head.calibration.low == pytest.approx(0.1, abs=0.02)


def test_the_temperature_grows_with_what_makes_a_view_poor() -> None:
    seen = views()
    logits, truth = sampled_ages(np.exp(1.2 * seen[:, [1]]))
    head = calibrate_distribution(AGE, logits, truth, truth, seen)
    assert head.calibration.temperature.slopes == pytest.approx((0, 1.2, 0, 0), abs=0.15)
    poor = seen[:, 1] > 0.7
    assert coverage(head, logits[poor], seen[poor], truth[poor]) == pytest.approx(0.8, abs=0.03)


def test_a_poor_view_never_makes_an_answer_more_certain() -> None:
    seen = views()
    logits, truth = sampled_ages(np.exp(-1.2 * seen[:, [1]]))
    head = calibrate_distribution(AGE, logits, truth, truth, seen)
    assert min(head.calibration.temperature.slopes) >= 0


def test_brackets_beside_exact_ages_give_the_same_temperature() -> None:
    logits, truth = sampled_ages(2.0)
    low, high = truth // 10 * 10, truth // 10 * 10 + 9
    low[:500], high[:500] = truth[:500], truth[:500]
    head = calibrate_distribution(AGE, logits, low, high, perfect())
    assert np.exp(head.calibration.temperature.base) == pytest.approx(2.0, rel=0.1)


@pytest.mark.parametrize("sharpened", [0.5, 1.0, 3.0])
def test_brackets_alone_give_an_interval_that_holds_the_true_ages(sharpened: float) -> None:
    logits, truth = sampled_ages(sharpened)
    low = truth // 10 * 10
    head = calibrate_distribution(AGE, logits, low, low + 9, perfect())
    assert coverage(head, logits, perfect(), truth) == pytest.approx(0.8, abs=0.03)


def sampled_labels(head, count: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    logits = random.normal(0, 3, (count, head.width)).astype(np.float32)
    probabilities = head.probabilities(logits, perfect(count))
    truth = (probabilities.cumsum(axis=1) < random.random((count, 1))).sum(axis=1)
    return logits, truth.clip(0, len(head.labels) - 1)


@pytest.mark.parametrize("head", [GENDER, ETHNICITY], ids=lambda head: head.name)
def test_labels_are_decided_where_they_are_right_often_enough(head) -> None:
    logits, truth = sampled_labels(head)
    fitted = calibrate_labels(head, 2 * logits, truth, perfect(len(truth)))
    assert np.exp(fitted.calibration.temperature.base) == pytest.approx(2.0, rel=0.05)
    probabilities = fitted.probabilities(2 * logits, perfect(len(truth)))
    for certainty in (0.9, 0.95, 0.98):
        threshold = fitted.calibration.threshold(certainty)
        decided = probabilities.max(axis=1) >= threshold
        right = (probabilities.argmax(axis=1) == truth)[decided]
        assert right.mean() == pytest.approx(certainty, abs=0.003)
    assert fitted.calibration.threshold(None) == 0
    curve = np.array(fitted.calibration.thresholds)
    assert (np.diff(curve[:, 0]) > 0).all()  # a higher threshold
    assert (np.diff(curve[:, 1]) < 0).all()  # decides fewer
    assert (np.diff(curve[:, 2]) > 0).all()  # and is right more often


def test_a_head_that_only_guesses_decides_nothing() -> None:
    random = np.random.default_rng(0)
    logits = random.normal(size=(COUNT, 1)).astype(np.float32)
    head = calibrate_labels(GENDER, logits, random.integers(0, 2, COUNT), perfect())
    estimates = head.estimates(head.probabilities(logits, perfect()), 0.98)
    assert np.mean([e.label == "undetermined" for e in estimates]) > 0.99
