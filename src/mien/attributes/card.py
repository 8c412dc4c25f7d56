"""The model card: everything that is needed to use a model, and its description.

It is a JSON text in the metadata of the ONNX file, under the key :data:`CARD_KEY`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from mien.attributes.heads import Head
from mien.errors import ModelError
from mien.faces.align import ChipTemplate

CARD_KEY = "mien.card"
CARD_SCHEMA = 2


@dataclass(frozen=True, slots=True)
class DataSource:
    """Pictures that a model was trained on.

    Attributes:
        name: Name of the data set.
        pictures: Number of its pictures that the model was trained on.
        licence: Licence of the data set.
    """

    name: str
    pictures: int
    licence: str


@dataclass(frozen=True, slots=True)
class Card:
    """A model card.

    Attributes:
        name: Name of the model.
        network: Name of the network's architecture.
        parameters: Number of parameters of the network.
        size: Side of the aligned faces in pixels; the input is RGB, uint8, (n, size, size, 3).
        mean: Mean of each channel, which the graph subtracts from the pixels 0..255.
        std: Standard deviation of each channel; the graph divides the differences by it.
        template: Template of the aligned faces.
        heads: Heads of the model.
        precision: Precision of the convolutions, ``"fp32"`` or ``"int8"``.
        data: Data sets that the model was trained on.
        start: Origin of the starting weights; empty if there were none.
        recipe: Recipe of the training.
        metrics: Metrics of evaluations, by data set and split.
        licence: Terms for the use of the weights.
        commit: Commit of the source code that exported the model.
        sha256: SHA-256 of the graph with its weights, without this card.
    """

    name: str
    network: str
    parameters: int
    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    template: ChipTemplate
    heads: tuple[Head, ...]
    precision: str = "fp32"
    data: tuple[DataSource, ...] = ()
    start: Mapping[str, str] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    licence: str = ""
    commit: str = ""
    sha256: str = ""

    def head(self, name: str) -> Head:
        """Returns a head by its name.

        Raises:
            ModelError: The model has no head of that name.
        """
        for head in self.heads:
            if head.name == name:
                return head
        names = ", ".join(head.name for head in self.heads)
        raise ModelError(f"the model '{self.name}' does not predict '{name}'; it predicts {names}")

    def to_dict(self) -> dict[str, Any]:
        """Returns the card as plain values for JSON."""
        return {"schema": CARD_SCHEMA, **asdict(self), "template": self.template.to_dict()}

    def to_json(self) -> str:
        """Returns the card as JSON, as :meth:`from_json` reads it."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> Card:
        """Reads a card from JSON.

        Raises:
            ModelError: The text is not a card, or is a card of another version of mien.
        """
        try:
            data = json.loads(text)
            if data.pop("schema") != CARD_SCHEMA:
                raise ModelError("the model is for another version of mien; export it again")
            data["mean"], data["std"] = tuple(data["mean"]), tuple(data["std"])
            data["template"] = ChipTemplate.from_dict(data["template"])
            data["heads"] = tuple(Head.from_dict(head) for head in data["heads"])
            data["data"] = tuple(DataSource(**source) for source in data["data"])
            card = cls(**data)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"the model's card cannot be read: {error!r}") from None
        if not card.heads or len({head.name for head in card.heads}) < len(card.heads):
            raise ModelError("the model's card cannot be read: it has no head, or a head twice")
        return card


def read_card(metadata: Mapping[str, str]) -> Card:
    """Reads the card from the metadata of a model file.

    Args:
        metadata: Texts by key.

    Raises:
        ModelError: There is no card, or it cannot be read.
    """
    if CARD_KEY not in metadata:
        raise ModelError("the model has no card; only models that mien exported can be used")
    return Card.from_json(metadata[CARD_KEY])
