"""dlib's face recognition network, a residual network of 29 convolutions.

Source: Davis King, "High Quality Face Recognition with Deep Metric Learning", dlib blog, 2017.
Its weights are in the public domain (CC0).
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from mien.errors import RecipeError

_LEAST_SIZE = 112  # pixels; of fewer the last block has no feature map left

# (channels, number of blocks) of each stage. A halving block begins each stage but the first.
_STAGES = ((32, 3), (64, 3), (128, 2), (256, 2))


def _convolution(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    padding = 1 if stride == 1 else 0
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, padding, bias=False), nn.BatchNorm2d(outputs)
    )


class _Block(nn.Module):
    """A residual block of two convolutions."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = _convolution(channels, channels, 1)
        self.second = _convolution(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.second(F.relu(self.first(x))) + x)


class _HalvingBlock(nn.Module):
    """A residual block that halves the side; the smaller of its two branches is zero-padded."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = _convolution(inputs, outputs, 2)
        self.second = _convolution(outputs, outputs, 1)
        self.new_channels = outputs - inputs

    def forward(self, x: Tensor) -> Tensor:
        y = self.second(F.relu(self.first(x)))
        identity = F.avg_pool2d(x, 2)
        height = max(y.shape[2], identity.shape[2])
        width = max(y.shape[3], identity.shape[3])
        y = F.pad(y, (0, width - y.shape[3], 0, height - y.shape[2]))
        identity = F.pad(
            identity,
            (0, width - identity.shape[3], 0, height - identity.shape[2], 0, self.new_channels),
        )
        return F.relu(y + identity)


class DlibResNet(nn.Module):
    """The convolutional part of dlib's network, for images of at least 112 x 112 pixels.

    It maps images (n, 3, s, s) to features (n, 256, h, h); h is 1 for s = 128 and 2 for s = 160.

    Raises:
        RecipeError: The size is smaller.
    """

    num_features = 256

    def __init__(self, size: int) -> None:
        super().__init__()
        if size < _LEAST_SIZE:
            raise RecipeError(
                f"the network 'dlib_resnet' needs chips of at least {_LEAST_SIZE} pixels;"
                f" the recipe's size is {size}"
            )
        self.stem = nn.Sequential(
            nn.Conv2d(3, 32, 7, 2, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, 2),
        )
        blocks: list[nn.Module] = []
        channels = 32
        for width, count in _STAGES:
            if width != channels:
                blocks.append(_HalvingBlock(channels, width))
            blocks += [_Block(width) for _ in range(count)]
            channels = width
        blocks.append(_HalvingBlock(channels, channels))
        self.blocks = nn.Sequential(*blocks)

    def forward(self, images: Tensor) -> Tensor:
        """Returns the last feature map, (n, 256, h, h)."""
        features: Tensor = self.blocks(self.stem(images))
        return features
