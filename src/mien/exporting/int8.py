"""Quantization: convolutions in 8 bits are faster on most processors, and a little less exact.

Each channel of weights has a step of its own. The range of each map of activations is measured on
some chips (Jacob et al., "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference", 2018).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from mien.exporting.rounding import GREATEST, round_weights

_CHIPS = 512  # number of chips on which the ranges are measured
_BATCH = 32


class _Batches(CalibrationDataReader):  # type: ignore[misc]
    """Batches of chips for the quantizer."""

    def __init__(self, batches: list[NDArray[np.uint8]]) -> None:
        self._inputs = ({"chips": chips} for chips in batches)

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        return next(self._inputs, None)


def quantize(model: Any, chips: NDArray[np.uint8]) -> Any:
    """Quantizes the convolutions of a model to 8 bits.

    Args:
        model: ONNX model in 32 bits with an input ``chips``.
        chips: Many different aligned faces, RGB, uint8, (n, size, size, 3).

    Returns:
        A new ONNX model. All layers but the convolutions stay in 32 bits.
    """
    picked = np.linspace(0, len(chips) - 1, min(_CHIPS, len(chips))).astype(int)
    batches = [chips[picked[start : start + _BATCH]] for start in range(0, len(picked), _BATCH)]
    model, steps = round_weights(model, batches)
    ranges = {name: [_range(step) for step in channels] for name, channels in steps.items()}
    with TemporaryDirectory() as folder, _without_warnings():
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


@contextmanager
def _without_warnings() -> Iterator[None]:
    """The quantizer warns that the model was not optimised before, which is not needed here."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(level)


def _range(step: np.float32) -> dict[str, Any]:
    """Returns the range of a channel for the quantizer, from the channel's step."""
    limit = np.array(GREATEST * step, np.float32)
    return {"axis": 0, "rmin": -limit, "rmax": limit, "symmetric": True}
