"""Parts of the optimisation: the learning rate, weight decay, the average."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from torch.optim.swa_utils import PARAM_LIST, get_ema_multi_avg_fn

from mien.training.recipe import Recipe

_AVERAGE_WARMUP = 10  # steps; until then the weights of the first steps fade faster


def learning_rate(recipe: Recipe, step: int, total: int) -> float:
    """Returns the learning rate of a step: a linear warm-up, then half a cosine down to 0.

    Args:
        recipe: The recipe.
        step: Number of steps that were done.
        total: Number of steps of the whole training.
    """
    if step < recipe.warmup:
        return recipe.learning_rate * (step + 1) / recipe.warmup
    progress = (step - recipe.warmup) / max(1, total - recipe.warmup)
    return recipe.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))


def moving_average(limit: float) -> Callable[[PARAM_LIST, PARAM_LIST, Tensor | int], None]:
    """Returns the update of the exponential moving average; its decay grows with the steps.

    Args:
        limit: Maximum of the decay, 0..1.
    """

    def update(averaged: PARAM_LIST, current: PARAM_LIST, steps: Tensor | int) -> None:
        decay = min(limit, (1 + int(steps)) / (_AVERAGE_WARMUP + int(steps)))
        get_ema_multi_avg_fn(decay)(averaged, current, steps)  # type: ignore[no-untyped-call]

    return update


def parameter_groups(network: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Groups the parameters: weights with weight decay, biases and normalisations without."""
    matrices = [p for p in network.parameters() if p.ndim > 1]
    vectors = [p for p in network.parameters() if p.ndim <= 1]
    return [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
