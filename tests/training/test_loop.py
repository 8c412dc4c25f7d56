from __future__ import annotations

import csv
import io
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console

from mien.datasets.chips.cache import ChipCache
from mien.errors import RecipeError
from mien.evaluation.learning_curves import draw, draw_learning_curves, read_log
from mien.exporting.onnx import export_run
from mien.faces.align import ChipTemplate
from mien.training.entries import Augmentation, HeadEntry, TeacherEntry, known_heads
from mien.training.log import Log
from mien.training.loop import Trainer
from mien.training.networks.mobilenet_v1 import MobileNetV1
from mien.training.recipe import Recipe
from tests.chip_caches import SIZE, TINY, build

RECIPE = Recipe("test", TINY, size=64, epochs=3, batch=6, warmup=2, learning_rate=1e-3)
ALL_HEADS = known_heads("age", "gender", "ethnicity")


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


def train(cache: ChipCache, folder: Path, recipe: Recipe = RECIPE, workers: int = 0) -> Trainer:
    trainer = Trainer(recipe, [cache], folder, workers=workers)
    trainer.resume()
    trainer.train(Log(folder, Console(file=io.StringIO())))
    return trainer


@pytest.fixture(scope="module")
def wide_cache(astronaut: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> ChipCache:
    """Small chips that show as much as those of the bundled model, which teaches here."""
    return build(astronaut, tmp_path_factory.mktemp("wide"), SIZE, ChipTemplate(crop_scale=1.2))


@pytest.mark.parametrize("cutmix", [0.0, 0.5])
@pytest.mark.parametrize("teachers", [[], ["default"]])
def test_an_interrupted_run_continues_exactly(
    wide_cache: ChipCache, tmp_path: Path, cutmix: float, teachers: list[str]
) -> None:
    recipe = replace(
        RECIPE,
        heads=ALL_HEADS,
        crop_scale=wide_cache.template.crop_scale,
        cutmix=cutmix,
        teachers=[TeacherEntry(model) for model in teachers],
    )
    whole = train(wide_cache, tmp_path / "whole", recipe)
    interrupted = Trainer(recipe, [wide_cache], tmp_path / "parts", workers=0)
    with pytest.raises(KeyboardInterrupt):
        interrupted.train(InterruptedLog(tmp_path / "parts", after=6))
    torch.manual_seed(99)  # another process has another state of the random numbers
    resumed = train(wide_cache, tmp_path / "parts", recipe)
    for (name, a), b in zip(
        whole.averaged.state_dict().items(), resumed.averaged.state_dict().values(), strict=True
    ):
        assert torch.equal(a, b), name


def test_loading_processes_do_not_change_the_result(cache: ChipCache, tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=1)
    alone = train(cache, tmp_path / "alone", recipe, workers=0)
    helped = train(cache, tmp_path / "helped", recipe, workers=2)
    for a, b in zip(alone.network.parameters(), helped.network.parameters(), strict=True):
        assert torch.equal(a, b)


def test_progressive_epochs_see_smaller_chips(cache: ChipCache, tmp_path: Path) -> None:
    recipe = replace(RECIPE, progressive=[32, 48])
    trainer = Trainer(recipe, [cache], tmp_path, workers=0)
    trained, validated = sides_seen(trainer.network), sides_seen(trainer.averaged)
    trainer.train(Log(tmp_path, Console(file=io.StringIO())))
    for seen in (trained, validated):
        steps = len(seen) // 3
        assert seen == [32] * steps + [48] * steps + [64] * steps


def sides_seen(network: torch.nn.Module) -> list[int]:
    """Returns a list to which the side of the chips of each batch will be added."""
    seen: list[int] = []
    network.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].shape[-1]))
    return seen


@pytest.mark.parametrize("wanted", [0.0, 1.0])
def test_cutmix_gives_the_wanted_share_of_steps_pieces_of_other_faces(
    cache: ChipCache, tmp_path: Path, wanted: float
) -> None:
    still = Augmentation(**dict.fromkeys(asdict(Augmentation()), 0.0))
    recipe = replace(RECIPE, epochs=1, cutmix=wanted, augmentation=still)
    trainer = Trainer(recipe, [cache], tmp_path, workers=0)
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
    with pytest.raises(RecipeError, match="repeats the data set 'imdb', which is not given"):
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
    train(cache, tmp_path, replace(RECIPE, epochs=8, average=0.5, learning_rate=0.02))
    with (tmp_path / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["epoch"]) for row in rows] == list(range(1, 9))
    assert float(rows[-1]["train/loss"]) < 0.8 * float(rows[0]["train/loss"])
    for key in ("test/mae_median", "test/gender_accuracy", "train/age", "train/gender"):
        assert np.isfinite(float(rows[-1][key]))
    assert list((tmp_path / "tensorboard").iterdir())
    points = {
        axes.get_title(loc="left"): {line.get_label(): len(line.get_xdata()) for line in axes.lines}
        for axes in draw(read_log(tmp_path / "log.csv")).axes
    }
    assert points["Training loss"] == {"loss": 8, "age": 8, "gender": 8}
    assert points["Error of the median, years"] == {"test": 8}
    draw_learning_curves(tmp_path / "log.csv", tmp_path / "again.png")
    written, again = (tmp_path / name for name in ("learning-curves.png", "again.png"))
    assert written.read_bytes() == again.read_bytes()


