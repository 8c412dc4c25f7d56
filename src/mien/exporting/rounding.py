"""Rounding of the weights of convolutions to 8 bits, such that the errors compensate each other.

After a weight is rounded, the weights of its channel that are not rounded yet change, such that the
output of the layer for some chips changes least (Frantar et al., "GPTQ: Accurate Post-Training
Quantization for Generative Pre-trained Transformers", 2022). The speed of the model stays the same.

A processor with AVX2 but without VNNI adds the products of two neighbouring inputs in 16 bits. The
sum could saturate, and the model would predict otherwise than on other processors. Two weights of
the same sign that may be neighbours therefore sum to 128 at most: 255 times 128 is below 2 ** 15.
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
"""Maximum of a rounded weight; the minimum is -127."""

_GREATEST_SUM = 128
_POSITIONS = 512  # positions in the maps of a batch at which the inputs of a layer are sampled
_BLOCK = 64  # weights after which the other weights of a channel change, in one fast product
_DAMPING = 0.01  # fraction of the inputs' mean square, added to each; few pictures are then enough


@dataclass(frozen=True)
class _Convolution:
    """A convolution of a graph.

    Attributes:
        maps: Name of its input.
        name: Name of its weights.
        weights: Channels out x channels in (of a group) x height x width.
        groups: Number of groups of channels.
        strides: Strides down and to the right, in pixels.
        padding: Padding at the top, left, bottom and right, in pixels.
    """

    maps: str
    name: str
    weights: NDArray[np.float32]
    groups: int
    strides: tuple[int, int]
    padding: tuple[int, int, int, int]

    @property
    def neighbours(self) -> int:
        """Length of a run of weights in which any two weights may be neighbours."""
        channels, *extent = self.weights.shape[1:]
        if self.groups > 1:
            return 1  # each channel is computed alone
        if extent == [1, 1] and channels % 2 == 0:
            return 2
        return int(self.weights[0].size)  # the runtime decides in which order it reads pixels

    def patches(self, maps: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float64]:
        """Returns the inputs that the weights are multiplied by, at random positions.

        Args:
            maps: Input of the convolution, pictures x channels x height x width.
            rng: Random number generator.

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
        model: ONNX model in 32 bits with an input ``chips``.
        batches: Many different aligned faces, each batch RGB, uint8, (n, size, size, 3).

    Returns:
        A new ONNX model, and the steps of each convolution, float32, (channels out,), by the name
        of its weights. A weight is a multiple of its channel's step, from -127 to 127.
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
    """Returns the step of each channel, such that two neighbours sum to 127 steps at most.

    Args:
        weights: Weights, (..., weights of a channel).
        neighbours: Length of a run of weights in which any two weights may be neighbours.

    Returns:
        Steps, (...).
    """
    rows = weights.reshape(*weights.shape[:-1], -1, neighbours)
    signed = np.stack([rows, -rows]).clip(min=0)
    greatest = np.sort(signed, axis=-1)[..., -2:].sum(axis=-1).max(axis=(0, -1))
    return np.where(greatest > 0, greatest / GREATEST, 1.0)


def round_to_steps(
    weights: NDArray[np.float64], moments: NDArray[np.float64], neighbours: int
) -> NDArray[np.float64]:
    """Rounds weights one after the other; the following weights compensate for each error.

    Args:
        weights: Weights in steps, groups x channels x weights of a channel.
        moments: Second moments of the inputs, groups x weights of a channel x weights of a channel.
        neighbours: Length of a run of weights in which any two weights may be neighbours.

    Returns:
        Whole numbers from -127 to 127, of the shape of ``weights``. Two neighbours of the same sign
        sum to 128 at most.
    """
    count = weights.shape[-1]
    power = np.trace(moments, axis1=-2, axis2=-1)[..., None, None] / count
    damped = moments + _DAMPING * np.where(power > 0, power, 1.0) * np.eye(count)
    follow = np.linalg.cholesky(np.linalg.inv(damped)).swapaxes(-2, -1)
    left = weights.copy()
    whole = np.zeros_like(weights)
    for start in range(0, count, _BLOCK):
        stop = min(start + _BLOCK, count)
        errors = np.empty((*weights.shape[:-1], stop - start))
        for index in range(start, stop):
            if index % neighbours == 0:
                highest = np.zeros(weights.shape[:-1])
                lowest = np.zeros(weights.shape[:-1])
            most = np.minimum(GREATEST, _GREATEST_SUM - highest)
            least = np.maximum(-GREATEST, -_GREATEST_SUM - lowest)
            whole[..., index] = np.round(left[..., index]).clip(least, most)
            highest = np.maximum(highest, whole[..., index])
            lowest = np.minimum(lowest, whole[..., index])
            error = (left[..., index] - whole[..., index]) / follow[..., index, index, None]
            left[..., index:stop] -= error[..., None] * follow[..., index, None, index:stop]
            errors[..., index - start] = error
        left[..., stop:] -= errors @ follow[..., start:stop, stop:]
    return whole


def _convolutions(model: Any) -> Iterator[_Convolution]:
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Conv":
            options = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            yield _Convolution(
                node.input[0],
                node.input[1],
                numpy_helper.to_array(tensors[node.input[1]]),
                options.get("group", 1),
                tuple(options.get("strides", (1, 1))),
                tuple(options.get("pads", (0, 0, 0, 0))),
            )


def _second_moments(
    model: Any, convolutions: list[_Convolution], batches: list[NDArray[np.uint8]]
) -> dict[str, NDArray[np.float64]]:
    """Returns the second moments of the inputs of each convolution, by the name of its weights.

    Each is groups x weights of a channel x weights of a channel.
    """
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
