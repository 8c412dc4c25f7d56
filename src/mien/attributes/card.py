"""The model card: everything needed to use a model, and to know it, stored in its file.

It travels as one JSON text in the metadata of the ONNX file, under :data:`CARD_KEY`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from mien.errors import ModelError
from mien.faces.align import ChipTemplate

CARD_KEY = "mien.card"
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class AgeCalibration:
    """How age logits become an estimate.

    Attributes:
        statistic: What of the distribution is reported as years.
        temperature: The logits are divided by it.
        low: Quantile level of the interval's lower end.
        high: Quantile level of the interval's upper end.
    """

    statistic: Literal["median", "expectation"] = "median"
    temperature: float = 1.0
    low: float = 0.1
    high: float = 0.9


@dataclass(frozen=True, slots=True)
class GenderCalibration:
    """How the gender logit becomes an estimate.

    Attributes:
        temperature: The logit is divided by it.
        threshold: Below this probability the answer is *undetermined*.
    """

    temperature: float = 1.0
    threshold: float = 0.5


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
        size: Side of the chips in pixels; the input is RGB, uint8, (n, size, size, 3).
        mean: Subtracted from the pixels, inside the graph.
        std: Divided by after that, inside the graph.
        template: How chips are cut.
        precision: What convolutions compute in, ``"fp32"`` or ``"int8"``.
        age: How age logits become an estimate.
        gender: How the gender logit becomes an estimate.
        ethnicities: Labels of the ethnicity output; empty if the model has none.
        data: What it was trained on.
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
    precision: str = "fp32"
    age: AgeCalibration = AgeCalibration()
    gender: GenderCalibration = GenderCalibration()
    ethnicities: tuple[str, ...] = ()
    data: tuple[DataSource, ...] = ()
    start: Mapping[str, str] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    licence: str = ""
    commit: str = ""
    sha256: str = ""

    def to_json(self) -> str:
        """Returns the text that :meth:`from_json` reads."""
        return json.dumps({"schema": SCHEMA, **asdict(self), "template": self.template.to_dict()})

    @classmethod
    def from_json(cls, text: str) -> Card:
        """Reads a card.

        Raises:
            ModelError: The text is not a card, or one of a later version of mien.
        """
        try:
            data = json.loads(text)
            if data.pop("schema") != SCHEMA:
                raise ModelError("the model was made for another version of mien")
            data["mean"], data["std"] = tuple(data["mean"]), tuple(data["std"])
            data["template"] = ChipTemplate.from_dict(data["template"])
            data["age"] = AgeCalibration(**data["age"])
            data["gender"] = GenderCalibration(**data["gender"])
            data["ethnicities"] = tuple(data["ethnicities"])
            data["data"] = tuple(DataSource(**source) for source in data["data"])
            return cls(**data)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"the model's card cannot be read: {error!r}") from None


def read_card(metadata: Mapping[str, str]) -> Card:
    """Reads the card out of a model file's metadata.

    Raises:
        ModelError: There is none, or it cannot be read.
    """
    if CARD_KEY not in metadata:
        raise ModelError("the model has no card; only models that mien exported can be used")
    return Card.from_json(metadata[CARD_KEY])
