from __future__ import annotations

import csv
import io
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console

from mien import Analyzer
from mien.attributes.model import AttributeModel
from mien.datasets.chips.cache import ChipCache
from mien.errors import ModelError, RecipeError
from mien.exporting.onnx import export_run, load_run
from mien.runtime.onnx import OnnxSession
from mien.training.log import Log
from mien.training.loop import Trainer
from mien.training.networks import NETWORKS
from mien.training.networks.mobilenet_v1 import MobileNetV1
from mien.training.recipe import Augmentation, Recipe

_HALVED = 2e-3  # logits of a network whose weights were rounded to 16 bits differ by less
RECIPE = Recipe("test", "mobilenet_v1", size=64, epochs=3, batch=6, warmup=2, learning_rate=1e-3)


class InterruptedLog(Log):
    """Interrupts training after some steps, as Ctrl-C does."""

    def __init__(self, folder: Path, after: int) -> None:
        super().__init__(folder, Console(file=io.StringIO()))
        self._left = after

    def step(self, step: int, losses: dict[str, float]) -> None:
        super().step(step, losses)
        self._left -= 1
        if self._left == 0:
            raise KeyboardInterrupt


def train(cache: ChipCache, folder: Path, recipe: Recipe = RECIPE, **options: int) -> Trainer:
    trainer = Trainer(recipe, [cache], folder, **options)
    trainer.resume()
    trainer.train(Log(folder, Console(file=io.StringIO())))
    return trainer


@pytest.mark.parametrize("cutmix", [0.0, 0.5])
@pytest.mark.parametrize("teachers", [[], ["default"]])
def test_an_interrupted_run_continues_exactly(
    cache: ChipCache, tmp_path: Path, cutmix: float, teachers: list[str]
) -> None:
    recipe = replace(RECIPE, cutmix=cutmix, teachers=teachers)
    whole = train(cache, tmp_path / "whole", recipe)
    interrupted = Trainer(recipe, [cache], tmp_path / "parts")
    with pytest.raises(KeyboardInterrupt):
        interrupted.train(InterruptedLog(tmp_path / "parts", after=6))
    torch.manual_seed(99)  # what another process would have
    resumed = train(cache, tmp_path / "parts", recipe)
    for (name, a), b in zip(
        whole.averaged.state_dict().items(), resumed.averaged.state_dict().values(), strict=True
    ):
        assert torch.equal(a, b), name


def test_loading_processes_change_nothing(cache: ChipCache, tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=1)
    alone = train(cache, tmp_path / "alone", recipe, workers=0)
    helped = train(cache, tmp_path / "helped", recipe, workers=2)
    for a, b in zip(alone.network.parameters(), helped.network.parameters(), strict=True):
        assert torch.equal(a, b)


def test_progressive_epochs_see_smaller_chips(cache: ChipCache, tmp_path: Path) -> None:
    recipe = replace(RECIPE, progressive=[32, 48])
    trainer = Trainer(recipe, [cache], tmp_path)
    learnt, measured = sides_seen(trainer.network), sides_seen(trainer.averaged)
    trainer.train(Log(tmp_path, Console(file=io.StringIO())))
    for seen in (learnt, measured):
        steps = len(seen) // 3
        assert seen == [32] * steps + [48] * steps + [64] * steps


def sides_seen(network: torch.nn.Module) -> list[int]:
    """Returns a list to which the side of the chips of each batch will be added."""
    seen: list[int] = []
    network.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].shape[-1]))
    return seen


@pytest.mark.parametrize("wanted", [0.0, 1.0])
def test_some_steps_see_pieces_of_other_faces(
    cache: ChipCache, tmp_path: Path, wanted: float
) -> None:
    still = Augmentation(**dict.fromkeys(asdict(Augmentation()), 0.0))
    recipe = replace(RECIPE, epochs=1, cutmix=wanted, augmentation=still)
    trainer = Trainer(recipe, [cache], tmp_path)
    whole = {chip.tobytes() for chip in cache.chips}
    pieced: list[bool] = []

    def note(_: torch.nn.Module, inputs: tuple[torch.Tensor]) -> None:
        chips = inputs[0].permute(0, 2, 3, 1).to(torch.uint8).contiguous().numpy()
        pieced.append(any(chip.tobytes() not in whole for chip in chips))

    trainer.network.register_forward_pre_hook(note)
    trainer.train(Log(tmp_path, Console(file=io.StringIO())))
    assert len(pieced) == trainer.steps
    assert sum(pieced) == wanted * trainer.steps


def test_a_data_set_can_be_shown_more_often(cache: ChipCache, tmp_path: Path) -> None:
    once = Trainer(RECIPE, [cache], tmp_path)
    twice = Trainer(replace(RECIPE, repeat={cache.name: 2}), [cache], tmp_path)
    assert twice.pictures == 2 * once.pictures
    with pytest.raises(RecipeError, match="repeats 'imdb', of which there is no cache"):
        Trainer(replace(RECIPE, repeat={"imdb": 2}), [cache], tmp_path)