def test_every_head_is_measured_and_weighted(cache: ChipCache, tmp_path: Path) -> None:
    trainer = Trainer(replace(RECIPE, heads=ALL_HEADS), [cache], tmp_path, workers=0)
    trainer.train(Log(tmp_path, Console(file=io.StringIO())))
    with (tmp_path / "log.csv").open() as file:
        first, *_ = csv.DictReader(file)
    for name in ("gender", "ethnicity"):
        assert 0 <= float(first[f"test/{name}_accuracy"]) <= 1
    # The loss of an untrained network is the logarithm of the number of labels, times the weight.
    assert float(first["train/ethnicity"]) == pytest.approx(0.3 * np.log(5), rel=0.3)
    assert float(first["train/gender"]) == pytest.approx(np.log(2), rel=0.3)


def test_a_head_without_labels_is_refused(cache: ChipCache, tmp_path: Path) -> None:
    hat = HeadEntry("hat", "binary", ["no", "yes"])
    with pytest.raises(RecipeError, match=r"no picture in \['train'\] has a label of 'hat'"):
        Trainer(replace(RECIPE, heads=[hat]), [cache], tmp_path)


def test_the_first_steps_lose_their_weight_in_the_average(cache: ChipCache, tmp_path: Path) -> None:
    """The decay of each step is min(average, (1 + step) / (10 + step))."""
    trainer = Trainer(replace(RECIPE, average=0.5), [cache], tmp_path, workers=0)
    seen: list[dict[str, torch.Tensor]] = []

    class Noting(Log):
        def step(self, step: int, losses: dict[str, float]) -> None:
            super().step(step, losses)
            seen.append({k: v.clone() for k, v in trainer.network.state_dict().items()})

    trainer.train(Noting(tmp_path, Console(file=io.StringIO())))
    expected = seen[0]
    for step, state in enumerate(seen[1:], 1):
        decay = min(0.5, (1 + step) / (10 + step))
        expected = {
            name: torch.lerp(expected[name], state[name], 1 - decay)
            for name in state
            if state[name].is_floating_point()
        }
    averaged = trainer.averaged.state_dict()
    assert any("running_mean" in name for name in expected)
    for name, values in expected.items():
        torch.testing.assert_close(averaged[name], values)


def test_a_checkpoint_of_another_recipe_is_refused(cache: ChipCache, tmp_path: Path) -> None:
    train(cache, tmp_path, replace(RECIPE, epochs=1))
    with pytest.raises(RecipeError, match="another recipe"):
        Trainer(RECIPE, [cache], tmp_path).resume()


def test_a_cache_of_another_size_is_refused(cache: ChipCache, tmp_path: Path) -> None:
    with pytest.raises(
        RecipeError, match=r"size is 96, that of the chips of 'test' 64; .*--size 96"
    ):
        Trainer(replace(RECIPE, size=96), [cache], tmp_path)


def test_chips_of_another_field_are_refused(cache: ChipCache, tmp_path: Path) -> None:
    wider = replace(cache, template=replace(cache.template, crop_scale=1.2))
    with pytest.raises(RecipeError, match=r"crop scale is 0\.97, that of the chips of 'test' 1\.2"):
        Trainer(RECIPE, [cache, wider], tmp_path)
    train(wider, tmp_path, replace(RECIPE, epochs=1, crop_scale=1.2))
    with pytest.raises(RecipeError, match=r"crop scale is 1\.2, that of the chips of 'test' 0\.97"):
        export_run(tmp_path, [cache], tmp_path / "model.onnx")
    assert export_run(tmp_path, [wider], tmp_path / "model.onnx").template.crop_scale == 1.2


def test_a_split_without_pictures_is_refused(cache: ChipCache, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="too few"):
        Trainer(replace(RECIPE, splits=["test"]), [cache], tmp_path)
