from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from rich.console import Console
from scipy.stats import entropy

from mien.ages import expectation, softmax
from mien.attributes.card import read_card
from mien.attributes.model import AttributeModel
from mien.datasets.chips.cache import ChipCache
from mien.errors import ModelError, RecipeError
from mien.exporting.model_file import write_card
from mien.exporting.onnx import export_onnx, make_card
from mien.runtime.onnx import OnnxSession
from mien.training.distillation import Teachers
from mien.training.log import Log
from mien.training.loop import Trainer
from mien.training.losses import teacher_loss
from mien.training.networks.attribute_network import AttributeNetwork, Logits
from mien.training.recipe import Recipe


def write_teacher(
    cache: ChipCache, path: Path, size: int, *, age: int, splits: tuple[str, ...] = ("train",)
) -> Path:
    """Writes a model that takes everyone for a woman of about that age."""
    torch.manual_seed(age)
    recipe = Recipe(path.stem, "mobilenet_v1", size=size, splits=list(splits))
    network = AttributeNetwork(recipe.network, recipe.size).eval()
    with torch.no_grad():
        network.age.bias.copy_(-0.05 * (torch.arange(101.0) - age) ** 2)
        network.gender.bias.fill_(3.0)
    chips = np.stack([np.asarray(Image.fromarray(c).resize((size, size))) for c in cache.chips])
    export_onnx(network, chips, path)
    write_card(path, make_card(network, recipe, [cache]))
    return path


def test_teachers_are_asked_at_their_own_size_and_averaged(
    cache: ChipCache, tmp_path: Path
) -> None:
    same = write_teacher(cache, tmp_path / "same.onnx", cache.size, age=30)
    larger = write_teacher(cache, tmp_path / "larger.onnx", cache.size + 32, age=60)
    chips = torch.from_numpy(np.array(cache.chips[:5])).permute(0, 3, 1, 2).float()
    first, _ = Teachers.load([str(same)], ["train"]).judge(chips)
    second, _ = Teachers.load([str(larger)], ["train"]).judge(chips)
    age, female = Teachers.load([str(same), str(larger)], ["train"]).judge(chips)
    logits = AttributeModel(OnnxSession(same)).logits(np.array(cache.chips[:5]))
    np.testing.assert_allclose(first, softmax(logits["age_logits"]), atol=1e-5)
    np.testing.assert_allclose(age, (first + second) / 2, atol=1e-6)
    assert expectation(age.numpy()) == pytest.approx(45, abs=3)
    assert female.shape == (5,)
    assert (female > 0.9).all()


def test_a_student_comes_to_say_what_its_teacher_says(cache: ChipCache, tmp_path: Path) -> None:
    teacher = write_teacher(cache, tmp_path / "teacher.onnx", cache.size, age=70)
    recipe = Recipe(
        "student",
        "mobilenet_v1",
        size=cache.size,
        epochs=12,
        batch=14,
        warmup=2,
        learning_rate=3e-3,
        cutmix=0.5,
        teachers=[str(teacher)],
        teacher_weight=1.0,
    )
    trainer = Trainer(recipe, [cache], tmp_path / "run")
    trainer.train(Log(tmp_path / "run", Console(file=io.StringIO())))
    network = trainer.network.eval()
    chips = torch.from_numpy(np.array(cache.chips)).permute(0, 3, 1, 2).float()
    with torch.inference_mode():
        logits = network(chips)
    labels = [row.record.age_low for row in cache.rows]
    assert max(labels) < 50
    assert expectation(logits.age.softmax(1).numpy()).mean() == pytest.approx(70, abs=8)
    assert (logits.gender > 0).float().mean() > 0.8


def test_what_a_student_may_not_know_its_teacher_may_not_know(
    cache: ChipCache, tmp_path: Path
) -> None:
    knowing = write_teacher(
        cache, tmp_path / "knowing.onnx", cache.size, age=30, splits=("train", "val")
    )
    with pytest.raises(RecipeError, match="'knowing' learnt from 'val'"):
        Teachers.load([str(knowing)], ["train"])
    Teachers.load([str(knowing)], ["train", "val"])
    with pytest.raises(ModelError, match="no model 'nobody'"):
        Teachers.load(["nobody"], ["train"])


def test_terms_of_a_teacher_hold_for_its_student(cache: ChipCache, tmp_path: Path) -> None:
    teacher = write_teacher(cache, tmp_path / "teacher.onnx", cache.size, age=30)
    card = read_card(OnnxSession(teacher).metadata)
    assert card.licence == "trained on test: unknown"
    write_card(teacher, replace(card, licence=f"{card.licence}; trained on secrets: ask first"))
    recipe = Recipe("student", "mobilenet_v1", size=cache.size, teachers=[str(teacher)])
    student = make_card(AttributeNetwork(recipe.network, recipe.size), recipe, [cache])
    assert student.licence == "trained on test: unknown; teacher trained on secrets: ask first"


def test_the_loss_is_the_divergence_from_the_teachers() -> None:
    torch.manual_seed(0)
    logits = Logits(torch.randn(4, 101), torch.randn(4), None)
    age, female = torch.randn(4, 101).softmax(1), torch.rand(4)
    age_loss, gender_loss = teacher_loss(logits, age, female)
    expected = entropy(age.numpy(), logits.age.softmax(1).numpy(), axis=1).mean()
    assert age_loss.item() == pytest.approx(expected, rel=1e-4)
    p = logits.gender.sigmoid()
    expected = -(female * p.log() + (1 - female) * (1 - p).log()).mean()
    assert gender_loss.item() == pytest.approx(expected.item(), rel=1e-4)
