"""From a training run to a model file: ONNX with the whole card in its metadata."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from mien.assets import find_model
from mien.attributes.card import Card, DataSource, read_card
from mien.attributes.model import EMBEDDING, AttributeModel
from mien.datasets.chips.cache import ChipCache, common_template
from mien.errors import ModelError
from mien.exporting.calibration import calibrate_heads
from mien.exporting.calibration_faces import calibration_faces
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


_EMBEDDING = 128  # most numbers in an embedding
_MOST = 1e4  # by which a direction is enlarged, so that 16 bits can hold it
_LEAST = 1e-3  # deviation of a direction that is told apart, as a fraction of the greatest


class _Graph(nn.Module):
    """The network as the file holds it: pixels in; logits and an embedding out.

    The embedding is the features whitened over many faces and scaled to length 1, so that the
    product of two says how alike two faces look. Whitening (Jegou and Chum, "Negative evidences and
    co-occurences in image retrieval: the benefit of PCA and whitening", 2012) matters: without it
    the few directions of age and gender outweigh all that tells people apart.
    """

    def __init__(self, network: AttributeNetwork, whitening: nn.Linear) -> None:
        super().__init__()
        self.network = network
        self.whitening = whitening

    def forward(self, chips: Tensor) -> tuple[Tensor, ...]:
        features = self.network.features(chips.permute(0, 3, 1, 2).to(torch.float32))
        embedding = F.normalize(self.whitening(features))
        return (embedding, *self.network.logits(features).values())


def load_run(folder: Path) -> tuple[AttributeNetwork, Recipe]:
    """Loads the averaged weights of a training run.

    Raises:
        ModelError: There is no checkpoint in the folder.
    """
    path = folder / "checkpoint.pt"
    if not path.is_file():
        raise ModelError(f"there is no checkpoint in '{folder}'")
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
    """Makes the card of a network that was trained on these caches, not yet calibrated."""
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
    """Writes the network without a card, for any number of chips at once.

    Args:
        network: In evaluation mode, on the CPU.
        chips: Many different faces, over which the embedding is whitened and, for 8 bits, the
            ranges of values are measured.
        path: Where to.
        int8: Whether convolutions compute in 8 bits.
    """
    size = network.size
    with torch.no_grad():
        parts = torch.split(torch.from_numpy(chips).permute(0, 3, 1, 2).float(), 64)
        features = torch.cat([network.features(part) for part in parts])
    program = torch.onnx.export(
        _Graph(network, _whitening(features)).eval(),
        (torch.zeros(2, size, size, 3, dtype=torch.uint8),),
        input_names=["chips"],
        output_names=[EMBEDDING, *network.heads],
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


def _whitening(features: Tensor) -> nn.Linear:
    """Returns what makes features uncorrelated and of variance 1 in their main directions.

    Args:
        features: (n, d).
    """
    mean = features.mean(dim=0)
    _, deviations, directions = torch.linalg.svd(features - mean, full_matrices=False)
    told_apart = int((deviations > _LEAST * deviations[0]).sum())
    count = max(1, min(_EMBEDDING, told_apart))
    scale = (len(features) ** 0.5 / deviations[:count]).clamp(max=_MOST)
    whitening = nn.Linear(features.shape[1], count)
    with torch.no_grad():
        whitening.weight.copy_(directions[:count] * scale[:, None])
        whitening.bias.copy_(-whitening.weight @ mean)
    return whitening


def _some_chips(caches: Sequence[ChipCache], count: int = 3000) -> NDArray[np.uint8]:
    """Returns chips from all over the training splits of some caches."""
    data = ChipDataset(caches, ["train"])
    picked = np.linspace(0, len(data) - 1, min(count, len(data))).astype(int)
    return data.chips([data.items[i] for i in picked])


def _terms_of_teachers(recipe: Recipe, known: Sequence[str]) -> list[str]:
    """Returns the terms of a recipe's teachers that are not known yet."""
    cards = [read_card(OnnxSession(find_model(model)).metadata) for model in recipe.teachers]
    terms = dict.fromkeys(term for card in cards for term in card.licence.split("; "))
    return [f"teacher {term}" for term in terms if term not in known]


def _origin(start: str) -> dict[str, str]:
    """Reads where starting weights come from."""
    if not start:
        return {}
    if start == "timm":
        return {"name": "timm's own", "licence": "see timm"}
    state = torch.load(start, map_location="cpu", weights_only=True)
    origin: dict[str, str] = state["origin"]
    return origin


def _commit() -> str:
    """Returns the source commit, or an empty text outside a checkout."""
    result = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
        check=False,
    )
    return result.stdout.strip()


def export_run(folder: Path, caches: Sequence[ChipCache], path: Path, int8: bool = False) -> Card:
    """Writes the model file of a training run, calibrated on the ``calibration`` half of ``val``.

    Args:
        folder: The run.
        caches: The chips it was trained on.
        path: Where to.
        int8: Whether convolutions compute in 8 bits, which is faster and a little less exact.

    Returns:
        The card in the file.

    Raises:
        ModelError: There is no checkpoint, or nothing to calibrate on.
        RecipeError: The chips are not those that the recipe is for.
    """
    network, recipe = load_run(folder)
    require_chips(caches, recipe.size, recipe.field)
    export_onnx(network, _some_chips(caches), path, int8)
    card = make_card(network, recipe, caches, "int8" if int8 else "fp32")
    card = write_card(path, card)
    return write_card(path, calibrated(card, path, caches))


def calibrated(card: Card, path: Path, caches: Sequence[ChipCache]) -> Card:
    """Fits the calibration of a model file on the ``calibration`` part of some caches.

    Raises:
        ModelError: There is nothing to calibrate on.
    """
    faces = calibration_faces(caches)
    if not faces.records:
        raise ModelError("there is no picture in the split 'val' to calibrate on")
    logits = AttributeModel(OnnxSession(path)).logits(faces.chips)
    labels = label_arrays(faces.records, card.heads)
    return replace(card, heads=calibrate_heads(card.heads, logits, labels, faces.views))
