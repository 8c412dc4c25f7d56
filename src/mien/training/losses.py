"""Losses of the heads, by their kind."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from mien import ages
from mien.attributes.heads import Kind
from mien.datasets.records import ANY_AGE
from mien.training.labels import MISSING

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
    years = torch.arange(ages.COUNT, device=low.device, dtype=torch.float32)
    exact = (low == high)[:, None]
    low, high = (age.float()[:, None].clamp(max=ages.COUNT - 1) for age in (low, high))
    density = torch.exp(-0.5 * ((years - low) / deviation[:, None]) ** 2)
    density = density / density.sum(dim=1, keepdim=True)
    bracket = ((years >= low) & (years <= high)).float()
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
    """Measures how well an age distribution tells apart faces that look old enough and others.

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


def teacher_loss(kind: Kind, logits: Tensor, taught: Tensor) -> Tensor:
    """Measures how far a head is from what its teachers predict.

    Args:
        kind: The head's.
        logits: The head's, (n, width).
        taught: The teachers' probabilities, (n, width): of a binary head that of the second label.

    Returns:
        The mean cross-entropy of a binary head, the mean divergence of another.
    """
    if kind == "binary":
        return F.binary_cross_entropy_with_logits(logits.float(), taught)
    return F.kl_div(F.log_softmax(logits.float(), dim=1), taught, reduction="batchmean")


def label_loss(kind: Kind, logits: Tensor, labels: Tensor) -> Tensor:
    """Measures how far a head is from the labels.

    Args:
        kind: The head's.
        logits: The head's, (n, width).
        labels: Of a distribution the least and the greatest age and the deviation, (n, 3); of
            others as in :class:`mien.training.labels.LabelArrays`, (n,).

    Returns:
        The mean over those rows whose label is known, 0 if there are none.
    """
    if kind == "distribution":
        low, high, deviation = labels.T
        targets = age_targets(low, high, deviation)
        known = (low != ANY_AGE[0]) | (high != ANY_AGE[1])
        losses = age_loss(logits, targets, low == high)
    elif kind == "binary":
        known = labels != MISSING
        losses = F.binary_cross_entropy_with_logits(
            logits[:, 0].float(), labels.clamp(min=0), reduction="none"
        )
    else:
        known = labels != MISSING
        losses = F.cross_entropy(
            logits.float(), labels.long(), ignore_index=MISSING, reduction="none"
        )
    mean: Tensor = (losses * known).sum() / known.sum().clamp(min=1)
    return mean


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
