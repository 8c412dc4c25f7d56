from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from rich.console import Console

from mien.ages import expectation, softmax
from mien.attributes.card import read_card
from mien.attributes.heads import AGE, ETHNICITY, GENDER, Head
from mien.attributes.model import AttributeModel
from mien.datasets.chips.cache import ChipCache
from mien.errors import ModelError, RecipeError
from mien.exporting.model_file import write_card
from mien.exporting.onnx import export_onnx, make_card
from mien.runtime import OnnxSession
from mien.training.distillation import Teachers
from mien.training.entries import HeadEntry, known_heads
from mien.training.log import Log
from mien.training.loop import Trainer
from mien.training.networks.attribute_network import AttributeNetwork
from mien.training.recipe import Recipe
from tests.chip_caches import TINY

BOTH = (AGE, GENDER)


def write_teacher(
    cache: ChipCache,
    path: Path,
    size: int,
    *,
    age: int,
    splits: tuple[str, ...] = ("train",),
    further: tuple[HeadEntry, ...] = (),
) -> Path:
    """Writes a model that takes every face for that of a woman of about that age."""
    torch.manual_seed(age)
    heads = [*known_heads("age", "gender"), *further]
    recipe = Recipe(path.stem, TINY, heads, size=size, splits=list(splits))
    network = AttributeNetwork(recipe.network, recipe.size, recipe.trained_heads).eval()
    with torch.no_grad():
        network.heads["age_logits"].bias.copy_(-0.05 * (torch.arange(101.0) - age) ** 2)
        network.heads["gender_logits"].bias.fill_(3.0)
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
    first = Teachers.load([str(same)], ["train"], BOTH).predict(chips)
    second = Teachers.load([str(larger)], ["train"], BOTH).predict(chips)
    both = Teachers.load([str(same), str(larger)], ["train"], BOTH).predict(chips)
    logits = AttributeModel(OnnxSession(same)).logits(np.array(cache.chips[:5]))
    np.testing.assert_allclose(first["age"], softmax(logits["age_logits"]), atol=1e-5)
    np.testing.assert_allclose(both["age"], (first["age"] + second["age"]) / 2, atol=1e-6)
    assert expectation(both["age"].numpy()) == pytest.approx(45, abs=3)
    assert both["gender"].shape == (5, 1)
    assert (both["gender"] > 0.9).all()


def test_a_head_is_taught_by_those_that_have_it(cache: ChipCache, tmp_path: Path) -> None:
    hat = HeadEntry("hat", "categorical", ["none", "cap", "helmet"])
    plain = write_teacher(cache, tmp_path / "plain.onnx", cache.size, age=30)
    knowing = write_teacher(cache, tmp_path / "knowing.onnx", cache.size, age=60, further=(hat,))
    chips = torch.from_numpy(np.array(cache.chips[:5])).permute(0, 3, 1, 2).float()
    heads = (AGE, hat.head, ETHNICITY)
    both = Teachers.load([str(plain), str(knowing)], ["train"], heads).predict(chips)
    assert list(both) == ["age", "hat"]  # nobody teaches ethnicity, and the student has no gender
    alone = Teachers.load([str(knowing)], ["train"], heads).predict(chips)
    torch.testing.assert_close(both["hat"], alone["hat"])
    torch.testing.assert_close(both["hat"].sum(dim=1), torch.ones(5))
    other = Head("hat", "categorical", ("cap", "none", "helmet"))
    with pytest.raises(RecipeError, match="'knowing' has other labels of 'hat' than its student"):
        Teachers.load([str(knowing)], ["train"], (other,))


def test_a_student_comes_to_predict_what_its_teacher_predicts(
    cache: ChipCache, tmp_path: Path
) -> None:
    teacher = write_teacher(cache, tmp_path / "teacher.onnx", cache.size, age=70)
    recipe = Recipe(
        "student",
        TINY,
        size=cache.size,
        epochs=12,
        batch=14,
        warmup=2,
        learning_rate=0.1,
        repeat={"test": 4},
        cutmix=0.5,
        teachers=[str(teacher)],
        teacher_weight=1.0,
    )
    trainer = Trainer(recipe, [cache], tmp_path / "run", workers=0)
    trainer.train(Log(tmp_path / "run", Console(file=io.StringIO())))
    network = trainer.network.eval()
    chips = torch.from_numpy(np.array(cache.chips)).permute(0, 3, 1, 2).float()
    with torch.inference_mode():
        logits = network(chips)
    labels = [row.record.age_low for row in cache.rows]
    assert max(labels) < 50
    assert expectation(logits["age"].softmax(1).numpy()).mean() == pytest.approx(70, abs=8)
    assert (logits["gender"] > 0).float().mean() > 0.8


def test_what_a_student_may_not_know_its_teacher_may_not_know(
    cache: ChipCache, tmp_path: Path
) -> None:
    knowing = write_teacher(
        cache, tmp_path / "knowing.onnx", cache.size, age=30, splits=("train", "val")
    )
    with pytest.raises(RecipeError, match="'knowing' learnt from 'val'"):
        Teachers.load([str(knowing)], ["train"], BOTH)
    Teachers.load([str(knowing)], ["train", "val"], BOTH)
    with pytest.raises(ModelError, match="no model 'nobody'"):
        Teachers.load(["nobody"], ["train"], BOTH)


def test_terms_of_a_teacher_hold_for_its_student(cache: ChipCache, tmp_path: Path) -> None:
    teacher = write_teacher(cache, tmp_path / "teacher.onnx", cache.size, age=30)
    card = read_card(OnnxSession(teacher).metadata)
    assert card.licence == "trained on test: unknown"
    write_card(teacher, replace(card, licence=f"{card.licence}; trained on secrets: ask first"))
    recipe = Recipe("student", TINY, size=cache.size, teachers=[str(teacher)])
    network = AttributeNetwork(recipe.network, recipe.size, BOTH)
    student = make_card(network, recipe, [cache])
    assert student.licence == "trained on test: unknown; teacher trained on secrets: ask first"
