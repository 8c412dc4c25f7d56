"""The attribute network: a convolutional part, pooling, and one head for each attribute."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from mien.datasets.records import ETHNICITIES, MAX_AGE
from mien.training.networks import network_entry

AGE_BINS = MAX_AGE + 1


class Logits(NamedTuple):
    """What the network says of a batch.

    Attributes:
        age: (n, 101), one for each age.
        gender: (n,), positive for a female presentation.
        ethnicity: (n, 5), or None where the network has no such head.
    """

    age: Tensor
    gender: Tensor
    ethnicity: Tensor | None


class AttributeNetwork(nn.Module):
    """Age and gender (and ethnicity, if asked for) from aligned chips.

    Args:
        network: Name in the registry.
        size: Side of the chips in pixels.
        dropout: Fraction of pooled features dropped in training.
        ethnicity: Whether there is a third head.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self, network: str, size: int, dropout: float = 0.2, ethnicity: bool = False
    ) -> None:
        super().__init__()
        self.size = size
        entry = network_entry(network)
        self.backbone = entry.make(size)
        self.register_buffer("mean", torch.tensor(entry.mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(entry.std).view(1, 3, 1, 1), persistent=False)
        features = self.backbone.num_features
        assert isinstance(features, int)
        self.dropout = nn.Dropout(dropout)
        self.age = nn.Linear(features, AGE_BINS)
        self.gender = nn.Linear(features, 1)
        self.ethnicity = nn.Linear(features, len(ETHNICITIES)) if ethnicity else None
        for head in (self.age, self.gender, self.ethnicity):
            if head is not None:
                nn.init.normal_(head.weight, std=0.01)
                nn.init.zeros_(head.bias)

    def forward(self, images: Tensor) -> Logits:
        """Judges chips.

        Args:
            images: RGB 0..255 as float, (n, 3, size, size).

        Returns:
            The logits of each head.
        """
        return self.judge(self.dropout(self.features(images)))

    def features(self, images: Tensor) -> Tensor:
        """Returns what the network sees of chips, (n, features)."""
        features: Tensor = self.backbone((images - self.mean) / self.std)
        return features.mean(dim=(2, 3))

    def judge(self, features: Tensor) -> Logits:
        """Returns what the heads say of features."""
        ethnicity = None if self.ethnicity is None else self.ethnicity(features)
        return Logits(self.age(features), self.gender(features).squeeze(1), ethnicity)
