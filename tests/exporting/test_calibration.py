from __future__ import annotations

import numpy as np
import pytest

from mien import ages
from mien.exporting.calibration import calibrate_age, calibrate_gender


def sampled_ages(count: int, sharpened: float) -> tuple[np.ndarray, np.ndarray]:
    """Ages drawn from known distributions, and those distributions' logits made overconfident."""
    random = np.random.default_rng(0)
    centre = random.uniform(5, 90, (count, 1))
    width = random.uniform(2, 9, (count, 1))
    logits = -0.5 * ((np.arange(101) - centre) / width) ** 2
    cumulative = np.cumsum(ages.softmax(logits.astype(np.float32)), axis=1)
    drawn = (cumulative < random.random((count, 1))).sum(axis=1).clip(0, 100)
    return (logits * sharpened).astype(np.float32), drawn


@pytest.mark.parametrize("sharpened", [0.5, 1.0, 3.0])
def test_the_temperature_undoes_overconfidence(sharpened: float) -> None:
    logits, truth = sampled_ages(4000, sharpened)
    calibration = calibrate_age(logits, truth, truth)
    assert calibration.temperature == pytest.approx(sharpened, rel=0.1)
    distributions = ages.softmax(logits / calibration.temperature)
    low = ages.quantile(distributions, calibration.low)
    high = ages.quantile(distributions, calibration.high)
    assert ((low <= truth) & (truth <= high)).mean() == pytest.approx(0.8, abs=0.01)
    assert calibration.low == pytest.approx(0.1, abs=0.02)


def test_brackets_beside_exact_ages_give_the_same_temperature() -> None:
    logits, truth = sampled_ages(4000, 2.0)
    exact = truth.copy()
    low, high = truth // 10 * 10, truth // 10 * 10 + 9
    low[:500], high[:500] = exact[:500], exact[:500]
    assert calibrate_age(logits, low, high).temperature == pytest.approx(2.0, rel=0.1)


@pytest.mark.parametrize("sharpened", [0.5, 1.0, 3.0])
def test_brackets_alone_give_an_interval_that_holds_the_true_ages(sharpened: float) -> None:
    logits, truth = sampled_ages(4000, sharpened)
    calibration = calibrate_age(logits, truth // 10 * 10, truth // 10 * 10 + 9)
    assert calibration.statistic == "median"
    distributions = ages.softmax(logits / calibration.temperature)
    low = ages.quantile(distributions, calibration.low)
    high = ages.quantile(distributions, calibration.high)
    assert ((low <= truth) & (truth <= high)).mean() == pytest.approx(0.8, abs=0.03)


def test_gender_temperature_and_threshold() -> None:
    random = np.random.default_rng(0)
    logits = random.normal(0, 3, 20_000)
    female = random.random(20_000) < 1 / (1 + np.exp(-logits))
    calibration = calibrate_gender((2 * logits).astype(np.float32), female)
    assert calibration.temperature == pytest.approx(2.0, rel=0.05)
    confidence = 1 / (1 + np.exp(-np.abs(logits)))
    decided = confidence >= calibration.threshold
    assert ((logits > 0) == female)[decided].mean() == pytest.approx(0.98, abs=0.002)
    assert 0.5 < calibration.threshold < 0.98


def test_a_hopeless_head_decides_nothing() -> None:
    random = np.random.default_rng(0)
    calibration = calibrate_gender(
        random.normal(size=1000).astype(np.float32), random.random(1000) < 0.5
    )
    assert calibration.threshold > 0.6 or calibration.temperature > 5
