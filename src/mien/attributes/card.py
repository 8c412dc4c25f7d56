"""The model card: everything that is needed to use a model, and its description.

It is a JSON text in the metadata of the ONNX file, under the key :data:`CARD_KEY`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from mien.attributes import entries
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
        novelty_limit: Novelty above which a face is unusual, see :mod:`mien.exporting.embedding`;
            None if the model has no such output.
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
    novelty_limit: float | None = None
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
            card = _read(entries.parse(text))
        except KeyError as error:
            raise ModelError(f"the model's card cannot be read: it lacks {error}") from None
        except ValueError as error:
            raise ModelError(f"the model's card cannot be read: {error}") from None
        if not card.heads or len({head.name for head in card.heads}) < len(card.heads):
            raise ModelError("the model's card cannot be read: it has no head, or a head twice")
        return card


_LARGEST = 1e12  # of numbers that are only shown
_CHIP_SIDES = 16, 2048  # pixels
_LEAST_LIMIT = 1e-6  # of novelty, which is divided by it
_POINTS = 5


def _read(data: dict[str, Any]) -> Card:
    """Makes a card from its entries.

    Raises:
        KeyError: An entry is missing.
        ValueError: An entry cannot be.
        ModelError: It is a card of another version, or of impossible heads.
    """
    if data.pop("schema") != CARD_SCHEMA:
        raise ModelError("the model is for another version of mien; export it again")
    if unknown := data.keys() - {entry.name for entry in fields(Card)}:
        raise ValueError(f"it has the unknown entry '{min(unknown)}'")
    return Card(
        name=entries.text(data["name"]),
        network=entries.text(data["network"]),
        parameters=entries.whole(data["parameters"], 0, int(_LARGEST)),
        size=entries.whole(data["size"], *_CHIP_SIDES),
        mean=_channels(data["mean"]),
        std=_channels(data["std"]),
        template=_template(entries.mapping(data["template"])),
        heads=tuple(Head.from_dict(entries.mapping(h)) for h in entries.sequence(data["heads"])),
        precision=entries.text(data.get("precision", "fp32")),
        novelty_limit=_limit(data.get("novelty_limit")),
        data=tuple(_source(entries.mapping(s)) for s in entries.sequence(data.get("data", []))),
        start={k: entries.text(v) for k, v in entries.mapping(data.get("start", {})).items()},
        recipe=entries.mapping(data.get("recipe", {})),
        metrics={
            name: {k: entries.number(v, -_LARGEST, _LARGEST) for k, v in figures.items()}
            for name, figures in _figures(data.get("metrics", {}))
        },
        licence=entries.text(data.get("licence", "")),
        commit=entries.text(data.get("commit", "")),
        sha256=entries.text(data.get("sha256", "")),
    )


def _channels(value: Any) -> tuple[float, float, float]:
    red, green, blue = entries.numbers(value, 3, -_LARGEST, _LARGEST)
    return red, green, blue


def _limit(value: Any) -> float | None:
    return None if value is None else entries.number(value, _LEAST_LIMIT, 1)


def _template(data: dict[str, Any]) -> ChipTemplate:
    points = entries.sequence(data["points"])
    if len(points) != _POINTS:
        raise ValueError(f"its template has {len(points)} points; they must be {_POINTS}")
    entries.number(data["crop_scale"], 0.1, 10)
    for point in points:
        entries.numbers(point, 2, -10, 10)
    return ChipTemplate.from_dict(data)


def _source(data: dict[str, Any]) -> DataSource:
    pictures = entries.whole(data["pictures"], 0, int(_LARGEST))
    return DataSource(entries.text(data["name"]), pictures, entries.text(data["licence"]))


def _figures(data: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(name, entries.mapping(figures)) for name, figures in entries.mapping(data).items()]


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
