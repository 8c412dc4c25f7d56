"""CutMix: faces with a piece of another face in them, which are hard to learn by heart."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def cutmix(
    views: dict[str, Tensor], random: np.random.Generator
) -> tuple[dict[str, Tensor], Tensor, float]:
    """Pastes a piece of another chip of the batch into each, where it is there.

    The losses are to be mixed as the areas are (Yun et al., "CutMix: Regularization Strategy to
    Train Strong Classifiers with Localizable Features", 2019).

    Args:
        views: Views of the same chips, each (n, 3, size, size); all get the same pieces.
        random: Where chance comes from.

    Returns:
        The mixed views, the position of each chip's partner, (n,), and the partner's share of the
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
