"""The probability of an age of at least n years, calibrated for each n."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression

from mien import ages
from mien.attributes.calibration import Calibration
from mien.attributes.heads import AGE, Head
from mien.errors import ModelError
from mien.exporting.at_least import fit_at_least
from mien.results import AT_LEAST_AGES


def shifted(years: float, count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Distributions whose ages are so many years too low, and the true ages."""
    random = np.random.default_rng(0)
    centre, width = random.uniform(2, 90, (count, 1)), random.uniform(2, 6, (count, 1))
    truth = norm.rvs(centre, width, random_state=random)[:, 0].round().clip(0, 100)
    logits = -0.5 * ((np.arange(101) + years - centre) / width) ** 2
    return ages.softmax(logits.astype(np.float32)), truth.astype(np.float32)


@pytest.mark.parametrize("years", [0.0, 1.5, -1.5])
def test_it_is_calibrated_at_every_age_that_is_asked(years: float) -> None:
    distributions, truth = shifted(years)
    calibration = Calibration(at_least=fit_at_least(distributions, truth, truth))
    older = calibration.older(distributions)
    plain = Calibration().older(distributions)
    for age in AT_LEAST_AGES:
        assert older[:, age].mean() == pytest.approx((truth >= age).mean(), abs=0.002)
        doubtful = (older[:, age] > 0.2) & (older[:, age] < 0.8)
        share = (truth[doubtful] >= age).mean()
        assert older[doubtful, age].mean() == pytest.approx(share, abs=0.05)
        if years:
            assert abs(plain[doubtful, age].mean() - share) > 0.08


def test_slopes_and_offsets_are_those_of_scikit_learn() -> None:
    distributions, truth = shifted(1.0)
    logits = ages.at_least_logits(distributions)
    for age, slope, offset in fit_at_least(distributions, truth, truth):
        near = abs(truth - age) <= 10
        theirs = LogisticRegression(C=np.inf, tol=1e-8)
        theirs.fit(logits[near][:, [int(age)]], truth[near] >= age)
        assert slope == pytest.approx(theirs.coef_[0, 0], abs=0.01)
        assert offset == pytest.approx(theirs.intercept_[0], abs=0.02)


def test_brackets_do_not_count() -> None:
    """Those of the people near an age hold it: the rest are easier to tell apart."""
    distributions, truth = shifted(1.0)
    low, high = truth.copy(), truth.copy()
    low[::2] = truth[::2] // 10 * 10
    high[::2] = low[::2] + 9
    assert fit_at_least(distributions, low, high) == fit_at_least(
        distributions[1::2], truth[1::2], truth[1::2]
    )
    assert fit_at_least(distributions[::2], low[::2], high[::2]) == ()


def test_ages_with_few_faces_on_one_side_are_left_out() -> None:
    distributions, truth = shifted(0.0)
    adults = truth >= 20
    points = fit_at_least(distributions[adults], truth[adults], truth[adults])
    assert [age for age, _, _ in points] == [21, 25, 65]


def test_the_probability_never_rises_with_the_age() -> None:
    distributions, _ = shifted(0.0, 200)
    crossing = Calibration(at_least=((12, 1.0, -2.0), (18, 0.3, 2.0), (65, 3.0, 0.0)))
    older = crossing.older(distributions)
    assert (np.diff(older, axis=1) <= 0).all()
    assert (older[:, 0] == 1).all()
    estimate = AGE.calibrated(crossing).estimates(distributions, None)[0]
    assert estimate.at_least(18) == older[0, 18]
    assert (estimate.at_least(0), estimate.at_least(-3), estimate.at_least(101)) == (1, 1, 0)


def test_the_card_holds_the_points() -> None:
    head = AGE.calibrated(Calibration(at_least=((12.0, 1.0, 0.5), (18.0, 0.9, -0.5))))
    assert Head.from_dict(head.to_dict()) == head
    for wrong in ([[18, 1, 0], [12, 1, 0]], [[18, -1, 0]], [[18, 1]], [[18, 1, 0], [18, 1, 0]]):
        card = head.to_dict()
        card["calibration"]["at_least"] = wrong
        with pytest.raises((ValueError, ModelError)):
            Head.from_dict(card)
