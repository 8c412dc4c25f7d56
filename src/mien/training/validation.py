"""What the loop measures after every epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader

from mien import ages
from mien.training.dataset import ChipDataset
from mien.training.labels import MISSING, LabelArrays
from mien.training.networks.attribute_network import AttributeNetwork


@dataclass(frozen=True, slots=True)
class Answers:
    """What a network says of a data set.

    Attributes:
        age: Age distributions, (n, 101).
        female: Probability of a female presentation, (n,).
    """

    age: NDArray[np.float32]
    female: NDArray[np.float32]


def answer(
    network: AttributeNetwork,
    data: ChipDataset,
    device: torch.device,
    epoch: int = 0,
    batch: int = 128,
) -> Answers:
    """Asks a network about every chip of a data set.

    Args:
        network: In any mode; it is put into evaluation mode and back.
        data: The chips.
        device: Where the network is.
        epoch: Whose chips are meant, of data whose first epochs have smaller ones.
        batch: Chips at once.
    """
    training = network.training
    network.eval()
    ages_, females = [], []
    keys = [(epoch, i) for i in range(len(data))]
    loader: DataLoader[dict[str, torch.Tensor]] = DataLoader(
        data, batch_sampler=[keys[i : i + batch] for i in range(0, len(keys), batch)]
    )
    with torch.inference_mode():
        for items in loader:
            chips = items["chips"].to(device).float()
            chips = chips.contiguous(memory_format=torch.channels_last)
            logits = network(chips)
            ages_.append(logits.age.softmax(1).cpu().numpy())
            females.append(logits.gender.sigmoid().cpu().numpy())
    network.train(training)
    return Answers(np.concatenate(ages_), np.concatenate(females))


def validation_metrics(answers: Answers, labels: LabelArrays) -> dict[str, float]:
    """Measures answers against labels.

    Returns:
        ``mae_expectation``, ``mae_median``, ``within_5`` (the last of whole years) and
        ``mae_decades`` (the mean of the decades' errors of the median, to 70 and over), all of
        exact ages; ``group_accuracy`` (the most probable age group, of labels that lie in one);
        ``gender_accuracy``. What has no label is left out.
    """
    metrics: dict[str, float] = {}
    if labels.exact.any():
        truth = labels.age_low[labels.exact]
        distributions = answers.age[labels.exact]
        years = ages.median(distributions)
        error = np.abs(years - truth)
        decade = np.minimum(truth // 10, 7)
        metrics["mae_median"] = float(error.mean())
        metrics["mae_expectation"] = float(np.abs(ages.expectation(distributions) - truth).mean())
        metrics["within_5"] = float((np.abs(np.rint(years) - truth) <= 5).mean())
        metrics["mae_decades"] = float(
            np.mean([error[decade == number].mean() for number in np.unique(decade)])
        )
    group = ages.group_of(labels.age_low)
    grouped = labels.age_known & (group == ages.group_of(labels.age_high))
    if grouped.any():
        answered = ages.group_probabilities(answers.age[grouped]).argmax(axis=1)
        metrics["group_accuracy"] = float((answered == group[grouped]).mean())
    known = labels.gender != MISSING
    if known.any():
        right = (answers.female[known] >= 0.5) == labels.gender[known]
        metrics["gender_accuracy"] = float(right.mean())
    return metrics


def validate(
    network: AttributeNetwork,
    data: Sequence[tuple[str, ChipDataset]],
    device: torch.device,
    epoch: int = 0,
) -> dict[str, float]:
    """Measures a network on several data sets; the keys begin with the data set's name.

    Args:
        network: See :func:`answer`.
        data: Names and chips.
        device: Where the network is.
        epoch: See :func:`answer`.
    """
    return {
        f"{name}/{key}": value
        for name, chips in data
        for key, value in validation_metrics(
            answer(network, chips, device, epoch), chips.labels
        ).items()
    }
