"""Convolutions in 8 bits: faster where the processor multiplies bytes, and a little less exact.

Weights are rounded channel by channel; the range of each map of activations is measured on some
chips (Jacob et al., "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference", 2018).
"""

from __future__ import annotations

import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from mien.exporting.rounding import GREATEST, round_weights

_CHIPS = 512  # on which ranges are measured
_AT_ONCE = 32


class _Batches(CalibrationDataReader):  # type: ignore[misc]
    """Hands out chips, a batch at a time."""

    def __init__(self, batches: list[NDArray[np.uint8]]) -> None:
        self._inputs = ({"chips": chips} for chips in batches)

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        return next(self._inputs, None)


def quantize(model: Any, chips: NDArray[np.uint8]) -> Any:
    """Makes the convolutions of a model compute in 8 bits.

    Args:
        model: An ONNX model in 32 bits with an input ``chips``.
        chips: Faces of many kinds, RGB, uint8, (n, size, size, 3).

    Returns:
        A new ONNX model. Everything that is not a convolution stays in 32 bits.
    """
    picked = np.linspace(0, len(chips) - 1, min(_CHIPS, len(chips))).astype(int)
    batches = [chips[picked[start : start + _AT_ONCE]] for start in range(0, len(picked), _AT_ONCE)]
    model, steps = round_weights(model, batches)
    ranges = {name: [_range(step) for step in channels] for name, channels in steps.items()}
    logging.getLogger().setLevel(logging.ERROR)  # it recommends an optimisation that is done
    with TemporaryDirectory() as folder:
        path = Path(folder) / "int8.onnx"
        quantize_static(
            model,
            path,
            _Batches(batches),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv", "Clip"],
            extra_options={"TensorQuantOverrides": ranges},
        )
        return onnx.load(path)


def _range(step: np.float32) -> dict[str, Any]:
    """Returns how the quantizer is told a channel's step."""
    limit = np.array(GREATEST * step, np.float32)
    return {"axis": 0, "rmin": -limit, "rmax": limit, "symmetric": True}
