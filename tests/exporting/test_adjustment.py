from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from mien.datasets.chips.cache import ChipCache
from mien.exporting.adjustment import adjust_ages, age_frequencies
from mien.training.networks.attribute_network import AttributeNetwork
from mien.training.recipe import Recipe
from tests.chip_caches import TINY


@pytest.fixture
def recipe(cache: ChipCache) -> Recipe:
    return Recipe("a", TINY, size=cache.size, logit_adjustment=0.5)


def test_frequencies_are_those_of_the_labels_that_are_shown(
    cache: ChipCache, recipe: Recipe
) -> None:
    frequencies = age_frequencies(recipe, [cache])
    records = [cache.rows[i].record for i in cache.select("train")]
    middle = np.mean([(r.age_low + r.age_high) / 2 for r in records])
    assert frequencies.sum() == pytest.approx(1)
    assert frequencies @ np.arange(101) == pytest.approx(middle, abs=0.5)
    older = replace(
        cache,
        name="older",
        rows=[replace(r, record=replace(r.record, age_low=80, age_high=80)) for r in cache.rows],
    )
    often = replace(recipe, repeat={"older": 3.0})
    assert age_frequencies(often, [cache, older])[70:].sum() == pytest.approx(0.75, abs=0.01)


def test_frequent_ages_lose_what_the_recipe_says(cache: ChipCache, recipe: Recipe) -> None:
    network = AttributeNetwork(TINY, cache.size, recipe.trained_heads)
    before = network.heads["age_logits"].bias.detach().clone()
    adjust_ages(network, replace(recipe, logit_adjustment=0.0), [cache])
    assert torch.equal(network.heads["age_logits"].bias, before)
    adjust_ages(network, recipe, [cache])
    shift = (network.heads["age_logits"].bias - before).detach().numpy()
    expected = -0.5 * np.log(age_frequencies(recipe, [cache]) + 1e-4)
    np.testing.assert_allclose(shift, expected, atol=1e-5)
