"""A hybrid of convolutions and attention: MobileNetV1 with attention blocks at stride 16.

The convolutions detect local features, such as edges and wrinkles. The attention blocks relate
distant parts of the face to each other. The convolutions are those of MobileNetV1, so that training
can begin with weights that were trained on faces. The attention blocks are pre-norm transformer
blocks (Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021). Their output projections begin
at zero, so that at first the network computes the same as MobileNetV1.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mien.training.networks.mobilenet_v1 import MobileNetV1

_STRIDE_16_LAYERS = 23  # the first convolution and 11 pairs: all layers with strides up to 16
_CHANNELS = 512


class _AttentionBlock(nn.Module):
    """Self-attention, then a perceptron with one hidden layer, each with a residual connection."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(channels)
        self.attention = nn.MultiheadAttention(channels, heads, batch_first=True)
        self.norm2 = nn.LayerNorm(channels)
        widen, narrow = nn.Linear(channels, 2 * channels), nn.Linear(2 * channels, channels)
        self.perceptron = nn.Sequential(widen, nn.GELU(), narrow)
        for projection in (self.attention.out_proj, narrow):
            nn.init.zeros_(projection.weight)
            nn.init.zeros_(projection.bias)

    def forward(self, tokens: Tensor) -> Tensor:
        normed = self.norm1(tokens)
        tokens = tokens + self.attention(normed, normed, normed, need_weights=False)[0]
        out: Tensor = tokens + self.perceptron(self.norm2(tokens))
        return out


class HybridMobileNetV1(nn.Module):
    """MobileNetV1 with attention blocks between its stride-16 and stride-32 parts.

    Args:
        size: Side of the images in pixels, a multiple of 32. For images of another size the learned
            position embeddings are interpolated.
        blocks: Number of attention blocks.
        heads: Number of attention heads of each block.
    """

    num_features = MobileNetV1.num_features

    def __init__(self, size: int, blocks: int = 2, heads: int = 8) -> None:
        super().__init__()
        self.layers = MobileNetV1().layers
        side = size // 16
        self.positions = nn.Parameter(torch.zeros(1, _CHANNELS, side, side))
        self.attention = nn.Sequential(*(_AttentionBlock(_CHANNELS, heads) for _ in range(blocks)))

    def forward(self, images: Tensor) -> Tensor:
        """Returns the last feature map, (n, 1024, s / 32, s / 32)."""
        x = self.layers[:_STRIDE_16_LAYERS](images)
        positions: Tensor = self.positions
        if positions.shape[2:] != x.shape[2:]:
            positions = F.interpolate(positions, x.shape[2:], mode="bilinear")
        tokens = self.attention((x + positions).flatten(2).transpose(1, 2))
        x = tokens.transpose(1, 2).reshape(x.shape)
        features: Tensor = self.layers[_STRIDE_16_LAYERS:](x)
        return features
