from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mien.errors import RecipeError
from mien.training.recipe import Augmentation, Recipe, read_recipe, write_recipe

RECIPES = Path(__file__).parents[2] / "recipes"


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_committed_recipes_can_be_read(path: Path) -> None:
    assert read_recipe(path).name


def test_a_recipe_survives_its_file(tmp_path: Path) -> None:
    recipe = Recipe("a", "resnet18", epochs=3, augmentation=Augmentation(rotation=2.0))
    write_recipe(recipe, tmp_path / "a.yaml", "what it is for\nand why")
    assert read_recipe(tmp_path / "a.yaml") == recipe
    assert (tmp_path / "a.yaml").read_text().startswith("# what it is for\n# and why\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("network: resnet18", "name"),
        ("[1, 2]", "named entries"),
        ("name: a\nnetwork: b\nsize: large", "size: expected int"),
        ("name: a\nnetwork: b\nepochs: true", "epochs: expected int"),
        ("name: a\nnetwork: b\nnonsense: 1", "unknown entry 'nonsense'"),
        ("name: a\nnetwork: b\naugmentation: {flop: 1}", "augmentation: unknown entry 'flop'"),
        ("name: a\nnetwork: b\nsplits: train", "list of texts"),
        ("name: a\nnetwork: b\nprogressive: [96, large]", "list of whole numbers"),
        ("name: a\nnetwork: b\nrepeat: {utkface: often}", "repeat: utkface: expected float"),
        ("name: [", "not YAML"),
    ],
)
def test_a_faulty_recipe_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(RecipeError, match=message):
        read_recipe(path)


def test_a_missing_recipe(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no recipe"):
        read_recipe(tmp_path / "none.yaml")


def test_whole_numbers_do_for_fractions(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: a\nnetwork: b\nweight_decay: 0")
    assert read_recipe(tmp_path / "a.yaml") == replace(Recipe("a", "b"), weight_decay=0.0)
