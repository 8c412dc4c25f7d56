"""Backbones of the timm library."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn


def create_timm(name: str, pretrained: bool) -> Any:
    """Makes a timm model without pooling and classifier.

    Args:
        name: Name of the model in timm.
        pretrained: Whether timm downloads its weights for it.
    """
    import timm  # it takes seconds to import, and few networks need it

    return timm.create_model(name, pretrained=pretrained, num_classes=0, global_pool="")


class TimmBackbone(nn.Module):
    """The convolutional part of a timm model, up to its last feature map.

    Args:
        name: Name of the model in timm.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.backbone = create_timm(name, pretrained=False)
        self.num_features: int = self.backbone.num_features

    def load_pretrained(self) -> None:
        """Downloads timm's weights and loads them.

        Raises:
            OSError: The download failed.
            RuntimeError: The weights do not fit.
        """
        self.backbone.load_state_dict(create_timm(self.name, pretrained=True).state_dict())

    def forward(self, images: Tensor) -> Tensor:
        """Returns the last feature map, (n, num_features, h, w)."""
        features: Tensor = self.backbone.forward_features(images)
        return features
