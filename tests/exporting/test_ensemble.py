from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from mien import ages
from mien.attributes.card import DataSource, read_card
from mien.attributes.model import AttributeModel
from mien.datasets.chips.cache import ChipCache
from mien.errors import ModelError
from mien.exporting.ensemble import write_ensemble
from mien.exporting.model_file import write_card
from mien.exporting.onnx import export_onnx, make_card
from mien.runtime.onnx import OnnxSession
from mien.training.import_model import import_model
from mien.training.networks.attribute_network import AttributeNetwork
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
    with pytest.raises(ModelError, match="an average of several networks"):
        import_model(tmp_path / "all.onnx", cache)


def test_a_member_of_smaller_chips_sees_them_shrunk(
    members: Sequence[Path], large_cache: ChipCache, tmp_path: Path
) -> None:
    larger = member(tmp_path, large_cache, 7, "mobilenet_v1")
    card = write_ensemble("all", [members[0], larger], [large_cache], tmp_path / "all.onnx")
    assert card.size == large_cache.size
    small, large, together = (
        AttributeModel(OnnxSession(path)) for path in (members[0], larger, tmp_path / "all.onnx")
    )
    chips = np.array(large_cache.chips[:5])
    side = (small.card.size, small.card.size)
    shrunk = [np.array(Image.fromarray(chip).resize(side, Image.BILINEAR)) for chip in chips]
    # Not the logits: random networks say the same of every chip to a billionth.
    seen = [small.logits(np.stack(shrunk))["embedding"], large.logits(chips)["embedding"]]
    expected = np.concatenate(seen, axis=1) / 2**0.5
    np.testing.assert_allclose(together.logits(chips)["embedding"], expected, atol=0.05)


def test_the_terms_of_all_members_hold(
    members: Sequence[Path], cache: ChipCache, tmp_path: Path
) -> None:
    free, bound = (tmp_path / name for name in ("free.onnx", "bound.onnx"))
    for path, data, licence in (
        (free, "fairface", "CC BY 4.0"),
        (bound, "utkface", "non-commercial research only"),
    ):
        path.write_bytes(members[0].read_bytes())
        card = read_card(OnnxSession(path).metadata)
        sources = (DataSource(data, 5, licence),)
        write_card(path, replace(card, data=sources, licence=f"trained on {data}: {licence}"))
    card = write_ensemble("all", [free, bound], [cache], tmp_path / "all.onnx")
    assert [source.name for source in card.data] == ["fairface", "utkface"]
    assert card.licence == (
        "trained on fairface: CC BY 4.0; trained on utkface: non-commercial research only"
    )


def test_members_must_go_together(
    members: Sequence[Path], cache: ChipCache, tmp_path: Path
) -> None:
    card = read_card(OnnxSession(members[1]).metadata)
    other = tmp_path / "other.onnx"
    other.write_bytes(members[1].read_bytes())
    write_card(other, replace(card, template=replace(card.template, field=1.2)))
    with pytest.raises(ModelError, match="takes other chips than"):
        write_ensemble("all", [members[0], other], [cache], tmp_path / "all.onnx")
    more = member(tmp_path, cache, 8, "mobilenet_v1", ethnicity=True)
    with pytest.raises(ModelError, match="ethnicity"):
        write_ensemble("all", [members[0], more], [cache], tmp_path / "all.onnx")
    wider = replace(cache, template=replace(cache.template, field=1.2))
    with pytest.raises(ModelError, match="show another field than the model all takes"):
        write_ensemble("all", members[:2], [wider], tmp_path / "all.onnx")
    assert not (tmp_path / "all.onnx").exists()
