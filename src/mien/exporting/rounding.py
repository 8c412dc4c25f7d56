"""Weights of convolutions rounded to 8 bits such that the errors make up for one another.

After a weight is rounded, those of its channel that are still exact move such that the layer's
answers to some chips change least (Frantar et al., "GPTQ: Accurate Post-Training Quantization for
Generative Pre-trained Transformers", 2022). It costs nothing in use.

A processor with AVX2 but without VNNI adds the products of two neighbouring inputs in 16 bits,
where they would saturate and the model answer otherwise than elsewhere. Weights of the same sign
that may be neighbours therefore sum to 128 at most: 255 times that is less than 2 ** 15.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from onnx import numpy_helper

from mien.runtime import OnnxSession

GREATEST = 127
_GREATEST_SUM = 128
_POSITIONS = 512  # of each batch's maps, at which a layer's inputs are looked at
_DAMPING = 0.01  # of the mean square of inputs, added to each so that few pictures are enough


@dataclass(frozen=True)
class _Convolution:
    """A convolution of a graph.

    Attributes:
        maps: The name of its input.
        name: The name of its weights.
        weights: Channels out x channels in (of a group) x height x width.
        groups: Into how many its channels are divided.
        strides: Down and to the right.
        padding: Top, left, bottom and right.
    """

    maps: str
    name: str
    weights: NDArray[np.float32]
    groups: int
    strides: tuple[int, int]
    padding: tuple[int, int, int, int]

    @property
    def neighbours(self) -> int:
        """How many weights in a row there are of which any two may be neighbours."""
        channels, *extent = self.weights.shape[1:]
        if self.groups > 1:
            return 1  # computed channel by channel
        if extent == [1, 1] and channels % 2 == 0:
            return 2
        return int(self.weights[0].size)  # it depends on how pixels are gathered

    def patches(self, maps: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float64]:
        """Returns what the weights are multiplied by at some positions.

        Args:
            maps: Its input, pictures x channels x height x width.
            rng: Picks the positions.

        Returns:
            Groups x positions x weights of a channel.
        """
        top, left, bottom, right = self.padding
        padded = np.pad(maps, ((0, 0), (0, 0), (top, bottom), (left, right)))
        windows = sliding_window_view(padded, self.weights.shape[2:], axis=(2, 3))
        windows = windows[:, :, :: self.strides[0], :: self.strides[1]]
        pictures, _, height, width = windows.shape[:4]
        picked = (rng.integers(size, size=_POSITIONS) for size in (pictures, height, width))
        picture, row, column = picked
        found = windows[picture, :, row, column].astype(np.float64)
        return found.reshape(_POSITIONS, self.groups, -1).swapaxes(0, 1)


def round_weights(
    model: Any, batches: list[NDArray[np.uint8]]
) -> tuple[Any, dict[str, NDArray[np.float32]]]:
    """Rounds the weights of a model's convolutions.

    Args:
        model: An ONNX model in 32 bits with an input ``chips``.
        batches: Faces of many kinds, RGB, uint8, (n, size, size, 3).

    Returns:
        A new ONNX model, and the step (channels out) of each convolution by the name of its
        weights: these are -127 to 127 whole steps.
    """
    convolutions = list(_convolutions(model))
    moments = _second_moments(model, convolutions, batches)
    rounded = onnx.ModelProto()
    rounded.CopyFrom(model)
    tensors = {tensor.name: tensor for tensor in rounded.graph.initializer}
    steps = {}
    for convolution in convolutions:
        weights = convolution.weights
        flat = weights.reshape(convolution.groups, -1, weights[0].size).astype(np.float64)
        step = channel_steps(flat, convolution.neighbours)
        whole = round_to_steps(
            flat / step[..., None], moments[convolution.name], convolution.neighbours
        )
        steps[convolution.name] = step.reshape(-1).astype(np.float32)
        stored = (whole * step[..., None]).reshape(weights.shape).astype(np.float32)
        tensors[convolution.name].CopyFrom(numpy_helper.from_array(stored, convolution.name))
    return rounded, steps


def channel_steps(weights: NDArray[np.float64], neighbours: int) -> NDArray[np.float64]:
    """Returns the step of each channel by which no two neighbours sum to more than 127.

    Args:
        weights: (..., weights of a channel).
        neighbours: How many weights in a row there are of which any two may be neighbours.
    """
    rows = weights.reshape(*weights.shape[:-1], -1, neighbours)
    signed = np.stack([rows, -rows]).clip(min=0)
    greatest = np.sort(signed, axis=-1)[..., -2:].sum(axis=-1).max(axis=(0, -1))
    return np.where(greatest > 0, greatest / GREATEST, 1.0)


def round_to_steps(
    weights: NDArray[np.float64], moments: NDArray[np.float64], neighbours: int
) -> NDArray[np.float64]:
    """Rounds weights one after the other; those that follow make up for each error.

    Args:
        weights: In steps, groups x channels x weights of a channel.
        moments: Of the inputs that they are multiplied by, groups x weights x weights.
        neighbours: How many weights in a row there are of which any two may be neighbours.

    Returns:
        Whole numbers from -127 to 127; neighbours of the same sign sum to at most 128.
    """
    count = weights.shape[-1]
    power = np.trace(moments, axis1=-2, axis2=-1)[..., None, None] / count
    damped = moments + _DAMPING * np.where(power > 0, power, 1.0) * np.eye(count)
    follow = np.linalg.cholesky(np.linalg.inv(damped)).swapaxes(-2, -1)
    left = weights.copy()
    whole = np.zeros_like(weights)
    for index in range(count):
        if index % neighbours == 0:
            highest = np.zeros(weights.shape[:-1])
            lowest = np.zeros(weights.shape[:-1])
        most = np.minimum(GREATEST, _GREATEST_SUM - highest)
        least = np.maximum(-GREATEST, -_GREATEST_SUM - lowest)
        whole[..., index] = np.round(left[..., index]).clip(least, most)
        highest = np.maximum(highest, whole[..., index])
        lowest = np.minimum(lowest, whole[..., index])
        error = (left[..., index] - whole[..., index]) / follow[..., index, index, None]
        left[..., index:] -= error[..., None] * follow[..., index, None, index:]
    return whole


def _convolutions(model: Any) -> Iterator[_Convolution]:
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Conv":
            said = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            yield _Convolution(
                node.input[0],
                node.input[1],
                numpy_helper.to_array(tensors[node.input[1]]),
                said.get("group", 1),
                tuple(said.get("strides", (1, 1))),
                tuple(said.get("pads", (0, 0, 0, 0))),
            )


def _second_moments(
    model: Any, convolutions: list[_Convolution], batches: list[NDArray[np.uint8]]
) -> dict[str, NDArray[np.float64]]:
    """Returns the mean products of the inputs of each convolution, groups x weights x weights."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    for name in dict.fromkeys(convolution.maps for convolution in convolutions):
        watched.graph.output.append(onnx.helper.make_empty_tensor_value_info(name))
    session = OnnxSession(watched.SerializeToString(), device="cpu")
    rng = np.random.default_rng(0)
    moments: dict[str, Any] = {}
    for chips in batches:
        outputs = session.run({"chips": chips})
        for convolution in convolutions:
            patches = convolution.patches(outputs[convolution.maps], rng)
            products = patches.swapaxes(-2, -1) @ patches / (_POSITIONS * len(batches))
            moments[convolution.name] = moments.get(convolution.name, 0) + products
    return moments
