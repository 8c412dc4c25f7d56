from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

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
from mien.faces.align import UTKFACE_TEMPLATE, ChipTemplate
from mien.runtime import OnnxSession
from mien.training.distillation import Taught, Teachers
from mien.training.entries import HeadEntry, TeacherEntry, known_heads
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
    """Writes a model that predicts a woman of about that age for every face."""
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


def load(*models: Path | TeacherEntry, heads: Sequence[Head] = BOTH, **options: Any) -> Teachers:
    entries = [m if isinstance(m, TeacherEntry) else TeacherEntry(str(m)) for m in models]
    settings = {"splits": ["train"], "template": UTKFACE_TEMPLATE, "sets": ["one"]} | options
    return Teachers(entries, heads, **settings)


class Drawn(np.random.Generator):
    """Draws an order of the teachers, and no mirror images unless told otherwise."""

    def __init__(self, *order: int, mirrored: bool = False) -> None:
        super().__init__(np.random.PCG64(0))
        self._order = np.array(order)
        self._mirrored = mirrored

    def random(self) -> float:
        return 0.0 if self._mirrored else 0.9

    def permutation(self, count: int) -> np.ndarray:
        assert len(self._order) == count
        return self._order


def ages(
    teachers: Teachers, chips: torch.Tensor, *order: int, sets: Sequence[int] = (), **options: bool
) -> Taught:
    numbers = torch.tensor(sets or [0] * len(chips))
    return teachers.predict(chips, numbers, Drawn(*(order or (0,)), **options))["age"]


@pytest.fixture
def chips(cache: ChipCache) -> torch.Tensor:
    return torch.from_numpy(np.array(cache.chips[:5])).permute(0, 3, 1, 2).float()


def test_one_of_the_teachers_predicts_at_its_own_size(
    cache: ChipCache, chips: torch.Tensor, tmp_path: Path
) -> None:
    same = write_teacher(cache, tmp_path / "same.onnx", cache.size, age=30)
    larger = write_teacher(cache, tmp_path / "larger.onnx", cache.size + 32, age=60)
    both = load(same, larger)
    first, second = (ages(both, chips, *order).probabilities for order in ((0, 1), (1, 0)))
    logits = AttributeModel(OnnxSession(same)).logits(np.array(cache.chips[:5]))
    np.testing.assert_allclose(first, softmax(logits["age_logits"]), atol=1e-5)
    torch.testing.assert_close(second, ages(load(larger), chips).probabilities)
    assert expectation(first.numpy()).mean() == pytest.approx(30, abs=3)
    assert expectation(second.numpy()).mean() == pytest.approx(60, abs=3)
    gender = both.predict(chips, torch.zeros(5).long(), Drawn(0, 1))["gender"].probabilities
    assert gender.shape == (5, 1)
    assert (gender > 0.9).all()


def test_teachers_and_mirror_images_take_turns(
    cache: ChipCache, chips: torch.Tensor, tmp_path: Path
) -> None:
    models = [
        write_teacher(cache, tmp_path / f"{age}.onnx", cache.size, age=age) for age in (30, 60)
    ]
    teachers, random = load(*models), np.random.default_rng(0)
    drawn = [teachers.predict(chips, torch.zeros(5).long(), random)["age"] for _ in range(300)]
    kinds = {taught.probabilities.numpy().tobytes() for taught in drawn}
    every = [
        ages(teachers, chips, *order, mirrored=mirrored).probabilities
        for order in ((0, 1), (1, 0))
        for mirrored in (False, True)
    ]
    assert kinds == {probabilities.numpy().tobytes() for probabilities in every}
    mirrored = ages(load(models[0]), chips.flip(3)).probabilities
    torch.testing.assert_close(every[1], mirrored)
    mean = torch.stack([taught.probabilities for taught in drawn]).mean(0)
    assert expectation(mean.numpy()) == pytest.approx([45] * 5, abs=5)


