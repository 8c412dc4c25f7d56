from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from mien.exporting.rounding import channel_steps, round_to_steps, round_weights
from mien.runtime import OnnxSession


class Layers(nn.Module):
    """A dense, a depthwise and a pointwise convolution, from chips to maps."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 8, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(8, 8, 3, stride=(1, 2), padding=(1, 0), groups=8),
            nn.ReLU(),
            nn.Conv2d(8, 6, 1),
        )

    def forward(self, chips: torch.Tensor) -> torch.Tensor:
        return self.layers(chips.permute(0, 3, 1, 2).float() / 255)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Any:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("layers") / "layers.onnx"
    torch.onnx.export(
        Layers().eval(),
        (torch.zeros(2, 64, 64, 3, dtype=torch.uint8),),
        path,
        input_names=["chips"],
        output_names=["maps"],
        dynamic_shapes={"chips": {0: torch.export.Dim("batch", min=1)}},
        dynamo=True,
        verbose=False,
    )
    return onnx.load(path)


@pytest.fixture(scope="module")
def batches(astronaut: np.ndarray) -> list[np.ndarray]:
    parts = [
        astronaut[y : y + 64, x : x + 64] for y in range(0, 448, 32) for x in range(0, 448, 32)
    ]
    return [np.stack(parts[start::4]) for start in range(4)]


def weights_of(model: Any) -> dict[str, np.ndarray]:
    tensors = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    return {n.input[1]: tensors[n.input[1]] for n in model.graph.node if n.op_type == "Conv"}


def maps(model: Any, chips: np.ndarray) -> np.ndarray:
    return OnnxSession(model.SerializeToString()).run({"chips": chips})["maps"]


def test_maps_change_less_than_if_each_weight_is_rounded_alone(
    model: Any, batches: list[np.ndarray]
) -> None:
    rounded, steps = round_weights(model, batches[:3])
    nearest = onnx.ModelProto()
    nearest.CopyFrom(model)
    tensors = {tensor.name: tensor for tensor in nearest.graph.initializer}
    for name, exact in weights_of(model).items():
        step = steps[name].reshape(-1, 1, 1, 1)
        np.testing.assert_allclose(
            weights_of(rounded)[name] / step, np.round(weights_of(rounded)[name] / step), atol=1e-4
        )
        whole = (np.round(exact / step) * step).astype(np.float32)
        tensors[name].CopyFrom(onnx.numpy_helper.from_array(whole, name))
    exact, *others = (maps(m, batches[3]) for m in (model, rounded, nearest))
    joint, alone = (np.square(other - exact).mean() for other in others)
    assert 0 < joint < 0.5 * alone


@st.composite
def layers(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, int]:
    """Weights, moments of their inputs and how many are neighbours."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    groups, channels = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    count = 2 * draw(st.integers(1, 8))
    weights = rng.standard_normal((groups, channels, count)) ** draw(st.sampled_from((1, 3)))
    weights[rng.random(weights.shape) < draw(st.sampled_from((0, 0.5, 1)))] = 0
    seen = draw(st.integers(0, 20))
    inputs = rng.standard_normal((groups, seen, count)) @ rng.standard_normal((count, count))
    return weights, inputs.swapaxes(1, 2) @ inputs, draw(st.sampled_from((1, 2, count)))


@given(layers())
def test_weights_become_bytes_of_which_no_two_neighbours_overflow(
    layer: tuple[np.ndarray, np.ndarray, int],
) -> None:
    weights, moments, neighbours = layer
    steps = channel_steps(weights, neighbours)
    assert (steps > 0).all()
    whole = round_to_steps(weights / steps[..., None], moments, neighbours)
    assert (whole == np.round(whole)).all()
    assert abs(whole).max() <= 127
    for sign in (-1, 1):
        runs = np.sort(
            (sign * whole).clip(min=0).reshape(*whole.shape[:2], -1, neighbours), axis=-1
        )
        assert runs[..., -2:].sum(axis=-1).max() <= 128


@given(layers())
def test_weights_of_unrelated_inputs_are_rounded_alone(
    layer: tuple[np.ndarray, np.ndarray, int],
) -> None:
    weights, _, _ = layer
    whole = weights / channel_steps(weights, 1)[..., None]
    unrelated = np.broadcast_to(np.eye(weights.shape[-1]), (len(weights), *2 * weights.shape[-1:]))
    np.testing.assert_array_equal(round_to_steps(whole, unrelated, 1), np.round(whole))
