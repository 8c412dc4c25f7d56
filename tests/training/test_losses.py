from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import entropy

from mien.training.losses import age_loss, age_targets


def test_an_exact_age_becomes_a_distribution_around_it() -> None:
    age = torch.tensor([0, 30, 100, 116])
    targets = age_targets(age, age, 1.5, 0.03)
    np.testing.assert_allclose(targets.sum(dim=1), 1, rtol=1e-5)
    assert targets.argmax(dim=1).tolist() == [0, 30, 100, 100]
    deviation = ((torch.arange(101) - 30) ** 2 * targets[1]).sum().sqrt()
    assert deviation == pytest.approx(1.5 + 0.03 * 30, rel=0.02)


def test_a_bracket_becomes_its_ages() -> None:
    targets = age_targets(torch.tensor([20, 70]), torch.tensor([29, 100]), 1.5, 0.03)
    assert targets[0].nonzero().flatten().tolist() == list(range(20, 30))
    assert targets[1].nonzero().flatten().tolist() == list(range(70, 101))


def test_an_exact_age_costs_the_divergence_and_a_bracket_its_likelihood() -> None:
    torch.manual_seed(0)
    logits = torch.randn(2, 101)
    low, high = torch.tensor([40, 20]), torch.tensor([40, 29])
    targets = age_targets(low, high, 1.5, 0.03)
    loss = age_loss(logits, targets, low == high)
    probabilities = logits.softmax(1).numpy()
    assert loss[0].item() == pytest.approx(entropy(targets[0].numpy(), probabilities[0]), rel=1e-3)
    assert loss[1].item() == pytest.approx(-np.log(probabilities[1, 20:30].sum()), rel=1e-4)


def test_a_perfect_answer_costs_nothing() -> None:
    low, high = torch.tensor([40, 20]), torch.tensor([40, 29])
    targets = age_targets(low, high, 1.5, 0.03)
    loss = age_loss(torch.log(targets.clamp(min=1e-20)), targets, low == high)
    np.testing.assert_allclose(loss, 0, atol=1e-3)
