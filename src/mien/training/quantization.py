"""Convolutions in 8 bits: faster where the processor multiplies bytes, and a little less exact.

Weights are rounded channel by channel; the range of each map of activations is measured on some
chips (Jacob et al., "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference", 2018).

A processor with AVX2 but without VNNI adds the products of two neighbouring inputs in 16 bits,
where they would saturate and the model answer otherwise than elsewhere. So the scale of a channel
of weights is chosen such that no two neighbours can overflow.
"""

from __future__ import annotations

import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

_CHIPS = 512  # on which ranges are measured
_AT_ONCE = 32


class _Chips(CalibrationDataReader):  # type: ignore[misc]
    """Hands out chips, a batch at a time."""

    def __init__(self, chips: NDArray[np.uint8]) -> None:
        picked = np.linspace(0, len(chips) - 1, min(_CHIPS, len(chips))).astype(int)
        self._batches = (
            {"chips": chips[picked[start : start + _AT_ONCE]]}
            for start in range(0, len(picked), _AT_ONCE)
        )

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        return next(self._batches, None)


def quantize(model: Any, chips: NDArray[np.uint8]) -> Any:
    """Makes the convolutions of a model compute in 8 bits.

    Args:
        model: An ONNX model in 32 bits with an input ``chips``.
        chips: Faces of many kinds, RGB, uint8, (n, size, size, 3).

    Returns:
        A new ONNX model. Everything that is not a convolution stays in 32 bits.
    """
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    dense = [
        weights[node.input[1]]
        for node in model.graph.node
        if node.op_type == "Conv" and not _is_grouped(node)
    ]
    ranges = {tensor.name: _ranges(numpy_helper.to_array(tensor)) for tensor in dense}
    logging.getLogger().setLevel(logging.ERROR)  # it recommends an optimisation that is done
    with TemporaryDirectory() as folder:
        path = Path(folder) / "int8.onnx"
        quantize_static(
            model,
            path,
            _Chips(chips),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv", "Clip"],
            extra_options={"TensorQuantOverrides": ranges},
        )
        return onnx.load(path)


def _is_grouped(node: Any) -> bool:
    """Whether a convolution's channels have inputs of their own, computed without pairs of them."""
    return any(attribute.name == "group" and attribute.i > 1 for attribute in node.attribute)


def _ranges(weights: NDArray[np.float32]) -> list[dict[str, Any]]:
    """Returns the range of each channel's weights that becomes -127..127.

    Where the weights of no pair of the same sign exceed the range together, their 8 bits sum to 128
    at most, and 255 times that is less than 2 ** 15.

    Args:
        weights: Of a convolution, channels out x channels in x height x width.
    """
    found = []
    for channel in weights:
        bound = max(_greatest_pair(channel), _greatest_pair(-channel), float(abs(channel).max()))
        limit = np.array(bound, np.float32)
        found.append({"axis": 0, "rmin": -limit, "rmax": limit, "symmetric": True})
    return found


def _greatest_pair(channel: NDArray[np.float32]) -> float:
    """Returns the greatest sum of the positive parts of two weights that may be neighbours."""
    positive = channel.clip(min=0)
    channels, height, width = positive.shape
    if height == width == 1 and channels % 2 == 0:
        return float(positive.reshape(-1, 2).sum(axis=1).max())
    # Which weights become neighbours depends on how pixels are gathered.
    return float(np.sort(positive, axis=None)[-2:].sum())
