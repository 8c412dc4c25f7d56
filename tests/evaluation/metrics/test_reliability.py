from __future__ import annotations

import numpy as np
import pytest
import sklearn.calibration
import sklearn.metrics as reference

from mien.evaluation.metrics.calibration import brier_score, calibration_error, reliability


def probabilities(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).beta(0.6, 0.6, n)


def test_the_brier_score_is_scikit_learns() -> None:
    probability = probabilities(300, 0)
    happened = np.random.default_rng(1).random(300) < probability
    expected = reference.brier_score_loss(happened, probability)
    assert brier_score(probability, happened).mean() == pytest.approx(expected)


def test_the_bins_are_scikit_learns_quantiles() -> None:
    probability = probabilities(3000, 0)
    happened = np.random.default_rng(1).random(3000) < probability
    bins = reliability(probability, happened, bins=10)
    frequency, mean = sklearn.calibration.calibration_curve(
        happened, probability, n_bins=10, strategy="quantile"
    )
    np.testing.assert_allclose(bins.probability, mean, atol=2e-3)
    ours = [figure["value"] for figure in bins.frequency]
    np.testing.assert_allclose(ours, frequency, atol=5e-3)
    assert {figure["n"] for figure in bins.frequency} == {300}


def test_calibrated_probabilities_are_in_the_consistency_band_in_95_per_cent() -> None:
    inside = []
    for seed in range(40):
        probability = probabilities(600, seed)
        happened = np.random.default_rng(seed + 1000).random(600) < probability
        bins = reliability(probability, happened, bins=10, seed=seed)
        for i, figure in enumerate(bins.frequency):
            inside.append(bins.band_low[i] <= figure["value"] <= bins.band_high[i])
    assert 0.92 < np.mean(inside) < 0.985


def test_overconfident_probabilities_leave_the_band() -> None:
    probability = probabilities(4000, 0)
    truth = 0.5 + 0.7 * (probability - 0.5)
    happened = np.random.default_rng(1).random(4000) < truth
    bins = reliability(probability, happened)
    assert bins.frequency[0]["value"] > bins.band_high[0]
    assert bins.frequency[-1]["value"] < bins.band_low[-1]


@pytest.mark.parametrize("shrink", [0.9, 0.7])
def test_the_debiased_error_is_right_on_average_and_its_interval_holds_it(shrink: float) -> None:
    expected = (1 - shrink) * np.sqrt(np.mean((probabilities(100_000, 99) - 0.5) ** 2))
    squares, held = [], []
    for seed in range(40):
        probability = probabilities(900, seed)
        truth = 0.5 + shrink * (probability - 0.5)
        happened = np.random.default_rng(seed + 1000).random(900) < truth
        figure = calibration_error(probability, happened)
        squares.append(figure["value"] ** 2)
        held.append(figure["low"] <= expected <= figure["high"])
    assert np.sqrt(np.mean(squares)) == pytest.approx(expected, abs=0.01)
    assert np.mean(held) >= 0.9


def test_chance_alone_is_no_error() -> None:
    debiased, plain = [], []
    for seed in range(40):
        probability = probabilities(900, seed)
        happened = np.random.default_rng(seed + 1000).random(900) < probability
        debiased.append(calibration_error(probability, happened))
        bins = reliability(probability, happened)
        frequency = np.array([figure["value"] for figure in bins.frequency])
        plain.append(np.sqrt(np.mean((bins.probability - frequency) ** 2)))
    # Half of the estimates are below 0, which is shown as 0; all intervals begin there.
    assert 0.3 < np.mean([figure["value"] == 0 for figure in debiased]) < 0.7
    assert np.mean([figure["low"] == 0 for figure in debiased]) >= 0.95
    assert np.mean([figure["value"] for figure in debiased]) < np.mean(plain) / 2


def test_equal_probabilities_share_a_bin() -> None:
    probability = np.repeat([0.0, 0.3, 1.0], [50, 30, 40])
    happened = np.concatenate([np.zeros(50), np.arange(30) < 12, np.ones(40)]).astype(bool)
    bins = reliability(probability, happened)
    np.testing.assert_allclose(bins.probability, [0, 0.3, 1])
    assert [figure["n"] for figure in bins.frequency] == [50, 30, 40]
    assert bins.frequency[1]["value"] == 0.4


@pytest.mark.parametrize("n", [1, 5, 25])
def test_few_pictures_have_few_bins(n: int) -> None:
    bins = reliability(np.linspace(0, 1, n), np.ones(n, bool))
    assert sum(figure["n"] for figure in bins.frequency) == n
    assert calibration_error(np.linspace(0, 1, n), np.ones(n, bool))["n"] == n
