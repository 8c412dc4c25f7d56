from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from typer.testing import CliRunner

from mien.assets import DETECTOR, find_model
from mien.attributes.card import read_card
from mien.attributes.heads import AGE, GENDER, Head
from mien.attributes.model import AttributeModel
from mien.cli import app
from mien.datasets.chips.cache import ChipCache
from mien.errors import ModelError, RecipeError
from mien.exporting.ensemble import write_ensemble
from mien.exporting.model_file import write_card
from mien.exporting.onnx import export_onnx, make_card
from mien.faces.align import UTKFACE_TEMPLATE
from mien.runtime import OnnxSession
from mien.training.import_model import import_model
from mien.training.networks.attribute_network import AttributeNetwork
from mien.training.recipe import Recipe
from mien.training.starting_weights import (
    Origin,
    load_starting_weights,
    merged,
    save_starting_weights,
)
from mien.training.unfolding import restore_norms, set_norm
from tests.chip_caches import TINY, build

HEADS = (AGE, GENDER)
ORIGIN = Origin("something", "a package", "MIT", "faces")


class Folded(nn.Module):
    """Two convolutions with normalisations, as a backbone."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Sequential(
            nn.Conv2d(3, 4, 3, bias=False),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.Conv2d(4, 5, 1, bias=False),
            nn.BatchNorm2d(5),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.backbone(images / 255)


@pytest.fixture
def chips(astronaut: np.ndarray) -> ChipCache:
    """Sixteen parts of the photograph, uint8 of shape (16, 128, 128, 3)."""
    parts = [
        astronaut[y : y + 128, x : x + 128] for y in range(0, 512, 128) for x in range(0, 512, 128)
    ]
    return ChipCache("parts", 128, UTKFACE_TEMPLATE, [], np.stack(parts))


@pytest.fixture
def bundled_cache(astronaut: np.ndarray, tmp_path: Path) -> ChipCache:
    """Chips as the bundled model takes them."""
    card = read_card(OnnxSession(find_model("default")).metadata)
    return build(astronaut, tmp_path, card.size, card.template)


def test_a_norm_can_be_set_to_a_scale_and_a_bias() -> None:
    generator = torch.Generator().manual_seed(0)
    norm = nn.BatchNorm2d(6).eval()
    mean, scale, bias = torch.randn(3, 6, generator=generator)
    variance = torch.rand(6, generator=generator) * 100
    x = torch.randn(2, 6, 4, 4, generator=generator) * 10
    with torch.no_grad():
        set_norm(norm, mean, variance, scale.numpy(), bias.numpy())
        expected = x * scale.view(1, -1, 1, 1) + bias.view(1, -1, 1, 1)
        torch.testing.assert_close(norm(x), expected, rtol=1e-4, atol=1e-4)


def test_restored_norms_do_not_change_the_output(chips: ChipCache) -> None:
    rng = np.random.default_rng(0)
    kernels = [rng.normal(size=s).astype(np.float32) for s in ((3, 3, 3, 4), (1, 1, 4, 5))]
    scales = [rng.uniform(0.5, 2, n).astype(np.float32) for n in (4, 5)]
    biases = [rng.normal(size=n).astype(np.float32) for n in (4, 5)]
    network: Any = Folded()
    restore_norms(network, kernels, scales, biases, np.array(chips.chips))

    x = torch.from_numpy(np.array(chips.chips)).permute(0, 3, 1, 2) / 255
    with torch.no_grad():
        found = network.backbone(x)
        inputs = []
        for kernel, scale, bias in zip(kernels, scales, biases, strict=True):
            x = F.conv2d(x, torch.tensor(kernel).permute(3, 2, 0, 1))
            inputs.append(x)
            x = x * torch.tensor(scale).view(1, -1, 1, 1) + torch.tensor(bias).view(1, -1, 1, 1)
            x = F.relu(x) if len(inputs) == 1 else x
    torch.testing.assert_close(found, x, rtol=1e-3, atol=1e-3)
    # The statistics of each norm are those of its input, so that training can continue.
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm, seen in zip(norms, inputs, strict=True):
        torch.testing.assert_close(
            norm.running_mean, seen.mean(dim=(0, 2, 3)), rtol=1e-3, atol=1e-3
        )
        torch.testing.assert_close(norm.running_var, seen.var(dim=(0, 2, 3)), rtol=1e-3, atol=1e-3)


def test_starting_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "start.pt"
    mobilenet = AttributeNetwork("mobilenet_v1", 128, HEADS)
    save_starting_weights(mobilenet.backbone.state_dict(), ORIGIN, path)
    load_starting_weights(AttributeNetwork("hybrid_mobilenet_v1", 128, HEADS), str(path))
    with pytest.raises(RecipeError, match="another network"):
        load_starting_weights(AttributeNetwork("dlib_resnet", 128, HEADS), str(path))
    with pytest.raises(RecipeError, match="no starting weights"):
        load_starting_weights(mobilenet, str(tmp_path / "nowhere.pt"))
    with pytest.raises(RecipeError, match="only networks of timm"):
        load_starting_weights(mobilenet, "timm")


def network_that_tells_chips_apart(cache: ChipCache) -> AttributeNetwork:
    """Random weights, normalised by the chips' own statistics."""
    torch.manual_seed(0)
    network = AttributeNetwork("mobilenet_v1", cache.size, HEADS).train()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1
        elif isinstance(module, nn.Linear):
            module.bias.data.normal_()
    with torch.no_grad():
        network(torch.from_numpy(np.array(cache.chips)).permute(0, 3, 1, 2).float())
    return network.eval()


