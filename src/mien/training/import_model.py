"""From a model file of mien to starting weights, so that training continues from that model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from mien.attributes.card import read_card
from mien.datasets.chips.cache import ChipCache
from mien.errors import ModelError
from mien.runtime import OnnxSession
from mien.training.networks.attribute_network import AttributeNetwork
from mien.training.starting_weights import Origin, merged
from mien.training.unfolding import restore_norms, some_chips

_FIRST = "0/"
"""Begins every name of the first member in a file of :mod:`mien.exporting.ensemble`."""


def import_model(
    path: Path, chips: ChipCache
) -> tuple[dict[str, Tensor], dict[str, Tensor], Origin]:
    """Reads the weights of a model file.

    Args:
        path: Model file that ``mien export`` wrote, or an ensemble of one network and its mirror
            image.
        chips: Chips of the model's size. The statistics of the normalisations are measured on them,
            see :mod:`mien.training.unfolding`.

    Returns:
        The state of the convolutional part, the state of the heads, and the origin of the weights.
        The keys of a head begin with the name of its output.

    Raises:
        ModelError: The file is not a model file, is an ensemble of several networks, or has layers
            that are neither convolutions nor normalisations.
    """
    card = read_card(OnnxSession(path).metadata)
    members = card.recipe.get("members", [])
    if len(members) > 1:
        raise ModelError(
            f"'{path}' cannot give starting weights: it is an average of several networks"
        )
    network = AttributeNetwork(card.network, card.size, card.heads)
    model = onnx.load(path)
    before = _FIRST if members else ""
    arrays = {name.removeprefix(before): array for name, array in _weights(model).items()}
    layers = [
        name for name, layer in network.backbone.named_modules() if isinstance(layer, nn.Conv2d)
    ]
    try:
        kernels = [arrays[f"network.backbone.{name}.weight"] for name in layers]
        biases = [arrays[f"network.backbone.{name}.weight_bias"] for name in layers]
        restore_norms(
            network,
            [kernel.transpose(2, 3, 1, 0) for kernel in kernels],
            [np.ones_like(bias) for bias in biases],
            biases,
            some_chips(chips),
        )
    except (KeyError, ValueError):
        raise ModelError(
            f"'{path}' cannot give starting weights: its network, {card.network}, does not consist"
            " of convolutions that are each followed by a normalisation"
        ) from None
    origin = Origin(
        name=f"mien {card.name}",
        package="mien",
        licence=merged("; ", card.licence, card.start.get("licence", "")),
        trained_on=merged(
            ", ", card.start.get("trained_on", ""), *(source.name for source in card.data)
        ),
        sha256=card.sha256,
    )
    heads = {
        f"{output}.{part}": torch.tensor(arrays[name.removeprefix(before)])
        for output in network.heads
        for part, name in zip(("weight", "bias"), _linear(model, before + output), strict=True)
    }
    return network.backbone.state_dict(), heads, origin


def _linear(model: Any, output: str) -> tuple[str, str]:
    """Returns the names of the weight and the bias of the layer that computes an output."""
    made_by = {name: node for node in model.graph.node for name in node.output}
    node = made_by[output]
    while node.op_type in ("Squeeze", "Unsqueeze"):
        node = made_by[node.input[0]]
    _, weight, bias = node.input
    return weight, bias


def _weights(model: Any) -> dict[str, NDArray[np.float32]]:
    """Returns the weights by PyTorch's names, in 32 bits, also if the file stores 16 or 8 bits."""
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in stored:
            rounded, scale = stored.pop(node.input[0]), stored[node.input[1]]
            exact = rounded * scale.reshape(-1, *[1] * (rounded.ndim - 1))
            stored[node.input[0].removesuffix("_quantized")] = exact
    return {name.removesuffix(".half"): a.astype(np.float32) for name, a in stored.items()}
