"""MobileNetV1 with TensorFlow's padding, for which weights that were trained on faces exist.

Source: Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
Applications", 2017.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

_WIDTHS = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
_STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)


class _SamePad(nn.ZeroPad2d):
    """Pads the right and the bottom, as TensorFlow does for a stride of 2 on an even side."""

    def __init__(self) -> None:
        super().__init__((0, 1, 0, 1))


class _StridedDepthwise(nn.Conv2d):
    """A depthwise convolution with a stride, which always computes in 32 bits.

    On a CPU, PyTorch computes its gradient ten times slower in bfloat16 than in 32 bits. That would
    be a third of the time of a step.
    """

    def forward(self, images: Tensor) -> Tensor:
        if not torch.is_autocast_enabled(images.device.type):
            return super().forward(images)
        with torch.autocast(images.device.type, enabled=False):
            return super().forward(images.float())


def _convolution(inputs: int, outputs: int, kernel: int, stride: int, groups: int) -> nn.Module:
    padding = kernel // 2 if stride == 1 else 0
    layers: list[nn.Module] = [] if stride == 1 else [_SamePad()]
    strided_depthwise = stride > 1 and groups > 1
    convolution = _StridedDepthwise if strided_depthwise else nn.Conv2d
    layers += [
        convolution(inputs, outputs, kernel, stride, padding, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU6(inplace=True),
    ]
    return nn.Sequential(*layers)


class MobileNetV1(nn.Module):
    """The convolutional part of MobileNetV1.

    It maps images (n, 3, s, s) to features (n, 1024, s / 32, s / 32); s is a multiple of 32.
    """

    num_features = 1024

    def __init__(self) -> None:
        super().__init__()
        channels = 32
        layers = [_convolution(3, channels, 3, 2, 1)]
        for width, stride in zip(_WIDTHS, _STRIDES, strict=True):
            layers.append(_convolution(channels, channels, 3, stride, channels))
            layers.append(_convolution(channels, width, 1, 1, 1))
            channels = width
        self.layers = nn.Sequential(*layers)

    def forward(self, images: Tensor) -> Tensor:
        """Returns the last feature map, (n, 1024, s / 32, s / 32)."""
        features: Tensor = self.layers(images)
        return features
