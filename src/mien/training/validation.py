"""What the loop measures after every epoch."""

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
"""By the head's name, each (n, width)."""


def predict(
    network: nn.Module,
    data: ChipDataset,
    device: torch.device,
    epoch: int = 0,
    batch: int = 128,
) -> dict[str, NDArray[np.float32]]:
    """Predicts the logits of every chip of a data set.

    Args:
        network: An attribute network in any mode; it is put into evaluation mode and back.
        data: The chips.
        device: Where the network is.
        epoch: Whose chips are meant, of data whose first epochs have smaller ones.
        batch: Chips at once.

    Returns:
        The logits by the head's name, each (n, width).
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
    """Measures logits against labels, each head by its kind; what has no label is left out.

    Args:
        heads: What was predicted.
        logits: See :data:`Logits`.
        labels: Of the same chips.

    Returns:
        Of the head ``age`` see :func:`age_metrics`; of other distributions the same, with the
        head's name and ``_`` before it; of labels ``NAME_accuracy``.
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
    """Measures age distributions.

    Args:
        distributions: (n, 101).
        labels: Of the same faces, all known.

    Returns:
        ``mae_expectation``, ``mae_median``, ``within_5`` (the last of whole years) and
        ``mae_decades`` (the mean of the decades' errors of the median, to 70 and over), all of
        exact ages; ``group_accuracy`` (the most probable age group, of labels that lie in one).
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
    """Measures a network on several data sets; the keys begin with the data set's name.

    Args:
        network: See :func:`predict`.
        heads: What it predicts.
        data: Names and chips.
        device: Where the network is.
        epoch: See :func:`predict`.
    """
    return {
        f"{name}/{key}": value
        for name, chips in data
        for key, value in validation_metrics(
            heads, predict(network, chips, device, epoch), chips.labels
        ).items()
    }
