"""Backbones of the timm library."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn


def create_timm(name: str, pretrained: bool) -> Any:
    """Makes a timm model without its classifier (untyped, as timm is)."""
    import timm  # it takes seconds to import, and few networks need it

    return timm.create_model(name, pretrained=pretrained, num_classes=0, global_pool="")


class TimmBackbone(nn.Module):
    """The convolutional part of a timm model, up to its last feature map.

    Args:
        name: The model's name in timm.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.backbone = create_timm(name, pretrained=False)
        self.num_features: int = self.backbone.num_features

    def load_pretrained(self) -> None:
        """Loads timm's own weights, which it downloads."""
        self.backbone.load_state_dict(create_timm(self.name, pretrained=True).state_dict())

    def forward(self, images: Tensor) -> Tensor:
        """Returns the last feature map."""
        features: Tensor = self.backbone.forward_features(images)
        return features
