"""The model card: everything needed to use a model, and to know it, stored in its file.

It travels as one JSON text in the metadata of the ONNX file, under :data:`CARD_KEY`.
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
        name: The data set.
        pictures: How many of it.
        licence: Its licence.
    """

    name: str
    pictures: int
    licence: str


@dataclass(frozen=True, slots=True)
class Card:
    """A model card.

    Attributes:
        name: The model's name.
        network: The architecture.
        parameters: How many numbers were learnt.
        size: Side of the aligned faces in pixels; the input is RGB, uint8, (n, size, size, 3).
        mean: Subtracted from the pixels, inside the graph.
        std: Divided by after that, inside the graph.
        template: How faces are aligned.
        heads: What the model predicts.
        precision: What convolutions compute in, ``"fp32"`` or ``"int8"``.
        data: What the model was trained on.
        start: Where its starting weights come from; empty if there were none.
        recipe: How it was trained.
        metrics: What was measured, by data set.
        licence: Under what terms the weights may be used.
        commit: The source that made it.
        sha256: Of the graph with its weights, without this card.
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
            ModelError: The model has none of that name.
        """
        for head in self.heads:
            if head.name == name:
                return head
        names = ", ".join(head.name for head in self.heads)
        raise ModelError(f"the model '{self.name}' does not predict '{name}'; it predicts {names}")

    def to_dict(self) -> dict[str, Any]:
        """Returns plain values, as :meth:`from_json` reads them."""
        return {"schema": CARD_SCHEMA, **asdict(self), "template": self.template.to_dict()}

    def to_json(self) -> str:
        """Returns the text that :meth:`from_json` reads."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> Card:
        """Reads a card.

        Raises:
            ModelError: The text is not a card, or one of another version of mien.
        """
        try:
            data = json.loads(text)
            if data.pop("schema") != CARD_SCHEMA:
                raise ModelError("the model was made for another version of mien")
            data["mean"], data["std"] = tuple(data["mean"]), tuple(data["std"])
            data["template"] = ChipTemplate.from_dict(data["template"])
            data["heads"] = tuple(Head.from_dict(head) for head in data["heads"])
            data["data"] = tuple(DataSource(**source) for source in data["data"])
            card = cls(**data)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"the model's card cannot be read: {error!r}") from None
        if not card.heads or len({head.name for head in card.heads}) < len(card.heads):
            raise ModelError("the model's card cannot be read: it has no heads, or one twice")
        return card


def read_card(metadata: Mapping[str, str]) -> Card:
    """Reads the card out of a model file's metadata.

    Raises:
        ModelError: There is none, or it cannot be read.
    """
    if CARD_KEY not in metadata:
        raise ModelError("the model has no card; only models that mien exported can be used")
    return Card.from_json(metadata[CARD_KEY])
