"""The cards of models: JSON in the metadata of a model file."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from rich.console import Console

from fuzz.folders import file
from mien.attributes.calibration import VIEW_FACTORS, Calibration, Temperature
from mien.attributes.card import CARD_KEY, Card, DataSource, read_card
from mien.attributes.heads import AGE, ETHNICITY, GENDER
from mien.cli.card_view import card_table
from mien.faces.align import ChipTemplate, chip_matrix

_PATH = file("model", b"")


def run(data: bytes) -> None:
    """Reads a card, and uses and shows all that is in it."""
    card = read_card({CARD_KEY: data.decode("utf-8", "replace")})
    assert isinstance(card.size, int)
    chip_matrix(card.template.landmarks(100) + 3, card.size, card.template)
    views = np.ones((1, len(VIEW_FACTORS)), np.float32)
    for head in card.heads:
        logits = np.linspace(-9, 9, head.width, dtype=np.float32)[None]
        probabilities = head.probabilities(logits, views)
        assert np.isfinite(probabilities).all(), head
        assert head.estimates(probabilities, 0.98)
    Console(file=io.StringIO()).print(card_table(card, _PATH))
    assert Card.from_json(card.to_json()) == card


def seeds() -> Iterator[bytes]:
    """Makes a card of every kind of head, and a short one."""
    ages = AGE.calibrated(Calibration(Temperature(0.2, (1.0, 0.5, 0.0, 0.1)), 0.08, 0.92))
    genders = GENDER.calibrated(Calibration(thresholds=((0.0, 1.0, 0.9), (0.8, 0.7, 0.98))))
    for heads in ((ages, genders, ETHNICITY), (GENDER,)):
        card = Card(
            name="test",
            network="net",
            parameters=12,
            size=96,
            mean=(1.0, 2.0, 3.0),
            std=(1.0, 1.0, 1.0),
            template=ChipTemplate(),
            heads=heads,
            data=(DataSource("somewhere", 3, "CC0"),),
            start={"name": "something"},
            recipe={"epochs": 3},
            metrics={"somewhere test": {"mae": 4.5}},
        )
        yield card.to_json().encode()
