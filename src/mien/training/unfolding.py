"""Batch normalisations restored, after they were folded into convolutions.

A network trains badly without them. They are restored such that the output of the network stays the
same: the mean and the variance of the inputs of each normalisation are measured on some chips; its
weight and its bias are then set such that ``norm(x) == x * scale + bias``.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from mien.datasets.chips.cache import ChipCache
from mien.training.networks.attribute_network import AttributeNetwork


def some_chips(cache: ChipCache, count: int = 512) -> NDArray[np.uint8]:
    """Returns chips at equal distances in a cache, of its split ``train`` if it has one.

    Args:
        cache: The cache.
        count: Maximum number of chips, at least 1.

    Returns:
        RGB, uint8, (n, size, size, 3).
    """
    usable = cache.select("train") if len(cache.select("train")) else cache.select(None)
    picked = np.linspace(0, len(usable) - 1, min(count, len(usable))).astype(int)
    return np.asarray(cache.chips[usable[picked]])


def restore_norms(
    network: AttributeNetwork,
    kernels: list[NDArray[np.float32]],
    scales: list[NDArray[np.float32]],
    biases: list[NDArray[np.float32]],
    chips: NDArray[np.uint8],
) -> None:
    """Sets the convolutions and normalisations of a network to ``conv(x) * scale + bias``.

    Args:
        network: The network, changed in place. Each convolution is followed by a normalisation.
        kernels: Weights of each convolution, height x width x channels in x channels out.
        scales: Scale of each layer, (channels out,).
        biases: Bias of each layer, (channels out,).
        chips: Chips on which the statistics of the normalisations are measured, RGB, uint8,
            (n, size, size, 3).

    Raises:
        ValueError: The network has another number of convolutions or normalisations.
    """
    modules = list(network.backbone.modules())
    convolutions = [m for m in modules if isinstance(m, nn.Conv2d)]
    norms = [m for m in modules if isinstance(m, nn.BatchNorm2d)]
    layers = list(zip(convolutions, norms, kernels, scales, biases, strict=True))
    network.eval()
    with torch.no_grad():
        for convolution, norm, kernel, scale, bias in layers:
            convolution.weight.copy_(torch.tensor(kernel.transpose(3, 2, 0, 1).copy()))
            set_norm(norm, torch.zeros(len(bias)), torch.ones(len(bias)), scale, bias)
        statistics: dict[nn.Module, tuple[Tensor, Tensor]] = {}

        def measure(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            x = inputs[0].double()
            statistics[module] = (
                x.mean(dim=(0, 2, 3)).float(),
                x.var(dim=(0, 2, 3)).clamp(min=1e-6).float(),
            )

        hooks = [norm.register_forward_pre_hook(measure) for norm in norms]
        network(torch.from_numpy(chips).permute(0, 3, 1, 2).float())
        for hook in hooks:
            hook.remove()
        for _, norm, _, scale, bias in layers:
            set_norm(norm, *statistics[norm], scale, bias)


def set_norm(
    norm: nn.BatchNorm2d,
    mean: Tensor,
    variance: Tensor,
    scale: NDArray[np.float32],
    bias: NDArray[np.float32],
) -> None:
    """Sets a normalisation such that ``norm(x) == x * scale + bias``.

    Args:
        norm: The normalisation, changed in place.
        mean: Running mean, (channels,).
        variance: Running variance, (channels,).
        scale: (channels,).
        bias: (channels,).
    """
    assert norm.running_mean is not None
    assert norm.running_var is not None
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
    factor = torch.tensor(scale)
    norm.weight.copy_(factor * torch.sqrt(variance + norm.eps))
    norm.bias.copy_(torch.tensor(bias) + factor * mean)
