"""Logit adjustment: takes a part of the labels' frequencies out of the predicted ages.

A network that is not certain predicts ages that are frequent in its training data: old faces become
too young, and teenagers too old. Menon et al., "Long-tail learning via logit adjustment" (2021)
subtract the logarithm of the frequencies from the logits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from torch import nn

from mien import ages
from mien.attributes.heads import AGE
from mien.datasets.chips.cache import ChipCache
from mien.training.networks.attribute_network import AttributeNetwork
from mien.training.recipe import Recipe

_SMOOTHING = 2.0  # years; single ages such as 26 and 30 are labelled too often
_RAREST = 1e-4  # share of an age that is at least assumed


def adjust_ages(network: AttributeNetwork, recipe: Recipe, caches: Sequence[ChipCache]) -> None:
    """Subtracts ``recipe.logit_adjustment`` times the log-frequency of each age from its logit.

    Args:
        network: The network, changed in place: the bias of its age logits.
        recipe: Its recipe.
        caches: The chips that it was trained on.
    """
    if recipe.logit_adjustment:
        shift = recipe.logit_adjustment * np.log(age_frequencies(recipe, caches) + _RAREST)
        logits = network.heads[AGE.output]
        assert isinstance(logits, nn.Linear)
        with torch.no_grad():
            logits.bias.sub_(torch.from_numpy(shift).float())


def age_frequencies(recipe: Recipe, caches: Sequence[ChipCache]) -> NDArray[np.float64]:
    """Returns how frequent each age is among the labels that a recipe shows, (101,), sum 1.

    A bracket counts as a part of each of its ages. The frequencies are smoothed over two years.
    """
    counts = np.zeros(ages.COUNT)
    for cache in caches:
        weight = recipe.repeat.get(cache.name, 1.0)
        for split in recipe.splits:
            for position in cache.select(split):
                record = cache.rows[position].record
                if record.age_known:
                    low, high = (
                        round(min(age, ages.COUNT - 1)) for age in (record.age_low, record.age_high)
                    )
                    counts[low : high + 1] += weight / (high - low + 1)
    smooth = gaussian_filter1d(counts, _SMOOTHING, mode="nearest")
    return np.asarray(smooth / smooth.sum(), np.float64)
