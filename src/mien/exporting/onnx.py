"""Export of a training run to a model file: ONNX with the model card in its metadata."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from mien.assets import find_model
from mien.attributes.card import Card, DataSource, read_card
from mien.attributes.model import EMBEDDING, NOVELTY, AttributeModel
from mien.datasets.chips.cache import ChipCache, common_template
from mien.errors import ModelError
from mien.exporting.adjustment import adjust_ages
from mien.exporting.calibration import calibrate_heads, novelty_limit
from mien.exporting.calibration_faces import calibration_faces
from mien.exporting.embedding import FeatureOutputs
from mien.exporting.int8 import quantize
from mien.exporting.model_file import store_halved, strip_traces, write_card
from mien.runtime import OnnxSession
from mien.training.dataset import ChipDataset, require_chips
from mien.training.labels import label_arrays
from mien.training.networks import network_entry
from mien.training.networks.attribute_network import AttributeNetwork
from mien.training.recipe import Recipe, recipe_from_dict

LICENCES = {
    "utkface": "non-commercial research only",
    "fairface": "CC BY 4.0",
    "aaf": "no terms named; web pictures of a research paper: research only",
    "appareal": "ChaLearn: research only",
    "celeba": "non-commercial research only",
}
"""Licences of the known data sets."""


class _Graph(nn.Module):
    """The network as it is in the file: from pixels to logits, an embedding and a novelty."""

    def __init__(self, network: AttributeNetwork, outputs: FeatureOutputs) -> None:
        super().__init__()
        self.network = network
        self.outputs = outputs

    def forward(self, chips: Tensor) -> tuple[Tensor, ...]:
        features = self.network.features(chips.permute(0, 3, 1, 2).to(torch.float32))
        return (*self.outputs(features), *self.network.logits(features).values())


def load_run(folder: Path) -> tuple[AttributeNetwork, Recipe]:
    """Loads the averaged weights of a training run.

    Args:
        folder: Folder of the run, as ``mien train`` wrote it.

    Returns:
        The network in evaluation mode on the CPU, and the recipe.

    Raises:
        ModelError: There is no checkpoint in the folder.
        RecipeError: The recipe in the checkpoint cannot be read.
    """
    path = folder / "checkpoint.pt"
    if not path.is_file():
        raise ModelError(f"there is no checkpoint in '{folder}'; train a model: mien train")
    state = torch.load(path, map_location="cpu", weights_only=True)
    recipe = recipe_from_dict(state["recipe"], str(path))
    network = AttributeNetwork(recipe.network, recipe.size, recipe.trained_heads, recipe.dropout)
    averaged = AveragedModel(network)
    averaged.load_state_dict(state["averaged"])
    network.load_state_dict(averaged.module.state_dict())
    return network.eval(), recipe


def make_card(
    network: AttributeNetwork, recipe: Recipe, caches: Sequence[ChipCache], precision: str = "fp32"
) -> Card:
    """Makes the card of a trained network, without calibration.

    Args:
        network: The network.
        recipe: Its recipe.
        caches: The chips that it was trained on, at least one cache.
        precision: Precision of the convolutions, ``"fp32"`` or ``"int8"``.

    Raises:
        DataError: The chips were cut by several templates.
        ModelError: There is no model of a teacher's name.
    """
    entry = network_entry(recipe.network)
    licences = [LICENCES.get(cache.name, "unknown") for cache in caches]
    terms = [
        f"trained on {cache.name}: {licence}"
        for cache, licence in zip(caches, licences, strict=True)
    ]
    return Card(
        name=recipe.name,
        network=recipe.network,
        parameters=sum(parameter.numel() for parameter in network.parameters()),
        precision=precision,
        size=recipe.size,
        mean=entry.mean,
        std=entry.std,
        template=common_template(caches),
        heads=recipe.trained_heads,
        data=tuple(
            DataSource(
                cache.name, sum(len(cache.select(split)) for split in recipe.splits), licence
            )
            for cache, licence in zip(caches, licences, strict=True)
        ),
        start=_origin(recipe.start),
        recipe=recipe.to_dict(),
        licence="; ".join([*terms, *_terms_of_teachers(recipe, known=terms)]),
        commit=_commit(),
    )


def export_onnx(
    network: AttributeNetwork, chips: NDArray[np.uint8], path: Path, int8: bool = False
) -> None:
    """Writes a network as ONNX, without a card. Its input is any number of chips.

    Args:
        network: Network in evaluation mode on the CPU.
        chips: Many different aligned faces, RGB, uint8, (n, size, size, 3). The main directions of
            the features are measured on them. For 8 bits the ranges of values are measured on them.
        path: The file to write; missing folders are made.
        int8: Whether the convolutions compute in 8 bits.
    """
    size = network.size
    with torch.no_grad():
        parts = torch.split(torch.from_numpy(chips).permute(0, 3, 1, 2).float(), 64)
        features = torch.cat([network.features(part) for part in parts])
    program = torch.onnx.export(
        _Graph(network, FeatureOutputs(features)).eval(),
        (torch.zeros(2, size, size, 3, dtype=torch.uint8),),
        input_names=["chips"],
        output_names=[EMBEDDING, NOVELTY, *network.heads],
        dynamic_shapes={"chips": {0: torch.export.Dim("batch", min=1)}},
        dynamo=True,
        verbose=False,
    )
    assert program is not None
    path.parent.mkdir(parents=True, exist_ok=True)
    model = program.model_proto
    strip_traces(model)
    if int8:
        model = quantize(model, chips)
    store_halved(model)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def _some_chips(caches: Sequence[ChipCache], count: int = 3000) -> NDArray[np.uint8]:
    """Returns chips at equal distances in the split ``train`` of caches, (n, size, size, 3)."""
    data = ChipDataset(caches, ["train"])
    picked = np.linspace(0, len(data) - 1, min(count, len(data))).astype(int)
    return data.chips([data.items[i] for i in picked])


_TEACHER = "teacher "


def _terms_of_teachers(recipe: Recipe, known: Sequence[str]) -> list[str]:
    """Returns the terms of the recipe's teachers that are not among the known terms."""
    cards = [
        read_card(OnnxSession(find_model(teacher.model)).metadata) for teacher in recipe.teachers
    ]
    parts = (part for card in cards for part in card.licence.split("; "))
    # What a teacher owes to its own teachers is a term of a teacher too.
    terms = dict.fromkeys(part.replace(_TEACHER, "") for part in parts)
    own = {part for term in known for part in term.split("; ")}
    return [f"{_TEACHER}{term}" for term in terms if term not in own]


