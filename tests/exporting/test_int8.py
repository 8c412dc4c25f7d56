from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from mien import ages
from mien.assets import find_model
from mien.attributes.model import AttributeModel
from mien.datasets.chips.cache import ChipCache
from mien.exporting.model_file import write_card
from mien.exporting.onnx import export_onnx, make_card
from mien.runtime import OnnxSession
from mien.training.import_model import import_model
from mien.training.networks.attribute_network import AttributeNetwork
from mien.training.recipe import Recipe
from mien.training.starting_weights import load_starting_weights, save_starting_weights


@pytest.fixture(scope="module")
def models(
    large_cache: ChipCache, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[AttributeModel, Path]]:
    """The bundled model's network in 32 and in 8 bits."""
    folder = tmp_path_factory.mktemp("precisions")
    weights, heads, origin = import_model(find_model("default"), large_cache)
    save_starting_weights(weights, origin, folder / "start.pt", heads)
    recipe = Recipe("test", "mobilenet_v1", size=large_cache.size)
    network = AttributeNetwork(recipe.network, recipe.size, recipe.trained_heads).eval()
    load_starting_weights(network, str(folder / "start.pt"))
    made = {}
    for precision in ("fp32", "int8"):
        path = folder / f"{precision}.onnx"
        export_onnx(network, np.array(large_cache.chips), path, int8=precision == "int8")
        write_card(path, make_card(network, recipe, [large_cache], precision))
        made[precision] = (AttributeModel(OnnxSession(path)), path)
    return made


def test_8_bits_predict_nearly_the_same(
    models: dict[str, tuple[AttributeModel, Path]], large_cache: ChipCache
) -> None:
    chips = np.array(large_cache.chips)
    exact, rounded = (models[p][0].logits(chips) for p in ("fp32", "int8"))
    distance = np.abs(ages.softmax(exact["age_logits"]) - ages.softmax(rounded["age_logits"]))
    assert 0 < distance.sum(axis=1).mean() < 0.2  # of at most 2
    female, nearly = (1 / (1 + np.exp(-each["gender_logits"])) for each in (exact, rounded))
    np.testing.assert_allclose(female, nearly, atol=0.1)
    assert np.isfinite(rounded["embedding"]).all()


def test_8_bits_are_in_the_convolutions_and_on_the_card(
    models: dict[str, tuple[AttributeModel, Path]],
) -> None:
    assert models["fp32"][0].card.precision == "fp32"
    assert models["int8"][0].card.precision == "int8"
    sizes = {precision: path.stat().st_size for precision, (_, path) in models.items()}
    assert sizes["int8"] < 0.7 * sizes["fp32"]
    graph = onnx.load(models["int8"][1]).graph
    made_by = {name: node for node in graph.node for name in node.output}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    assert len(convolutions) == 27
    for convolution in convolutions:
        assert {made_by[name].op_type for name in convolution.input} == {"DequantizeLinear"}


def test_no_two_neighbours_overflow_16_bits(
    models: dict[str, tuple[AttributeModel, Path]],
) -> None:
    graph = onnx.load(models["int8"][1]).graph
    pointwise = [
        weights
        for tensor in graph.initializer
        if (weights := onnx.numpy_helper.to_array(tensor)).dtype == np.int8
        and weights.ndim == 4
        and weights.shape[1] > 3
    ]
    assert len(pointwise) == 13
    for weights in pointwise:
        pairs = 255 * weights.astype(np.int64).reshape(len(weights), -1, 2)
        assert pairs.clip(min=0).sum(axis=2).max() < 2**15
        assert pairs.clip(max=0).sum(axis=2).min() >= -(2**15)
