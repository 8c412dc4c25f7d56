from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mien.attributes.heads import AGE, ETHNICITY, GENDER, Head
from mien.errors import RecipeError
from mien.training.entries import Augmentation
from mien.training.recipe import Recipe, read_recipe, recipe_from_dict, write_recipe

RECIPES = Path(__file__).parents[2] / "recipes"
HAT = {"name": "hat", "kind": "binary", "labels": ["no", "yes"]}


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_committed_recipes_can_be_read(path: Path) -> None:
    assert read_recipe(path).name


def test_a_written_recipe_can_be_read_again(tmp_path: Path) -> None:
    recipe = Recipe(
        "a", "resnet18", ["ethnicity", HAT], epochs=3, augmentation=Augmentation(rotation=2.0)
    )
    write_recipe(recipe, tmp_path / "a.yaml", "what it is for\nand why")
    assert read_recipe(tmp_path / "a.yaml") == recipe
    assert (tmp_path / "a.yaml").read_text().startswith("# what it is for\n# and why\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("batch: 0", r"/a\.yaml: 'batch' must be at least 2; it is 0$"),
        ("dropout: 3", r"/a\.yaml: 'dropout' must be less than 1; it is 3$"),
        ("cutmix: 1.5", "'cutmix' must be at most 1; it is 1.5"),
        ("epochs: 0", "'epochs' must be at least 1"),
        ("size: 16", "'size' must be at least 32"),
        ("progressive: [96, 8]", r"'progressive\.1' must be at least 32; it is 8"),
        ("learning_rate: .nan", "'learning_rate' must be a finite number"),
        ("learning_rate: 0", "'learning_rate' must be greater than 0"),
        ("augmentation: {blur: 2}", r"'augmentation\.blur' must be at most 1"),
        ("splits: []", "'splits' must be of length 1 or more"),
        ("spikes: {utkface: 260}", r"'spikes\.utkface' must be at most 100"),
        ("size: large", "'size' must be a whole number; it is 'large'"),
        ("epochs: true", "'epochs' must be a whole number; it is True"),
        ("nonsense: 1", "there is no entry 'nonsense'"),
        ("augmentation: {flop: 1}", r"there is no entry 'augmentation\.flop'"),
        ("splits: train", "'splits' must be a list; it is 'train'"),
        ("progressive: [96, large]", r"'progressive\.1' must be a whole number"),
        ("repeat: {utkface: often}", r"'repeat\.utkface' must be a number; it is 'often'"),
        ("repeat: often", "'repeat' must be named entries"),
        ("heads: []", "'heads' must be of length 1 or more"),
        (
            "heads: [age, hat]",
            r"'heads\.1' cannot be used: there is no known head 'hat'.*give its name, kind and",
        ),
        ("heads: [age, age]", "the head 'age' is there twice"),
        ("heads: [{name: hat}]", r"the entry 'heads\.0\.kind' is missing"),
        ("heads: [{name: hat, kind: choice}]", "must be 'distribution', 'binary' or 'categorical'"),
        ("heads: [{name: hat, kind: binary, labels: [a]}]", "labels of the head 'hat' do not suit"),
        (
            "heads: [{name: gender, labels: [woman, man]}]",
            "the head 'gender' is a known head; leave out its kind and its labels",
        ),
        ("heads: [{name: age, weight: -1}]", r"'heads\.0\.weight' must be at least 0"),
        ("heads: [gender]\nthreshold_weight: 1", "'threshold_weight' needs the head 'age'"),
        ("heads: [gender]\nlogit_adjustment: 1", "'logit_adjustment' needs the head 'age'"),
    ],
)
def test_a_faulty_entry_is_refused_in_a_sentence(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"name: a\nnetwork: b\n{text}\n")
    with pytest.raises(RecipeError, match=message) as refusal:
        read_recipe(path)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("network: resnet18", "the entry 'name' is missing"),
        ("nmae: a\nnetwork: resnet18", "there is no entry 'nmae'"),
        ("[1, 2]", "a recipe must be named entries"),
        ("", "a recipe must be named entries"),
        ("name: [", "not YAML"),
        ("name: !!int x", "not YAML: invalid literal"),
        ("name: !!timestamp x", "not YAML: it has a value that cannot be read"),
        ("name: 2001-99-99", "not YAML: month must be"),
        ("[" * 2000, "not YAML: it is nested too deeply"),
    ],
)
def test_a_file_that_is_not_a_recipe_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(RecipeError, match=message):
        read_recipe(path)


def test_a_wrong_entry_that_is_large_is_shortened(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    path = tmp_path / "a.yaml"
    path.write_text("\n".join([*lines, "name: *a11", "network: a"]))
    with pytest.raises(RecipeError) as refusal:
        read_recipe(path)
    assert len(str(refusal.value)) < 1000


def test_a_missing_recipe_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no recipe"):
        read_recipe(tmp_path / "none.yaml")
    with pytest.raises(RecipeError, match="cannot be read"):
        read_recipe(tmp_path)


def test_a_whole_number_is_accepted_for_a_fraction(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: a\nnetwork: b\nweight_decay: 0")
    assert read_recipe(tmp_path / "a.yaml") == replace(Recipe("a", "b"), weight_decay=0.0)


def test_known_heads_need_only_their_name() -> None:
    assert Recipe("a", "b").trained_heads == (AGE, GENDER)
    recipe = recipe_from_dict(
        {
            "name": "a",
            "network": "b",
            "heads": ["age", {"name": "gender", "weight": 2}, "ethnicity"],
        },
        "here",
    )
    assert recipe.trained_heads == (AGE, GENDER, ETHNICITY)
    assert [entry.weight for entry in recipe.heads] == [1, 2, 0.3]


def test_a_head_may_be_described() -> None:
    entry = {**HAT, "weight": 0.5, "notice": "A hat is no crown."}
    recipe = recipe_from_dict({"name": "a", "network": "b", "heads": [entry]}, "here")
    assert recipe.trained_heads == (
        Head("hat", "binary", ("no", "yes"), notice="A hat is no crown."),
    )
    assert recipe.heads[0].weight == 0.5


def test_recipes_are_read_without_torch() -> None:
    script = "import sys, mien.training.recipe; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
