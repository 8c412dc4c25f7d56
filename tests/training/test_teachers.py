from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import entropy

from mien.attributes.ages import softmax
from mien.attributes.model import AttributeModel
from mien.data.chips import ChipCache
from mien.errors import RecipeError
from mien.runtime import OnnxSession
from mien.training.dataset import ChipDataset
from mien.training.export import export_onnx, make_card
from mien.training.losses import age_targets, teacher_age_loss
from mien.training.model import AttributeNetwork
from mien.training.model_file import write_card
from mien.training.recipe import Recipe
from mien.training.teachers import Answers, Teachers, picture_key, save_answers
from mien.training.teaching import ask


def answers(count: int, seed: int) -> Answers:
    random = np.random.default_rng(seed)
    age = random.random((count, 101)).astype(np.float32)
    return Answers(age / age.sum(axis=1, keepdims=True), random.random(count).astype(np.float32))


def test_teachers_are_averaged_whatever_their_order(tmp_path: Path) -> None:
    first, second = answers(3, 0), answers(3, 1)
    save_answers(tmp_path / "a.npz", ["x", "y", "z"], first)
    save_answers(
        tmp_path / "b.npz", ["z", "y", "x"], Answers(second.age[::-1], second.female[::-1])
    )
    age, female = Teachers.load([tmp_path / "a.npz", tmp_path / "b.npz"]).about(["z", "x"])
    np.testing.assert_allclose(age, (first.age + second.age)[[2, 0]] / 2, atol=1e-4)
    np.testing.assert_allclose(female, (first.female + second.female)[[2, 0]] / 2, atol=1e-6)


def test_answers_about_other_pictures_are_refused(tmp_path: Path) -> None:
    save_answers(tmp_path / "a.npz", ["x", "y"], answers(2, 0))
    save_answers(tmp_path / "b.npz", ["x", "z"], answers(2, 0))
    with pytest.raises(RecipeError, match="other pictures"):
        Teachers.load([tmp_path / "a.npz", tmp_path / "b.npz"])
    with pytest.raises(RecipeError, match="not asked about 'q'"):
        Teachers.load([tmp_path / "a.npz"]).about(["q"])
    with pytest.raises(RecipeError, match="no teacher's answers"):
        Teachers.load([tmp_path / "none.npz"])
    (tmp_path / "text.npz").write_text("text")
    with pytest.raises(RecipeError, match="does not hold"):
        Teachers.load([tmp_path / "text.npz"])


def test_a_data_set_brings_the_teachers_answers(cache: ChipCache, tmp_path: Path) -> None:
    plain = ChipDataset([cache], ["train"])
    said = answers(len(plain), 0)
    save_answers(tmp_path / "a.npz", plain.keys, said)
    taught = ChipDataset([cache], ["train"], teachers=Teachers.load([tmp_path / "a.npz"]))
    for i in (0, 7):
        item = taught[(0, i)]
        np.testing.assert_allclose(item["teacher_age"], said.age[i], atol=1e-4)
        assert item["teacher_female"].item() == pytest.approx(float(said.female[i]))
    assert "teacher_age" not in plain[(0, 0)]


def test_the_loss_is_the_divergence_within_what_the_label_allows() -> None:
    torch.manual_seed(0)
    logits = torch.randn(2, 101)
    teacher = torch.randn(2, 101).softmax(1)
    low, high = torch.tensor([40, 20]), torch.tensor([40, 29])
    targets = age_targets(low, high, 1.5, 0.03)
    loss = teacher_age_loss(logits, teacher, targets, low == high)
    probabilities = logits.softmax(1).numpy()
    assert loss[0].item() == pytest.approx(entropy(teacher[0], probabilities[0]), rel=1e-3)
    within = np.zeros(101)
    within[20:30] = teacher[1, 20:30]
    assert loss[1].item() == pytest.approx(entropy(within, probabilities[1]), rel=1e-3)


def test_a_model_is_asked_about_its_training_pictures_and_their_mirror_images(
    cache: ChipCache, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    recipe = Recipe("teacher", "mobilenet_v1", size=cache.size)
    network = AttributeNetwork(recipe.network, recipe.size).eval()
    path = tmp_path / "teacher.onnx"
    export_onnx(network, np.array(cache.chips[:16]), path)
    write_card(path, make_card(network, recipe, [cache]))
    model = AttributeModel(OnnxSession(path))
    assert ask(model, [cache], tmp_path / "a.npz") == len(cache.select("train"))
    first = int(cache.select("train")[0])
    chip = np.array(cache.chips[first : first + 1])
    said = [model.logits(view)["age_logits"] for view in (chip, np.array(chip[:, :, ::-1]))]
    age, _ = Teachers.load([tmp_path / "a.npz"]).about([picture_key(cache, first)])
    np.testing.assert_allclose(age, (softmax(said[0]) + softmax(said[1])) / 2, atol=1e-3)
