from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from mien.assets import DETECTOR, find_model
from mien.attributes.model import AttributeModel
from mien.datasets.chips.cache import ChipCache
from mien.errors import ModelError, RecipeError
from mien.exporting.model_file import write_card
from mien.exporting.onnx import export_onnx, make_card
from mien.faces.align import UTKFACE_TEMPLATE
from mien.runtime.onnx import OnnxSession
from mien.training import import_weights
from mien.training.import_model import import_model
from mien.training.import_weights import EFFICIENTNET_LITE, import_efficientnet_lite
from mien.training.networks.attribute_network import AttributeNetwork
from mien.training.recipe import Recipe
from mien.training.starting_weights import (
    Origin,
    load_starting_weights,
    merged,
    save_starting_weights,
)
from mien.training.unfolding import restore_norms, set_norm


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


def test_a_norm_can_be_made_to_do_as_told() -> None:
    generator = torch.Generator().manual_seed(0)
    norm = nn.BatchNorm2d(6).eval()
    mean, scale, bias = torch.randn(3, 6, generator=generator)
    variance = torch.rand(6, generator=generator) * 100
    x = torch.randn(2, 6, 4, 4, generator=generator) * 10
    with torch.no_grad():
        set_norm(norm, mean, variance, scale.numpy(), bias.numpy())
        expected = x * scale.view(1, -1, 1, 1) + bias.view(1, -1, 1, 1)
        torch.testing.assert_close(norm(x), expected, rtol=1e-4, atol=1e-4)


def test_norms_are_put_back_such_that_nothing_changes(chips: ChipCache) -> None:
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
    # And training goes on from statistics that fit: each norm sees mean 0 and deviation 1.
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm, seen in zip(norms, inputs, strict=True):
        torch.testing.assert_close(
            norm.running_mean, seen.mean(dim=(0, 2, 3)), rtol=1e-3, atol=1e-3
        )
        torch.testing.assert_close(norm.running_var, seen.var(dim=(0, 2, 3)), rtol=1e-3, atol=1e-3)


@pytest.fixture
def tensorflow_js(tmp_path: Path) -> Callable[[bool], tuple[Path, dict[str, np.ndarray]]]:
    """Writes a small TensorFlow.js model in two files; gives its path and what it holds."""

    def write(bare: bool) -> tuple[Path, dict[str, np.ndarray]]:
        rng = np.random.default_rng(0)
        plain = rng.normal(size=(2, 3)).astype("<f4")
        half = rng.normal(size=(4,)).astype("<f2")
        bytes_ = rng.integers(0, 256, (3, 1, 2), np.uint8)
        scalar = np.array(0.25, "<f4")
        entries = [
            {"name": "plain", "shape": [2, 3], "dtype": "float32"},
            {
                "name": "half",
                "shape": [4],
                "dtype": "float32",
                "quantization": {"dtype": "float16", "original_dtype": "float32"},
            },
            {
                "name": "bytes",
                "shape": [3, 1, 2],
                "dtype": "float32",
                "quantization": {"dtype": "uint8", "scale": 0.5, "min": -3.0},
            },
            {"name": "scalar", "shape": [], "dtype": "float32"},
        ]
        data = b"".join(array.tobytes() for array in (plain, half, bytes_, scalar))
        (tmp_path / "1of2.bin").write_bytes(data[:13])  # in the middle of a number
        (tmp_path / "2of2.bin").write_bytes(data[13:])
        manifest = [{"paths": ["1of2.bin", "2of2.bin"], "weights": entries}]
        path = tmp_path / "model.json"
        path.write_text(json.dumps(manifest if bare else {"weightsManifest": manifest}))
        dequantized = bytes_.astype(np.float32) * 0.5 - 3
        held = {"plain": plain, "half": half, "bytes": dequantized, "scalar": scalar}
        return path, {name: array.astype(np.float32) for name, array in held.items()}

    return write


@pytest.mark.parametrize("bare", [True, False])
def test_tensorflow_js_weights_are_read(
    tensorflow_js: Callable[[bool], tuple[Path, dict[str, np.ndarray]]], bare: bool
) -> None:
    path, held = tensorflow_js(bare)
    arrays, digest = import_weights._read_tfjs(path)
    assert arrays.keys() == held.keys()
    for name, array in held.items():
        assert arrays[name].dtype == np.float32
        np.testing.assert_array_equal(arrays[name], array)
    assert len(digest) == 64
    (path.parent / "2of2.bin").write_bytes((path.parent / "2of2.bin").read_bytes()[:-4] + b"\0" * 4)
    assert import_weights._read_tfjs(path)[1] != digest


def test_tensorflow_js_models_of_no_use(
    tensorflow_js: Callable[[bool], tuple[Path, dict[str, np.ndarray]]], tmp_path: Path
) -> None:
    path, _ = tensorflow_js(True)
    (tmp_path / "2of2.bin").write_bytes(b"")
    with pytest.raises(ModelError, match=r"is not a TensorFlow\.js model"):
        import_weights._read_tfjs(path)
    (tmp_path / "2of2.bin").unlink()
    with pytest.raises(ModelError, match=r"there is no file '.*2of2\.bin'"):
        import_weights._read_tfjs(path)
    path.write_text("{}")
    with pytest.raises(ModelError, match=r"is not a TensorFlow\.js model"):
        import_weights._read_tfjs(path)


