"""Losses of the heads."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from mien.training.networks.attribute_network import AGE_BINS, Logits

THRESHOLDS = (12, 15, 18, 21)
"""Ages in years that people are asked about most."""


def age_targets(low: Tensor, high: Tensor, deviation: Tensor) -> Tensor:
    """Turns age labels into what the age loss compares with.

    An exact age becomes a label distribution: a normal density around it, whose deviation says how
    far off such a label (and a look) may be (Geng et al., "Facial Age Estimation by Learning from
    Label Distributions", 2013). A bracket becomes the indicator of its ages.

    Args:
        low: Least age of each label in years, (n,).
        high: Greatest age, inclusive, (n,); equal to ``low`` for an exact age.
        deviation: Of the label distribution in years, (n,).

    Returns:
        (n, 101); the rows of exact ages sum to 1, those of brackets to their number of ages.
    """
    ages = torch.arange(AGE_BINS, device=low.device, dtype=torch.float32)
    exact = (low == high)[:, None]
    low, high = (age.float()[:, None].clamp(max=AGE_BINS - 1) for age in (low, high))
    density = torch.exp(-0.5 * ((ages - low) / deviation[:, None]) ** 2)
    density = density / density.sum(dim=1, keepdim=True)
    bracket = ((ages >= low) & (ages <= high)).float()
    return torch.where(exact, density, bracket)


def older_shares(targets: Tensor) -> Tensor:
    """Returns how probable it is by each label that the age is at least :data:`THRESHOLDS`.

    Args:
        targets: (n, 101), from :func:`age_targets`.

    Returns:
        (n, thresholds), 0..1; not a number where a bracket has ages on both sides.
    """
    total = targets.sum(dim=1)
    brackets = total > 1.5
    shares = torch.stack([targets[:, age:].sum(dim=1) / total for age in THRESHOLDS], dim=1)
    undecided = brackets[:, None] & (shares > 0) & (shares < 1)
    return shares.masked_fill(undecided, torch.nan)


def threshold_loss(logits: Tensor, older: Tensor, balance: Tensor) -> Tensor:
    """Measures how well an age distribution tells apart who looks old enough and who does not.

    Args:
        logits: Of the ages, (n, 101).
        older: From :func:`older_shares`.
        balance: Share of older labels at each threshold among all training pictures; the rarer
            side weighs the more, so that both weigh alike.

    Returns:
        The mean cross-entropy over thresholds and those rows whose label decides.
    """
    log_probabilities = F.log_softmax(logits.float(), dim=1)
    positive = torch.stack([log_probabilities[:, a:].logsumexp(1) for a in THRESHOLDS], dim=1)
    negative = torch.stack([log_probabilities[:, :a].logsumexp(1) for a in THRESHOLDS], dim=1)
    known = ~older.isnan()
    share = older.nan_to_num()
    loss = -(share / balance * positive + (1 - share) / (1 - balance) * negative) / 2
    return (loss * known).sum() / known.sum().clamp(min=1)


def teacher_loss(logits: Logits, age: Tensor, female: Tensor) -> tuple[Tensor, Tensor]:
    """Measures how far a network is from what its teachers say.

    Args:
        logits: The network's.
        age: The teachers' age distributions, (n, 101).
        female: The teachers' probabilities of a female presentation, (n,).

    Returns:
        The mean divergence of ages, and the mean cross-entropy of gender.
    """
    log_probabilities = F.log_softmax(logits.age.float(), dim=1)
    return (
        F.kl_div(log_probabilities, age, reduction="batchmean"),
        F.binary_cross_entropy_with_logits(logits.gender.float(), female),
    )


def age_loss(logits: Tensor, targets: Tensor, exact: Tensor) -> Tensor:
    """Cross-entropy with the label distribution, or minus the log-likelihood of the bracket.

    Args:
        logits: (n, 101).
        targets: (n, 101), from :func:`age_targets`, possibly mixed.
        exact: Which rows are label distributions, bool, (n,).

    Returns:
        The loss of each row, (n,).
    """
    log_probabilities = F.log_softmax(logits.float(), dim=1)
    cross_entropy = -(targets * log_probabilities).sum(dim=1)
    likelihood = torch.logsumexp(log_probabilities + torch.log(targets.clamp(min=1e-12)), dim=1)
    # The entropy of a label distribution is no fault of the network's; without it the two kinds of
    # label weigh alike.
    entropy = -(targets * torch.log(targets.clamp(min=1e-12))).sum(dim=1)
    return torch.where(exact, cross_entropy - entropy, -likelihood)
