from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import entropy
from torch import nn
from torch.nn import functional as F

from mien.training.losses import (
    THRESHOLDS,
    age_loss,
    age_targets,
    label_loss,
    older_shares,
    teacher_loss,
    threshold_loss,
)


def test_an_exact_age_becomes_a_distribution_around_it() -> None:
    age = torch.tensor([0, 30, 100, 116])
    targets = age_targets(age, age, 1.5 + 0.03 * age)
    np.testing.assert_allclose(targets.sum(dim=1), 1, rtol=1e-5)
    assert targets.argmax(dim=1).tolist() == [0, 30, 100, 100]
    deviation = ((torch.arange(101) - 30) ** 2 * targets[1]).sum().sqrt()
    assert deviation == pytest.approx(1.5 + 0.03 * 30, rel=0.02)


def test_a_bracket_becomes_its_ages() -> None:
    targets = age_targets(torch.tensor([20, 70]), torch.tensor([29, 100]), torch.ones(2))
    assert targets[0].nonzero().flatten().tolist() == list(range(20, 30))
    assert targets[1].nonzero().flatten().tolist() == list(range(70, 101))


def test_the_loss_is_a_divergence_for_an_exact_age_and_a_likelihood_for_a_bracket() -> None:
    torch.manual_seed(0)
    logits = torch.randn(2, 101)
    low, high = torch.tensor([40, 20]), torch.tensor([40, 29])
    targets = age_targets(low, high, torch.tensor([2.7, 2.1]))
    loss = age_loss(logits, targets, low == high)
    probabilities = logits.softmax(1).numpy()
    assert loss[0].item() == pytest.approx(entropy(targets[0].numpy(), probabilities[0]), rel=1e-3)
    assert loss[1].item() == pytest.approx(-np.log(probabilities[1, 20:30].sum()), rel=1e-4)


def test_without_smoothing_the_gradient_of_a_bracket_is_that_of_its_likelihood() -> None:
    torch.manual_seed(0)
    logits = torch.randn(2, 101, requires_grad=True)
    targets = age_targets(torch.tensor([20, 70]), torch.tensor([29, 100]), torch.ones(2))
    loss = age_loss(logits, targets, torch.tensor([False, False])).sum()
    likelihood = (logits.softmax(dim=1) * targets).sum(dim=1).log().sum()
    (ours,) = torch.autograd.grad(loss, logits)
    (theirs,) = torch.autograd.grad(-likelihood, logits)
    torch.testing.assert_close(ours, theirs)


def test_smoothing_tells_ages_inside_a_bracket() -> None:
    torch.manual_seed(0)
    limits = torch.tensor([0, 3, 10, 20, 30, 40, 50, 60])
    age = 60 * torch.rand(500)
    seen = age + 3 * torch.randn(500)
    features = torch.exp(-0.5 * ((seen[:, None] - torch.linspace(0, 70, 8)) / 10) ** 2)
    bracket = torch.bucketize(age, limits, right=True)
    targets = age_targets(limits[bracket - 1], limits[bracket] - 1, torch.ones(500))
    errors = []
    for smoothing in (0.0, 2.0):
        head = nn.Linear(8, 101)
        optimiser = torch.optim.Adam(head.parameters(), lr=0.1)
        for _ in range(150):
            optimiser.zero_grad()
            age_loss(head(features), targets, torch.tensor([False]), smoothing).mean().backward()
            optimiser.step()
        median = (head(features).softmax(dim=1).cumsum(dim=1) < 0.5).sum(dim=1)
        errors.append((median + 0.5 - age).abs().mean().item())
    assert errors[1] < 0.75 * errors[0]


def test_the_loss_of_a_perfect_prediction_is_zero() -> None:
    low, high = torch.tensor([40, 20]), torch.tensor([40, 29])
    targets = age_targets(low, high, torch.tensor([2.7, 2.1]))
    loss = age_loss(torch.log(targets.clamp(min=1e-20)), targets, low == high)
    np.testing.assert_allclose(loss, 0, atol=1e-3)