def lite_checkpoint(path: Path) -> AttributeNetwork:
    """Writes a random EfficientNet-Lite0 as a checkpoint whose names are not timm's."""
    torch.manual_seed(0)
    network = AttributeNetwork("efficientnet_lite0", 128).eval()
    for module in network.backbone.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_()  # type: ignore[union-attr]
            module.running_var.uniform_(0.5, 2)  # type: ignore[union-attr]
    tensors = {f"_tensor{i}": t for i, t in enumerate(network.backbone.state_dict().values())}
    tensors |= {"_fc.weight": torch.zeros(1000, 1280), "_fc.bias": torch.zeros(1000)}
    torch.save(tensors, path)
    return network


def test_efficientnet_lite(tmp_path: Path) -> None:
    original = lite_checkpoint(tmp_path / "lite0.pth")
    weights, origin = import_efficientnet_lite(0, tmp_path / "lite0.pth")
    save_starting_weights(weights, origin, tmp_path / "made" / "lite0.pt")
    network = AttributeNetwork("efficientnet_lite0", 128).eval()
    load_starting_weights(network, str(tmp_path / "made" / "lite0.pt"))
    images = torch.rand(2, 3, 128, 128) * 255
    with torch.no_grad():
        assert torch.equal(network.backbone(images), original.backbone(images))
    assert origin.licence == EFFICIENTNET_LITE.licence
    assert len(origin.sha256) == 64


def test_efficientnet_lite_of_another_size_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lite0.pth"
    lite_checkpoint(path)
    with pytest.raises(ModelError, match="does not hold the weights of EfficientNet-Lite1"):
        import_efficientnet_lite(1, path)
    path.write_bytes(b"")
    with pytest.raises(ModelError, match="does not hold"):
        import_efficientnet_lite(0, path)
    torch.save([1, 2], path)
    with pytest.raises(ModelError, match="does not hold"):
        import_efficientnet_lite(0, path)
    with pytest.raises(ModelError, match="cannot be read"):
        import_efficientnet_lite(0, tmp_path / "nowhere.pth")


def test_starting_weights_of_another_network(tmp_path: Path) -> None:
    path = tmp_path / "start.pt"
    mobilenet = AttributeNetwork("mobilenet_v1", 128)
    save_starting_weights(mobilenet.backbone.state_dict(), EFFICIENTNET_LITE, path)
    load_starting_weights(AttributeNetwork("hybrid_mobilenet_v1", 128), str(path))
    with pytest.raises(RecipeError, match="another network"):
        load_starting_weights(AttributeNetwork("dlib_resnet", 128), str(path))
    with pytest.raises(RecipeError, match="no starting weights"):
        load_starting_weights(mobilenet, str(tmp_path / "nowhere.pt"))
    with pytest.raises(RecipeError, match="only networks of timm"):
        load_starting_weights(mobilenet, "timm")


def network_that_tells_chips_apart(cache: ChipCache) -> AttributeNetwork:
    """Random weights, normalised by the chips' own statistics."""
    torch.manual_seed(0)
    network = AttributeNetwork("mobilenet_v1", cache.size).train()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1
        elif isinstance(module, nn.Linear):
            module.bias.data.normal_()
    with torch.no_grad():
        network(torch.from_numpy(np.array(cache.chips)).permute(0, 3, 1, 2).float())
    return network.eval()


def assert_goes_on(path: Path, cache: ChipCache, nearly: float, start: Path) -> Origin:
    """What starts from the model file, by way of the file ``start``, answers nearly as it does."""
    model = AttributeModel(OnnxSession(path))
    weights, heads, origin = import_model(path, cache)
    save_starting_weights(weights, origin, start, heads)
    network = AttributeNetwork("mobilenet_v1", model.card.size).eval()
    load_starting_weights(network, str(start))
    said = model.logits(np.array(cache.chips))
    with torch.no_grad():
        logits = network(torch.from_numpy(np.array(cache.chips)).permute(0, 3, 1, 2).float())
    np.testing.assert_allclose(logits.age.numpy(), said["age_logits"], atol=nearly)
    np.testing.assert_allclose(logits.gender.numpy(), said["gender_logit"], atol=nearly)
    assert origin.name == f"mien {model.card.name}"
    return origin


def test_training_can_go_on_from_what_was_just_exported(
    make_cache: Callable[[int], ChipCache], tmp_path: Path
) -> None:
    cache = make_cache(128)
    network = network_that_tells_chips_apart(cache)
    path = tmp_path / "untrained.onnx"
    export_onnx(network, np.array(cache.chips), path)
    recipe = Recipe("untrained", "mobilenet_v1", size=cache.size)
    write_card(path, make_card(network, recipe, [cache]))
    assert_goes_on(path, cache, 1e-4, tmp_path / "start.pt")


def test_training_can_go_on_from_the_bundled_model(
    make_cache: Callable[[int], ChipCache], tmp_path: Path
) -> None:
    origin = assert_goes_on(find_model("default"), make_cache(128), 0.3, tmp_path / "start.pt")
    assert origin.trained_on.split(", ").count("utkface") == 1  # though its start had seen it too
    assert origin.licence.count("non-commercial") == 1


def test_terms_are_named_once() -> None:
    assert merged("; ", "utkface; package MIT", "", "package MIT; fairface; utkface") == (
        "utkface; package MIT; fairface"
    )


def test_a_file_that_is_no_model_of_ours_is_no_start(large_cache: ChipCache) -> None:
    with pytest.raises(ModelError, match="card"):
        import_model(DETECTOR, large_cache)
