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
from mien.runtime import OnnxSession
from mien.training.entries import HeadEntry, known_heads
from mien.training.import_model import import_model
from mien.training.networks.attribute_network import AttributeNetwork
from mien.training.recipe import Recipe
from tests.chip_caches import TINY

HAT = HeadEntry("hat", "categorical", ["none", "cap", "helmet"])


def member(
    folder: Path, cache: ChipCache, seed: int, network: str = TINY, hat: HeadEntry | None = HAT
) -> Path:
    torch.manual_seed(seed)
    heads = [*known_heads("age", "gender"), *([hat] if hat else [])]
    recipe = Recipe(f"member-{seed}", network, heads, size=cache.size)
    made = AttributeNetwork(network, recipe.size, recipe.trained_heads).eval()
    for layer in made.heads.values():
        torch.nn.init.normal_(layer.bias)
    path = folder / f"{seed}.onnx"
    export_onnx(made, np.array(cache.chips), path)
    write_card(path, make_card(made, recipe, [cache]))
    return path


@pytest.fixture(scope="module")
def members(cache: ChipCache, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Path]:
    folder = tmp_path_factory.mktemp("members")
    networks = (TINY, "mobilenet_v1", TINY)
    return [member(folder, cache, seed, network) for seed, network in enumerate(networks)]


def test_it_predicts_the_average_of_its_members(
    members: Sequence[Path], cache: ChipCache, tmp_path: Path
) -> None:
    card = write_ensemble("all", members, [cache], tmp_path / "all.onnx")
    together = AttributeModel(OnnxSession(tmp_path / "all.onnx"))
    chips = np.array(cache.chips[:5])
    separate = [AttributeModel(OnnxSession(path)).logits(chips) for path in members]
    average = together.logits(chips)
    for name in ("age_logits", "hat_logits"):
        expected = np.mean([ages.softmax(each[name]) for each in separate], axis=0)
        np.testing.assert_allclose(ages.softmax(average[name]), expected, atol=1e-5)
    genders = np.mean([each["gender_logits"] for each in separate], axis=0)
    np.testing.assert_allclose(average["gender_logits"], genders, atol=1e-5)
    np.testing.assert_allclose((average["embedding"] ** 2).sum(axis=1), 1, rtol=1e-4)
    alike = np.mean([each["embedding"] @ each["embedding"].T for each in separate], axis=0)
    np.testing.assert_allclose(average["embedding"] @ average["embedding"].T, alike, atol=1e-4)
    novelties = np.mean([each["novelty"] for each in separate], axis=0)
    np.testing.assert_allclose(average["novelty"], novelties, atol=1e-5)
    assert together.card == card
    assert card.novelty_limit is not None
    assert card.name == "all"
    assert card.network == "tiny + mobilenet_v1 + tiny"
    assert [each["name"] for each in card.recipe["members"]] == ["member-0", "member-1", "member-2"]
    with pytest.raises(ModelError, match="an average of several networks"):
        import_model(tmp_path / "all.onnx", cache)


@pytest.mark.parametrize("count", [1, 2])
def test_a_mirror_image_is_averaged_too(
    members: Sequence[Path], cache: ChipCache, tmp_path: Path, count: int
) -> None:
    card = write_ensemble("both", members[:count], [cache], tmp_path / "both.onnx", mirror=True)
    both = AttributeModel(OnnxSession(tmp_path / "both.onnx"))
    chips = np.array(cache.chips[:5])
    models = [AttributeModel(OnnxSession(path)) for path in members[:count]]
    views = [model.logits(view) for model in models for view in (chips, chips[:, :, ::-1].copy())]
    average = both.logits(chips)
    for name in ("age_logits", "hat_logits"):
        expected = np.mean([ages.softmax(each[name]) for each in views], axis=0)
        np.testing.assert_allclose(ages.softmax(average[name]), expected, atol=1e-5)
    genders = np.mean([each["gender_logits"] for each in views], axis=0)
    np.testing.assert_allclose(average["gender_logits"], genders, atol=1e-5)
    embeddings = np.concatenate([each["embedding"] for each in views[::2]], axis=1)
    np.testing.assert_allclose(average["embedding"], embeddings / count**0.5, atol=1e-5)
    assert average["embedding"].shape[0] == 5
    assert card.recipe["mirror"]


def test_chips_are_shrunk_for_a_member_of_a_smaller_size(
    members: Sequence[Path], large_cache: ChipCache, tmp_path: Path
) -> None:
    larger = member(tmp_path, large_cache, 7, "mobilenet_v1")
    card = write_ensemble("all", [members[1], larger], [large_cache], tmp_path / "all.onnx")
    assert card.size == large_cache.size
    small, large, together = (
        AttributeModel(OnnxSession(path)) for path in (members[1], larger, tmp_path / "all.onnx")
    )
    chips = np.array(large_cache.chips[:5])
    side = (small.card.size, small.card.size)
    shrunk = [np.array(Image.fromarray(chip).resize(side, Image.BILINEAR)) for chip in chips]
    # Embeddings are compared, for the logits of random networks hardly differ between chips.
    seen = [small.logits(np.stack(shrunk))["embedding"], large.logits(chips)["embedding"]]
    expected = np.concatenate(seen, axis=1) / 2**0.5
    np.testing.assert_allclose(together.logits(chips)["embedding"], expected, atol=0.05)


def test_the_card_has_the_terms_of_all_members(
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


def test_members_that_do_not_match_are_refused(
    members: Sequence[Path], cache: ChipCache, tmp_path: Path
) -> None:
    card = read_card(OnnxSession(members[1]).metadata)
    other = tmp_path / "other.onnx"
    other.write_bytes(members[1].read_bytes())
    write_card(other, replace(card, template=replace(card.template, crop_scale=1.2)))
    with pytest.raises(ModelError, match="it takes chips of another template"):
        write_ensemble("all", [members[0], other], [cache], tmp_path / "all.onnx")
    fewer = member(tmp_path, cache, 8, hat=None)
    with pytest.raises(ModelError, match=r"predicts age, gender \(male, female\), not age,.* hat"):
        write_ensemble("all", [members[0], fewer], [cache], tmp_path / "all.onnx")
    turned = member(tmp_path, cache, 9, hat=replace(HAT, labels=["cap", "none", "helmet"]))
    with pytest.raises(ModelError, match=r"hat \(cap, none, helmet\), not .*\(none, cap, helmet\)"):
        write_ensemble("all", [members[0], turned], [cache], tmp_path / "all.onnx")
    wider = replace(cache, template=replace(cache.template, crop_scale=1.2))
    with pytest.raises(ModelError, match=r"another template than the members.*--crop-scale 0\.97"):
        write_ensemble("all", members[:2], [wider], tmp_path / "all.onnx")
    assert not (tmp_path / "all.onnx").exists()
