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
"""Ages in years of the questions that are asked most: does the face look this old or older?"""


def age_targets(low: Tensor, high: Tensor, deviation: Tensor) -> Tensor:
    """Turns age labels into the targets of the age loss.

    An exact age becomes a label distribution: a normal density around the age. Its standard
    deviation is the uncertainty of the label (Geng et al., "Facial Age Estimation by Learning from
    Label Distributions", 2013). A bracket becomes 1 for its ages and 0 for all others.

    Args:
        low: Lowest age of each label in years, (n,).
        high: Highest age in years, inclusive, (n,); equal to ``low`` for an exact age.
        deviation: Standard deviation of the label distribution in years, (n,).

    Returns:
        Targets, float32, (n, 101). The row of an exact age sums to 1, that of a bracket to its
        number of ages.
    """
    years = torch.arange(ages.COUNT, device=low.device, dtype=torch.float32)
    exact = (low == high)[:, None]
    low, high = (age.float()[:, None].clamp(max=ages.COUNT - 1) for age in (low, high))
    density = torch.exp(-0.5 * ((years - low) / deviation[:, None]) ** 2)
    density = density / density.sum(dim=1, keepdim=True)
    bracket = ((years >= low) & (years <= high)).float()
    return torch.where(exact, density, bracket)


def older_shares(targets: Tensor) -> Tensor:
    """Returns the probability by each label that the age is at least each threshold.

    Args:
        targets: Targets from :func:`age_targets`, (n, 101).

    Returns:
        Probabilities 0..1, (n, 4), one column for each of :data:`THRESHOLDS`; NaN for a bracket
        with ages on both sides of the threshold.
    """
    total = targets.sum(dim=1)
    brackets = total > 1.5
    shares = torch.stack([targets[:, age:].sum(dim=1) / total for age in THRESHOLDS], dim=1)
    undecided = brackets[:, None] & (shares > 0) & (shares < 1)
    return shares.masked_fill(undecided, torch.nan)


def threshold_loss(logits: Tensor, older: Tensor, balance: Tensor) -> Tensor:
    """Returns the loss of the questions whether a face looks 12, 15, 18 and 21 or older.

    Args:
        logits: Logits of the ages, (n, 101).
        older: Probabilities from :func:`older_shares`, (n, 4).
        balance: Share of older labels at each threshold among all training pictures, between 0 and
            1, (4,). The rarer side gets the larger weight, so that both sides count equally.

    Returns:
        The mean cross-entropy over all thresholds and rows where ``older`` is not NaN.
    """
    log_probabilities = F.log_softmax(logits.float(), dim=1)
    positive = torch.stack([log_probabilities[:, a:].logsumexp(1) for a in THRESHOLDS], dim=1)
    negative = torch.stack([log_probabilities[:, :a].logsumexp(1) for a in THRESHOLDS], dim=1)
    known = ~older.isnan()
    share = older.nan_to_num()
    loss = -(share / balance * positive + (1 - share) / (1 - balance) * negative) / 2
    return (loss * known).sum() / known.sum().clamp(min=1)


def teacher_loss(kind: Kind, logits: Tensor, taught: Tensor) -> Tensor:
    """Returns the loss of a head against the predictions of its teachers.

    Args:
        kind: Kind of the head.
        logits: Logits of the head, (n, width).
        taught: Probabilities that the teachers predict, (n, width); for a binary head that of the
            second label.

    Returns:
        For a binary head the mean cross-entropy, for others the mean Kullback-Leibler divergence.
    """
    if kind == "binary":
        return F.binary_cross_entropy_with_logits(logits.float(), taught)
    return F.kl_div(F.log_softmax(logits.float(), dim=1), taught, reduction="batchmean")


def label_loss(kind: Kind, logits: Tensor, labels: Tensor, smoothing: float = 0.0) -> Tensor:
    """Returns the loss of a head against the labels.

    Args:
        kind: Kind of the head.
        logits: Logits of the head, (n, width).
        labels: For a distribution the lowest age, the highest age and the deviation in years,
            (n, 3); for others see :class:`mien.training.labels.LabelArrays`, (n,).
        smoothing: See :func:`age_loss`.

    Returns:
        The mean over the rows with a known label; 0 if there are none.
    """
    if kind == "distribution":
        low, high, deviation = labels.T
        targets = age_targets(low, high, deviation)
        known = (low != ANY_AGE[0]) | (high != ANY_AGE[1])
        losses = age_loss(logits, targets, low == high, smoothing)
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


def age_loss(logits: Tensor, targets: Tensor, exact: Tensor, smoothing: float = 0.0) -> Tensor:
    """Returns the loss of each age distribution against its target.

    A bracket is learned by expectation maximisation: its target is the predicted distribution
    inside the bracket. Without smoothing nothing tells the network where in a bracket an age lies.
    With it, the predicted distribution is smoothed first, so that a face between two brackets has
    an age close to their limit (Silverman et al., "A Smoothed EM Approach to Indirect Estimation
    Problems", 1990).

    Args:
        logits: Logits of the ages, (n, 101).
        targets: Targets from :func:`age_targets`, (n, 101).
        exact: Whether each row is of an exact age, bool, (n,).
        smoothing: Standard deviation of the smoothing in years, at least 0.

    Returns:
        The loss of each row, (n,): the divergence from the label distribution of an exact age, or
        from the target of a bracket. Without smoothing the latter is minus the log-likelihood of
        the bracket.
    """
    log_probabilities = F.log_softmax(logits.float(), dim=1)
    inside = _smooth(log_probabilities.detach(), smoothing).masked_fill(targets == 0, -torch.inf)
    target = torch.where(exact[:, None], targets, inside.softmax(dim=1))
    cross_entropy = -(target * log_probabilities).sum(dim=1)
    # The network cannot lower the entropy of a target. Without it, exact ages and brackets have
    # losses of a similar size.
    entropy = -(target * torch.log(target.clamp(min=1e-12))).sum(dim=1)
    return cross_entropy - entropy


def _smooth(log_probabilities: Tensor, deviation: float) -> Tensor:
    """Smooths age distributions by a normal density.

    Args:
        log_probabilities: Logarithms of the probabilities, (n, 101).
        deviation: Standard deviation of the density in years; 0 changes nothing.

    Returns:
        Logarithms of the smoothed probabilities, (n, 101).
    """
    if deviation == 0:
        return log_probabilities
    years = torch.arange(ages.COUNT, device=log_probabilities.device, dtype=torch.float32)
    kernel = age_targets(years, years, torch.full_like(years, deviation))
    smooth = log_probabilities.exp() @ kernel
    return torch.log(smooth.clamp(min=1e-30))
