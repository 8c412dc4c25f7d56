"""CutMix: faces with a piece of another face in them, which are hard to learn by heart."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def cutmix(chips: Tensor, random: np.random.Generator) -> tuple[Tensor, Tensor, float]:
    """Pastes a piece of another chip of the batch into each, at the place it has there.

    The losses are to be mixed as the areas are (Yun et al., "CutMix: Regularization Strategy to
    Train Strong Classifiers with Localizable Features", 2019).

    Args:
        chips: (n, 3, size, size).
        random: Where chance comes from.

    Returns:
        The mixed chips, the position of each one's partner, (n,), and the partner's share of the
        area, 0..1.
    """
    size = chips.shape[2]
    side = round(size * random.random() ** 0.5)
    top, left = (int(start) for start in random.integers(0, size - side + 1, 2))
    partner = torch.from_numpy(random.permutation(len(chips))).to(chips.device)
    rows, columns = slice(top, top + side), slice(left, left + side)
    mixed = chips.clone()
    mixed[:, :, rows, columns] = chips[partner][:, :, rows, columns]
    return mixed, partner, (side / size) ** 2
