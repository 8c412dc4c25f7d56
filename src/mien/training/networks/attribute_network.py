"""The attribute network: a convolutional part, pooling, and one head for each attribute."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mien.attributes.heads import Head
from mien.training.networks import network_entry


class AttributeNetwork(nn.Module):
    """Predicts the logits of several heads from aligned chips.

    Args:
        network: Name in the registry.
        size: Side of the chips in pixels.
        heads: The heads to predict.
        dropout: Fraction of pooled features that are dropped in training, 0..1.

    Raises:
        RecipeError: There is no such network, or it needs larger chips.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self, network: str, size: int, heads: Sequence[Head], dropout: float = 0.2
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
        self._outputs = {head.name: head.output for head in heads}
        # The keys are names of outputs, for a head's name may be that of a method of ModuleDict.
        self.heads = nn.ModuleDict({head.output: nn.Linear(features, head.width) for head in heads})
        for layer in self.heads.values():
            assert isinstance(layer, nn.Linear)
            nn.init.normal_(layer.weight, std=0.01)
            nn.init.zeros_(layer.bias)

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """Predicts the logits of chips.

        Args:
            images: RGB 0..255 as float, (n, 3, size, size).

        Returns:
            The logits by the head's name, each (n, width).
        """
        return self.logits(self.dropout(self.features(images)))

    def features(self, images: Tensor) -> Tensor:
        """Returns the pooled features of chips, (n, features); for ``images`` see forward."""
        features: Tensor = self.backbone((images - self.mean) / self.std)
        return features.mean(dim=(2, 3))

    def logits(self, features: Tensor) -> dict[str, Tensor]:
        """Returns the logits of pooled features by the head's name, each (n, width)."""
        return {name: self.heads[output](features) for name, output in self._outputs.items()}