def test_a_bracket_across_a_threshold_does_not_decide_it() -> None:
    low = torch.tensor([40.0, 10.0, 10.0, 18.0, 0.0])
    high = torch.tensor([40.0, 19.0, 11.0, 18.0, 100.0])
    shares = older_shares(age_targets(low, high, torch.full((5,), 2.0)))
    np.testing.assert_allclose(shares[0], 1, atol=1e-6)
    assert shares[1].isnan().tolist() == [True, True, True, False]  # 12, 15 and 18 lie inside
    assert shares[1, 3] == 0
    assert shares[2].tolist() == [0, 0, 0, 0]
    assert shares[3, 2] == pytest.approx(0.6, abs=0.05)  # 18, give or take two years
    assert shares[4].isnan().all()


def test_an_unknown_age_has_no_gradient() -> None:
    logits = torch.randn(1, 101, requires_grad=True)
    targets = age_targets(torch.zeros(1), torch.full((1,), 100.0), torch.ones(1))
    age = age_loss(logits, targets, torch.tensor([False])).sum()
    threshold = threshold_loss(logits, older_shares(targets), torch.full((len(THRESHOLDS),), 0.5))
    (age + threshold).backward()
    assert logits.grad is not None
    np.testing.assert_allclose(logits.grad, 0, atol=1e-6)


def test_the_rarer_side_of_a_threshold_weighs_more() -> None:
    logits = torch.zeros(1, 101)
    young, old = (
        threshold_loss(logits, torch.tensor([[share] * 4]), torch.full((4,), 0.9)).item()
        for share in (0.0, 1.0)
    )
    below = np.array([-np.log(age / 101) for age in THRESHOLDS]).mean()
    above = np.array([-np.log(1 - age / 101) for age in THRESHOLDS]).mean()
    assert young == pytest.approx(below / 0.1 / 2, rel=1e-4)
    assert old == pytest.approx(above / 0.9 / 2, rel=1e-4)


def test_rows_without_a_label_are_left_out_of_the_loss() -> None:
    torch.manual_seed(0)
    ages = torch.tensor([[40.0, 40.0, 2.7], [20.0, 29.0, 2.1], [0.0, 100.0, 1.0]])
    genders = torch.tensor([1.0, 0.25, -1.0])
    hats = torch.tensor([2.0, 0.0, -1.0])
    for kind, width, labels in (
        ("distribution", 101, ages),
        ("binary", 1, genders),
        ("categorical", 3, hats),
    ):
        logits = torch.randn(3, width)
        loss = label_loss(kind, logits, labels)
        assert loss.item() == pytest.approx(label_loss(kind, logits[:2], labels[:2]).item())
        assert loss > 0
        assert label_loss(kind, logits[2:], labels[2:]) == 0


def test_the_loss_depends_on_the_kind_of_the_head() -> None:
    torch.manual_seed(0)
    ages = torch.tensor([[40.0, 40.0, 2.7], [20.0, 29.0, 2.1]])
    logits = torch.randn(2, 101)
    targets = age_targets(*ages.T)
    expected = age_loss(logits, targets, torch.tensor([True, False])).mean()
    torch.testing.assert_close(label_loss("distribution", logits, ages), expected)

    logits = torch.randn(2, 1)
    p = logits[:, 0].sigmoid()
    expected = -(p[0].log() + 0.25 * p[1].log() + 0.75 * (1 - p[1]).log()) / 2
    found = label_loss("binary", logits, torch.tensor([1.0, 0.25]))
    torch.testing.assert_close(found, expected)

    logits = torch.randn(2, 3)
    expected = F.cross_entropy(logits, torch.tensor([2, 0]))
    found = label_loss("categorical", logits, torch.tensor([2.0, 0.0]))
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize(("kind", "width"), [("distribution", 101), ("categorical", 3)])
def test_the_loss_is_the_divergence_from_the_teachers(kind: str, width: int) -> None:
    torch.manual_seed(0)
    logits, taught = torch.randn(4, width), torch.randn(4, width).softmax(1)
    expected = entropy(taught.numpy(), logits.softmax(1).numpy(), axis=1).mean()
    assert teacher_loss(kind, logits, taught).item() == pytest.approx(expected, rel=1e-4)


def test_the_loss_of_a_binary_head_is_the_cross_entropy_with_the_teachers() -> None:
    torch.manual_seed(0)
    logits, taught = torch.randn(4, 1), torch.rand(4, 1)
    p = logits.sigmoid()
    expected = -(taught * p.log() + (1 - taught) * (1 - p).log()).mean().item()
    assert teacher_loss("binary", logits, taught).item() == pytest.approx(expected, rel=1e-4)
