"""Validation: the metrics that the training loop measures after every epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.utils.data import DataLoader

from mien import ages
from mien.attributes.heads import AGE, Head
from mien.training.dataset import ChipDataset, Items
from mien.training.labels import AgeLabels, LabelArrays

Logits = Mapping[str, NDArray[np.float32]]
"""Logits by the head's name, each (n, width)."""


def predict(
    network: nn.Module,
    data: ChipDataset,
    device: torch.device,
    epoch: int = 0,
    batch: int = 128,
) -> dict[str, NDArray[np.float32]]:
    """Predicts the logits of every chip of a data set.

    Args:
        network: Attribute network; it is in evaluation mode meanwhile.
        data: The chips, at least one.
        device: Device of the network.
        epoch: Number of the epoch, from 0, which decides the size of progressive chips.
        batch: Number of chips in a batch, at least 1.

    Returns:
        The logits by the head's name, each float32, (n, width).
    """
    training = network.training
    network.eval()
    parts = []
    keys = [(epoch, i) for i in range(len(data))]
    loader: DataLoader[Items] = DataLoader(
        data, batch_sampler=[keys[i : i + batch] for i in range(0, len(keys), batch)]
    )
    with torch.inference_mode():
        for items in loader:
            chips = items["views"]["chips"].to(device).float()
            chips = chips.contiguous(memory_format=torch.channels_last)
            parts.append({name: values.cpu().numpy() for name, values in network(chips).items()})
    network.train(training)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def validation_metrics(
    heads: Sequence[Head], logits: Logits, labels: LabelArrays
) -> dict[str, float]:
    """Compares logits with labels, each head by its kind; chips without a label are left out.

    Args:
        heads: The heads.
        logits: Logits of n chips.
        labels: Labels of the same n chips.

    Returns:
        For the head ``age`` the metrics of :func:`age_metrics`. For another distribution the same
        metrics; their names begin with the head's name and ``_``. For labels ``NAME_accuracy``, the
        share of right labels, 0..1.
    """
    metrics: dict[str, float] = {}
    for head in heads:
        known = labels.known(head.name)
        if not known.any():
            continue
        predicted = logits[head.name][known]
        if head.kind == "distribution":
            prefix = "" if head.name == AGE.name else f"{head.name}_"
            measured = age_metrics(ages.softmax(predicted), labels.ages[head.name].of(known))
            metrics |= {f"{prefix}{key}": value for key, value in measured.items()}
            continue
        truth = labels.classes[head.name][known]
        labelled = predicted[:, 0] >= 0 if head.kind == "binary" else predicted.argmax(axis=1)
        metrics[f"{head.name}_accuracy"] = float((labelled == truth).mean())
    return metrics


def age_metrics(distributions: NDArray[np.float32], labels: AgeLabels) -> dict[str, float]:
    """Compares age distributions with labels.

    Args:
        distributions: Probabilities of the ages, (n, 101).
        labels: Labels of the same n faces; all ages are known.

    Returns:
        For exact ages: ``mae_median`` and ``mae_expectation``, mean absolute errors in years;
        ``within_5``, the share of medians, in whole years, at most five years off; ``mae_decades``,
        the mean of the errors of the decades (the last one is 70 and over), in years. For labels
        that lie in one age group: ``group_accuracy``, the share whose most probable group is right.
    """
    metrics: dict[str, float] = {}
    if labels.exact.any():
        truth = labels.low[labels.exact]
        exact = distributions[labels.exact]
        years = ages.median(exact)
        error = np.abs(years - truth)
        decade = np.minimum(truth // 10, 7)
        metrics["mae_median"] = float(error.mean())
        metrics["mae_expectation"] = float(np.abs(ages.expectation(exact) - truth).mean())
        metrics["within_5"] = float((np.abs(np.rint(years) - truth) <= 5).mean())
        metrics["mae_decades"] = float(
            np.mean([error[decade == number].mean() for number in np.unique(decade)])
        )
    group = ages.group_of(labels.low)
    grouped = group == ages.group_of(labels.high)
    if grouped.any():
        predicted = ages.group_probabilities(distributions[grouped]).argmax(axis=1)
        metrics["group_accuracy"] = float((predicted == group[grouped]).mean())
    return metrics


def validate(
    network: nn.Module,
    heads: Sequence[Head],
    data: Sequence[tuple[str, ChipDataset]],
    device: torch.device,
    epoch: int = 0,
) -> dict[str, float]:
    """Validates a network on several data sets.

    Args:
        network: Attribute network; it is in evaluation mode meanwhile.
        heads: The heads of the network.
        data: Name and chips of each data set.
        device: Device of the network.
        epoch: Number of the epoch, from 0, see :func:`predict`.

    Returns:
        The metrics of :func:`validation_metrics`, by ``DATA_SET/METRIC``.
    """
    return {
        f"{name}/{key}": value
        for name, chips in data
        for key, value in validation_metrics(
            heads, predict(network, chips, device, epoch), chips.labels
        ).items()
    }
