"""CutMix: chips with a piece of another chip in them, which a network can hardly memorise.

Source: Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable
Features", 2019.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def cutmix(
    views: dict[str, Tensor], random: np.random.Generator
) -> tuple[dict[str, Tensor], Tensor, float]:
    """Pastes a square of another chip of the batch into each chip, at the same position.

    The caller mixes the losses of the two chips' labels in the proportion of their areas.

    Args:
        views: Views of the same chips, each (n, 3, size, size); all get the same squares.
        random: Random number generator.

    Returns:
        The mixed views; the index of each chip's partner, int64, (n,); the partner's share of the
        area, 0..1.
    """
    first = next(iter(views.values()))
    size = first.shape[2]
    side = round(size * random.random() ** 0.5)
    top, left = (int(start) for start in random.integers(0, size - side + 1, 2))
    partner = torch.from_numpy(random.permutation(len(first))).to(first.device)
    rows, columns = slice(top, top + side), slice(left, left + side)
    mixed = {}
    for name, chips in views.items():
        mixed[name] = chips.clone()
        mixed[name][:, :, rows, columns] = chips[partner][:, :, rows, columns]
    return mixed, partner, (side / size) ** 2
