"""Recipes of trainings: YAML files."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import yaml
from hypothesis import strategies as st

from fuzz.folders import file
from fuzz.strategies import altered, damaged
from mien.training.recipe import Recipe, read_recipe, recipe_from_dict, write_recipe

_RECIPES = [
    path.read_bytes() for path in sorted((Path(__file__).parents[2] / "recipes").glob("*.yaml"))
]
_WHOLE = recipe_from_dict({"name": "a", "network": "b"}, "").to_dict()
_SCALARS = ("!!int x", "!!bool x", "!!float x", "!!timestamp x", "2001-99-99", "0x", "&a [*a]")

INPUTS = st.one_of(
    altered(_WHOLE).map(lambda entries: yaml.safe_dump(entries).encode("utf-8", "surrogatepass")),
    st.sampled_from(_RECIPES).flatmap(damaged),
    st.sampled_from(_SCALARS).map(lambda text: f"name: {text}".encode()),
    st.sampled_from(("[", "{a: ", "- ", "!!set {")).map(lambda text: text.encode() * 1500),
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
)


def run(data: bytes) -> None:
    """Reads a recipe; what was read can be written and read again."""
    recipe = read_recipe(file("recipe.yaml", data))
    assert len(recipe.trained_heads) == len(recipe.heads)
    copy = file("copy.yaml", b"")
    write_recipe(recipe, copy, "heading")
    assert read_recipe(copy) == recipe
    assert {field.name for field in dataclasses.fields(Recipe)} == set(recipe.to_dict())