def test_a_teacher_of_narrower_chips_gets_the_middle(
    cache: ChipCache, chips: torch.Tensor, tmp_path: Path
) -> None:
    path = write_teacher(cache, tmp_path / "narrow.onnx", cache.size, age=30)
    wide = ChipTemplate(crop_scale=2 * UTKFACE_TEMPLATE.crop_scale)
    around = torch.nn.functional.pad(chips, [cache.size // 2] * 4)
    seen = ages(load(path, template=wide), around).probabilities
    torch.testing.assert_close(seen, ages(load(path), chips).probabilities)
    with pytest.raises(RecipeError, match=r"'narrow' takes chips that show more.*of 0\.97 or more"):
        load(path, template=ChipTemplate(crop_scale=0.9))


def test_a_teacher_of_some_sets_teaches_their_chips_alone(
    cache: ChipCache, chips: torch.Tensor, tmp_path: Path
) -> None:
    young = write_teacher(cache, tmp_path / "young.onnx", cache.size, age=30)
    old = write_teacher(cache, tmp_path / "old.onnx", cache.size, age=60)
    of_two, of_all = TeacherEntry(str(young), ["two"]), TeacherEntry(str(old))
    both, numbers = load(of_two, of_all, sets=["one", "two"]), [0, 1, 0, 1, 0]
    taught = ages(both, chips, 0, 1, sets=numbers)
    assert taught.rows.tolist() == [1, 3, 0, 2, 4]
    assert expectation(taught.probabilities.numpy()) == pytest.approx([30, 30, 60, 60, 60], abs=3)
    taught = ages(both, chips, 1, 0, sets=numbers)
    assert taught.rows.tolist() == [0, 1, 2, 3, 4]
    assert expectation(taught.probabilities.numpy()) == pytest.approx([60] * 5, abs=3)
    alone = ages(load(of_two, sets=["one", "two", "three"]), chips, sets=[2, 1, 0, 1, 0])
    assert alone.rows.tolist() == [1, 3]
    assert expectation(alone.probabilities.numpy()) == pytest.approx([30, 30], abs=3)
    with pytest.raises(RecipeError, match="for the data set 'two', which is not given"):
        load(of_two)


def test_a_head_is_taught_by_the_teachers_that_have_it(
    cache: ChipCache, chips: torch.Tensor, tmp_path: Path
) -> None:
    hat = HeadEntry("hat", "categorical", ["none", "cap", "helmet"])
    plain = write_teacher(cache, tmp_path / "plain.onnx", cache.size, age=30)
    knowing = write_teacher(cache, tmp_path / "knowing.onnx", cache.size, age=60, further=(hat,))
    heads, sets = (AGE, hat.head, ETHNICITY), torch.zeros(5).long()
    teachers = load(plain, knowing, heads=heads)
    assert list(teachers.predict(chips, sets, Drawn(0, 1))) == ["age"]
    both = teachers.predict(chips, sets, Drawn(1, 0))
    assert list(both) == ["age", "hat"]  # no teacher has ethnicity; the student has no gender
    alone = load(knowing, heads=heads).predict(chips, sets, Drawn(0))
    torch.testing.assert_close(both["hat"].probabilities, alone["hat"].probabilities)
    torch.testing.assert_close(both["hat"].probabilities.sum(dim=1), torch.ones(5))
    other = Head("hat", "categorical", ("cap", "none", "helmet"))
    with pytest.raises(RecipeError, match="'knowing' has other labels of 'hat' than its student"):
        load(knowing, heads=(other,))


def test_a_student_learns_to_predict_like_its_teacher(cache: ChipCache, tmp_path: Path) -> None:
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
        teachers=[TeacherEntry(str(teacher))],
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


def test_a_teacher_of_another_split_is_refused(cache: ChipCache, tmp_path: Path) -> None:
    knowing = write_teacher(
        cache, tmp_path / "knowing.onnx", cache.size, age=30, splits=("train", "val")
    )
    with pytest.raises(RecipeError, match="'knowing' was trained on the split 'val'"):
        load(knowing)
    load(knowing, splits=["train", "val"])
    with pytest.raises(ModelError, match="no model 'nobody'"):
        load(TeacherEntry("nobody"))


def test_the_terms_of_a_teacher_are_terms_of_its_student(cache: ChipCache, tmp_path: Path) -> None:
    teacher = write_teacher(cache, tmp_path / "teacher.onnx", cache.size, age=30)
    card = read_card(OnnxSession(teacher).metadata)
    assert card.licence == "trained on test: unknown"
    of_its_teachers = "teacher trained on films: buy; teacher trained on test: unknown"
    licence = f"{card.licence}; trained on secrets: ask first; {of_its_teachers}"
    write_card(teacher, replace(card, licence=licence))
    recipe = Recipe("student", TINY, size=cache.size, teachers=[TeacherEntry(str(teacher))])
    network = AttributeNetwork(recipe.network, recipe.size, BOTH)
    student = make_card(network, recipe, [cache])
    assert student.licence == (
        "trained on test: unknown; teacher trained on secrets: ask first;"
        " teacher trained on films: buy"
    )
