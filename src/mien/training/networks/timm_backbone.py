"""Backbones of the timm library."""

from __future__ import annotations

import timm
from torch import Tensor, nn


class TimmBackbone(nn.Module):
    """The convolutional part of a timm model, up to its last feature map.

    Args:
        name: The model's name in timm.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.backbone = timm.create_model(name, pretrained=False, num_classes=0, global_pool="")
        self.num_features = int(self.backbone.num_features)
        # What follows the last feature map is of no use here.
        for head in ("conv_head", "norm_head", "act2"):
            if hasattr(self.backbone, head) and "mobilenetv" in name:
                setattr(self.backbone, head, nn.Identity())

    def forward(self, images: Tensor) -> Tensor:
        """Returns the last feature map."""
        features: Tensor = self.backbone.forward_features(images)
        return features
