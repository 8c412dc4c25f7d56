"""The outputs of a model file beside the attributes: an embedding and a novelty.

The *embedding* is the vector of features, whitened over many faces and scaled to length 1. The
product of two embeddings is the similarity of two faces. Without whitening (Jegou and Chum,
"Negative evidences and co-occurences in image retrieval: the benefit of PCA and whitening", 2012)
the few directions of age and gender would outweigh those that tell people apart.

The *novelty* is the part of the features that lies outside the main directions of many faces,
relative to all of the features. It is small for faces. It is greater for animals, drawings and
things, whose features take other directions (Wang et al., "ViM: Out-Of-Distribution with
Virtual-logit Matching", 2022).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_DIRECTIONS = 128  # maximum number of main directions, and length of an embedding
_LARGEST_SCALE = 1e4  # maximum factor of a direction, so that the weights fit into 16 bits
_LEAST_DEVIATION = 1e-3  # of a direction that is used, as a fraction of the largest
_LEAST_POWER = 1e-6  # a picture without any detail has no features


class FeatureOutputs(nn.Module):
    """Computes embedding and novelty from features.

    Args:
        features: Features of many different faces, (n, d), n >= 2.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, features: Tensor) -> None:
        super().__init__()
        mean = features.mean(dim=0)
        _, deviations, directions = torch.linalg.svd(features - mean, full_matrices=False)
        usable = int((deviations > _LEAST_DEVIATION * deviations[0]).sum())
        count = max(1, min(_DIRECTIONS, usable))
        scale = (len(features) ** 0.5 / deviations[:count]).clamp(max=_LARGEST_SCALE)
        self.whitening = nn.Linear(features.shape[1], count)
        with torch.no_grad():
            self.whitening.weight.copy_(directions[:count] * scale[:, None])
            self.whitening.bias.copy_(-self.whitening.weight @ mean)
        self.register_buffer("mean", mean)
        self.register_buffer("scale", scale)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Returns the embeddings of n faces, (n, directions), and their novelties 0..1, (n, 1).

        Args:
            features: Pooled features of the faces, (n, d).
        """
        whitened = self.whitening(features)
        inside = (whitened / self.scale).square().sum(dim=1, keepdim=True)
        outside = F.relu((features - self.mean).square().sum(dim=1, keepdim=True) - inside)
        power = features.square().sum(dim=1, keepdim=True)
        return F.normalize(whitened), outside / (outside + power + _LEAST_POWER)