def test_strided_depthwise_convolutions_train_in_32_bits_among_16() -> None:
    network = MobileNetV1().train()
    images = torch.rand(2, 3, 64, 64)
    kinds: dict[bool, set[torch.dtype]] = {True: set(), False: set()}

    def note(layer: torch.nn.Module, _: object, output: torch.Tensor) -> None:
        assert isinstance(layer, torch.nn.Conv2d)
        kinds[layer.groups > 1 and layer.stride == (2, 2)].add(output.dtype)

    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.register_forward_hook(note)
    with torch.autocast("cpu", torch.bfloat16):
        network(images).float().square().mean().backward()
    assert kinds == {True: {torch.float32}, False: {torch.bfloat16}}
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_training_learns_and_logs(cache: ChipCache, tmp_path: Path) -> None:
    train(cache, tmp_path, replace(RECIPE, epochs=8, average=0.5))
    with (tmp_path / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["epoch"]) for row in rows] == list(range(1, 9))
    assert float(rows[-1]["train/loss"]) < 0.8 * float(rows[0]["train/loss"])
    for key in ("test/mae_median", "test/gender_accuracy", "train/age", "train/gender"):
        assert np.isfinite(float(rows[-1][key]))
    assert list((tmp_path / "tensorboard").iterdir())
    assert (tmp_path / "learning-curves.png").stat().st_size > 10_000


def test_a_checkpoint_of_another_recipe_is_refused(cache: ChipCache, tmp_path: Path) -> None:
    train(cache, tmp_path, replace(RECIPE, epochs=1))
    with pytest.raises(RecipeError, match="another recipe"):
        Trainer(RECIPE, [cache], tmp_path).resume()


def test_a_cache_of_another_size_is_refused(cache: ChipCache, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="96 pixels"):
        Trainer(replace(RECIPE, size=96), [cache], tmp_path)


def test_chips_of_another_field_are_refused(cache: ChipCache, tmp_path: Path) -> None:
    wider = replace(cache, template=replace(cache.template, field=1.2))
    with pytest.raises(RecipeError, match=r"wants chips of field 0\.97, those of test are of 1\.2"):
        Trainer(RECIPE, [cache, wider], tmp_path)
    train(wider, tmp_path, replace(RECIPE, epochs=1, field=1.2))
    with pytest.raises(RecipeError, match=r"wants chips of field 1\.2"):
        export_run(tmp_path, [cache], tmp_path / "model.onnx")
    assert export_run(tmp_path, [wider], tmp_path / "model.onnx").template.field == 1.2


def test_a_split_without_pictures_is_refused(cache: ChipCache, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="too few"):
        Trainer(replace(RECIPE, splits=["test"]), [cache], tmp_path)


@pytest.mark.parametrize("network", sorted(NETWORKS))
def test_every_network_trains_exports_and_agrees(
    cache: ChipCache, large_cache: ChipCache, tmp_path: Path, network: str
) -> None:
    """One step of each, then PyTorch and ONNX Runtime agree on real chips at any batch."""
    if network == "dlib_resnet":
        cache = large_cache
    recipe = replace(RECIPE, network=network, size=cache.size, epochs=1, ethnicity=True, batch=14)
    train(cache, tmp_path, recipe)
    path = tmp_path / "model.onnx"
    card = export_run(tmp_path, [cache], path)
    trained, _ = load_run(tmp_path)
    model = AttributeModel(OnnxSession(path, threads=1))
    assert model.card == card
    assert card.ethnicities
    assert b".py" not in path.read_bytes()  # nothing of where it was made
    for count in (1, 5):
        chips = np.array(cache.chips[:count])
        with torch.inference_mode():
            logits = trained(torch.from_numpy(chips).permute(0, 3, 1, 2).float())
        ours = model.logits(chips)
        # The file holds the weights in 16 bits.
        np.testing.assert_allclose(ours["age_logits"], logits.age, atol=_HALVED)
        np.testing.assert_allclose(ours["gender_logit"], logits.gender, atol=_HALVED)
        np.testing.assert_allclose(ours["ethnicity_logits"], logits.ethnicity, atol=_HALVED)


def test_an_exported_model_is_used_with_one_argument(
    cache: ChipCache, tmp_path: Path, astronaut: np.ndarray
) -> None:
    train(cache, tmp_path, replace(RECIPE, epochs=1, ethnicity=True))
    export_run(tmp_path, [cache], tmp_path / "model.onnx")
    (face,) = Analyzer(model=tmp_path / "model.onnx", ethnicity=True).analyze(astronaut)
    assert face.ethnicity is not None
    assert sum(face.ethnicity.values()) == pytest.approx(1, abs=1e-5)


def test_a_run_that_is_not_there(cache: ChipCache, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no checkpoint"):
        load_run(tmp_path)