def assert_goes_on(path: Path, cache: ChipCache, nearly: float, start: Path) -> Origin:
    """Asserts that a network with the weights of the model file predicts nearly the same."""
    model = AttributeModel(OnnxSession(path))
    weights, heads, origin = import_model(path, cache)
    save_starting_weights(weights, origin, start, heads)
    network = AttributeNetwork("mobilenet_v1", model.card.size, model.card.heads).eval()
    load_starting_weights(network, str(start))
    said = model.logits(np.array(cache.chips))
    with torch.no_grad():
        logits = network(torch.from_numpy(np.array(cache.chips)).permute(0, 3, 1, 2).float())
    for head in model.card.heads:
        np.testing.assert_allclose(logits[head.name], said[head.output], atol=nearly)
    assert origin.name == f"mien {model.card.name}"
    return origin


def test_training_can_continue_from_an_exported_model(
    large_cache: ChipCache, tmp_path: Path
) -> None:
    network = network_that_tells_chips_apart(large_cache)
    path = tmp_path / "untrained.onnx"
    export_onnx(network, np.array(large_cache.chips), path)
    recipe = Recipe("untrained", "mobilenet_v1", size=large_cache.size)
    write_card(path, make_card(network, recipe, [large_cache]))
    assert_goes_on(path, large_cache, 1e-4, tmp_path / "start.pt")


def test_training_can_continue_from_a_network_with_its_mirror_image(
    large_cache: ChipCache, tmp_path: Path
) -> None:
    network = network_that_tells_chips_apart(large_cache)
    path, mirrored = tmp_path / "alone.onnx", tmp_path / "mirrored.onnx"
    export_onnx(network, np.array(large_cache.chips), path)
    recipe = Recipe("alone", "mobilenet_v1", size=large_cache.size)
    write_card(path, make_card(network, recipe, [large_cache]))
    write_ensemble("mirrored", [path], [large_cache], mirrored, mirror=True)
    (alone, alone_heads, _), (weights, heads, origin) = (
        import_model(file, large_cache) for file in (path, mirrored)
    )
    torch.testing.assert_close(weights, alone)
    torch.testing.assert_close(heads, alone_heads)
    assert origin.name == "mien mirrored"


def test_training_can_continue_from_the_bundled_model(
    bundled_cache: ChipCache, tmp_path: Path
) -> None:
    origin = assert_goes_on(find_model("default"), bundled_cache, 0.3, tmp_path / "start.pt")
    assert origin.trained_on.split(", ").count("utkface") == 1  # its starting weights name it too
    assert origin.licence.count("utkface: non-commercial") == 1


def test_the_command_writes_starting_weights(bundled_cache: ChipCache, tmp_path: Path) -> None:
    start = tmp_path / "start.pt"
    command = ["weights", "default", "--chips", str(tmp_path / "cache"), "--out", str(start)]
    run = CliRunner().invoke(app, command)
    assert run.exit_code == 0, run.output
    assert "licence: " in run.output
    state = torch.load(start, weights_only=True)
    assert state["origin"]["name"] == "mien default"
    assert state["heads"].keys() == {
        f"{head}_logits.{part}"
        for head in ("age", "gender", "ethnicity")
        for part in ("weight", "bias")
    }


def test_heads_that_the_start_lacks_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "start.pt"
    hat = Head("hat", "binary", ("no", "yes"))
    torch.manual_seed(0)
    start = AttributeNetwork(TINY, 64, [*HEADS, Head("glasses", "binary", ("no", "yes"))])
    states = start.backbone.state_dict(), start.heads.state_dict()
    save_starting_weights(states[0], ORIGIN, path, states[1])
    network = AttributeNetwork(TINY, 64, [GENDER, hat])
    before = network.heads[hat.output].weight.clone()
    load_starting_weights(network, str(path))
    assert torch.equal(network.heads[hat.output].weight, before)
    assert torch.equal(network.heads[GENDER.output].weight, start.heads[GENDER.output].weight)


def test_terms_are_named_once() -> None:
    assert merged("; ", "utkface; package MIT", "", "package MIT; fairface; utkface") == (
        "utkface; package MIT; fairface"
    )


def test_a_file_that_is_not_a_model_of_mien_is_refused(large_cache: ChipCache) -> None:
    with pytest.raises(ModelError, match="card"):
        import_model(DETECTOR, large_cache)
