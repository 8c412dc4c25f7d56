from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from mien.attributes import ages
from mien.attributes.model import AttributeModel
from mien.data.chips import ChipCache
from mien.errors import ModelError
from mien.runtime import OnnxSession
from mien.training.ensemble import write_ensemble
from mien.training.export import export_onnx, make_card
from mien.training.model import AttributeNetwork
from mien.training.model_file import write_card
from mien.training.recipe import Recipe


def member(
    folder: Path, cache: ChipCache, seed: int, network: str, ethnicity: bool = False
) -> Path:
    torch.manual_seed(seed)
    recipe = Recipe(f"member-{seed}", network, size=cache.size, ethnicity=ethnicity)
    made = AttributeNetwork(network, recipe.size, ethnicity=ethnicity).eval()
    path = folder / f"{seed}.onnx"
    export_onnx(made, np.array(cache.chips), path)
    write_card(path, make_card(made, recipe, [cache]))
    return path


@pytest.fixture(scope="module")
def members(cache: ChipCache, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Path]:
    folder = tmp_path_factory.mktemp("members")
    networks = ("mobilenet_v1", "hybrid_mobilenet_v1", "mobilenet_v1")
    return [member(folder, cache, seed, network) for seed, network in enumerate(networks)]


def test_it_says_the_average_of_what_its_members_say(
    members: Sequence[Path], cache: ChipCache, tmp_path: Path
) -> None:
    card = write_ensemble("all", members, [cache], tmp_path / "all.onnx")
    together = AttributeModel(OnnxSession(tmp_path / "all.onnx"))
    chips = np.array(cache.chips[:5])
    said = [AttributeModel(OnnxSession(path)).logits(chips) for path in members]
    answer = together.logits(chips)
    expected = np.mean([ages.softmax(each["age_logits"]) for each in said], axis=0)
    np.testing.assert_allclose(ages.softmax(answer["age_logits"]), expected, atol=1e-5)
    genders = np.mean([each["gender_logit"] for each in said], axis=0)
    np.testing.assert_allclose(answer["gender_logit"], genders, atol=1e-5)
    np.testing.assert_allclose((answer["embedding"] ** 2).sum(axis=1), 1, rtol=1e-4)
    alike = np.mean([each["embedding"] @ each["embedding"].T for each in said], axis=0)
    np.testing.assert_allclose(answer["embedding"] @ answer["embedding"].T, alike, atol=1e-4)
    assert together.card == card
    assert card.name == "all"
    assert card.network == "mobilenet_v1 + hybrid_mobilenet_v1 + mobilenet_v1"
    assert [each["name"] for each in card.recipe["members"]] == ["member-0", "member-1", "member-2"]


def test_members_must_go_together(
    members: Sequence[Path], cache: ChipCache, large_cache: ChipCache, tmp_path: Path
) -> None:
    larger = member(tmp_path, large_cache, 7, "mobilenet_v1")
    with pytest.raises(ModelError, match="takes other chips than"):
        write_ensemble("all", [members[0], larger], [cache], tmp_path / "all.onnx")
    more = member(tmp_path, cache, 8, "mobilenet_v1", ethnicity=True)
    with pytest.raises(ModelError, match="ethnicity"):
        write_ensemble("all", [members[0], more], [cache], tmp_path / "all.onnx")