def _origin(start: str) -> dict[str, str]:
    """Reads the origin of starting weights, with the keys of ``Origin``; empty if there is none."""
    if not start:
        return {}
    if start == "timm":
        return {"name": "timm's own", "licence": "see timm"}
    state = torch.load(start, map_location="cpu", weights_only=True)
    origin: dict[str, str] = state["origin"]
    return origin


def _commit() -> str:
    """Returns the commit of the source code, or an empty text outside a repository."""
    result = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607
        capture_output=True,
        encoding="utf-8",
        cwd=Path(__file__).parent,
        check=False,
    )
    return result.stdout.strip()


def export_run(folder: Path, caches: Sequence[ChipCache], path: Path, int8: bool = False) -> Card:
    """Writes the model file of a training run, calibrated on half of the split ``val``.

    Args:
        folder: Folder of the run, as ``mien train`` wrote it.
        caches: The chips that it was trained on, at least one cache.
        path: The file to write; missing folders are made.
        int8: Whether the convolutions compute in 8 bits, which is faster and a little less exact.

    Returns:
        The card in the file.

    Raises:
        ModelError: There is no checkpoint, no teacher of a name in the recipe, or no picture to
            calibrate on.
        RecipeError: The chips have another size or another crop scale than the recipe.
        DataError: The chips were cut by several templates, or a label does not suit its head.
    """
    network, recipe = load_run(folder)
    require_chips(caches, recipe.size, recipe.crop_scale)
    adjust_ages(network, recipe, caches)
    export_onnx(network, _some_chips(caches), path, int8)
    card = make_card(network, recipe, caches, "int8" if int8 else "fp32")
    card = write_card(path, card)
    return write_card(path, calibrated(card, path, caches))


def calibrated(card: Card, path: Path, caches: Sequence[ChipCache]) -> Card:
    """Fits the calibration of a model file on the part ``calibration`` of caches.

    Args:
        card: Card of the model.
        path: The model file, which is not changed.
        caches: Chips of the model's size, at least one cache.

    Returns:
        The card with the calibrated heads and the limit of the novelty.

    Raises:
        ModelError: There is no picture to calibrate on.
        DataError: A label does not suit its head.
    """
    faces = calibration_faces(caches)
    if not faces.records:
        raise ModelError(
            "there is no picture in the split 'val' to calibrate on; make splits: mien data split"
        )
    logits = AttributeModel(OnnxSession(path)).logits(faces.chips)
    labels = label_arrays(faces.records, card.heads)
    return replace(
        card,
        heads=calibrate_heads(card.heads, logits, labels, faces.views),
        novelty_limit=novelty_limit(logits[NOVELTY][faces.plain]) if NOVELTY in logits else None,
    )
