from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console

from mien import Analyzer
from mien.attributes.model import AttributeModel
from mien.datasets.chips.cache import ChipCache
from mien.errors import ModelError
from mien.exporting.adjustment import age_frequencies
from mien.exporting.onnx import export_run, load_run
from mien.runtime import OnnxSession
from mien.training.entries import known_heads
from mien.training.log import Log
from mien.training.loop import Trainer
from mien.training.networks import NETWORKS
from mien.training.recipe import Recipe
from tests.chip_caches import TINY

_HALVED = 2e-3  # limit of the change of logits when the weights are rounded to 16 bits
_QUICK = {"mobilenet_v1", "hybrid_mobilenet_v1", "dlib_resnet"}
RECIPE = Recipe(
    "test", TINY, known_heads("age", "gender", "ethnicity"), size=64, epochs=1, batch=14, warmup=2
)


def train(cache: ChipCache, folder: Path, recipe: Recipe) -> None:
    trainer = Trainer(recipe, [cache], folder, workers=0)
    trainer.train(Log(folder, Console(file=io.StringIO())))


def test_the_ages_are_adjusted_as_the_recipe_says(cache: ChipCache, tmp_path: Path) -> None:
    recipe = replace(RECIPE, size=cache.size, logit_adjustment=0.5)
    train(cache, tmp_path, recipe)
    export_run(tmp_path, [cache], tmp_path / "model.onnx")
    chips = np.array(cache.chips[:3])
    logits = AttributeModel(OnnxSession(tmp_path / "model.onnx", threads=1)).logits(chips)
    with torch.inference_mode():
        trained = load_run(tmp_path)[0](torch.from_numpy(chips).permute(0, 3, 1, 2).float())
    shift = -0.5 * np.log(age_frequencies(recipe, [cache]) + 1e-4)
    moved = logits["age_logits"] - trained["age"].numpy()
    np.testing.assert_allclose(moved, np.tile(shift, (3, 1)), atol=0.02)


@pytest.mark.parametrize(
    "network",
    [
        pytest.param(name, marks=() if name in _QUICK else pytest.mark.slow)
        for name in sorted(NETWORKS.keys() - {TINY})
    ],
)
def test_every_network_trains_exports_and_agrees(
    cache: ChipCache, large_cache: ChipCache, tmp_path: Path, network: str
) -> None:
    """After one step PyTorch and ONNX Runtime give the same logits, for one chip and for five."""
    if network == "dlib_resnet":
        cache = large_cache
    train(cache, tmp_path, replace(RECIPE, network=network, size=cache.size))
    path = tmp_path / "model.onnx"
    card = export_run(tmp_path, [cache], path)
    trained, _ = load_run(tmp_path)
    model = AttributeModel(OnnxSession(path, threads=1))
    assert model.card == card
    assert [head.name for head in card.heads] == ["age", "gender", "ethnicity"]
    assert b".py" not in path.read_bytes()  # no path of a source file
    for count in (1, 5):
        chips = np.array(cache.chips[:count])
        with torch.inference_mode():
            logits = trained(torch.from_numpy(chips).permute(0, 3, 1, 2).float())
        ours = model.logits(chips)
        for head in card.heads:
            assert ours[head.output].shape == (count, head.width)
            # The file holds the weights in 16 bits.
            np.testing.assert_allclose(ours[head.output], logits[head.name], atol=_HALVED)


def test_an_exported_model_is_used_with_one_argument(
    cache: ChipCache, tmp_path: Path, astronaut: np.ndarray
) -> None:
    train(cache, tmp_path, RECIPE)
    card = export_run(tmp_path, [cache], tmp_path / "model.onnx")
    (face,) = Analyzer(tmp_path / "model.onnx", attributes=["ethnicity"]).analyze(astronaut)
    ethnicity = face.estimates["ethnicity"]
    assert tuple(ethnicity.probabilities) == card.head("ethnicity").labels
    assert sum(ethnicity.probabilities.values()) == pytest.approx(1, abs=1e-5)
    (face,) = Analyzer(tmp_path / "model.onnx").analyze(astronaut)
    assert list(face.estimates) == ["age", "gender"]  # ethnicity has a notice


def test_the_averaged_weights_are_exported(cache: ChipCache, tmp_path: Path) -> None:
    trainer = Trainer(replace(RECIPE, average=0.9), [cache], tmp_path, workers=0)
    trainer.train(Log(tmp_path, Console(file=io.StringIO())))
    network, recipe = load_run(tmp_path)
    assert recipe == trainer.recipe
    for name, values in trainer.averaged.state_dict().items():
        assert torch.equal(network.state_dict()[name], values), name
    assert not torch.equal(
        network.heads["age_logits"].weight, trainer.network.heads["age_logits"].weight
    )


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no checkpoint"):
        load_run(tmp_path)
