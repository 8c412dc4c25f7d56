from __future__ import annotations

import json

import pytest

from mien.attributes.card import (
    CARD_KEY,
    AgeCalibration,
    Card,
    DataSource,
    GenderCalibration,
    read_card,
)
from mien.errors import ModelError
from mien.faces.align import ChipTemplate

CARD = Card(
    name="test",
    network="mobilenet_v1",
    parameters=12,
    size=96,
    mean=(1.0, 2.0, 3.0),
    std=(1.0, 1.0, 1.0),
    template=ChipTemplate(field=1.1),
    age=AgeCalibration("expectation", 1.5, 0.08, 0.92),
    gender=GenderCalibration(2.0, 0.7),
    ethnicities=("a", "b"),
    data=(DataSource("somewhere", 3, "CC0"),),
    start={"name": "something"},
    recipe={"epochs": 3},
    metrics={"somewhere test": {"mae": 4.5}},
    licence="CC0",
    commit="abc",
    sha256="0" * 64,
)


def test_a_card_survives_its_json() -> None:
    assert Card.from_json(CARD.to_json()) == CARD


def test_a_model_without_a_card_is_refused() -> None:
    with pytest.raises(ModelError, match="no card"):
        read_card({})


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"schema": 1}', '{"schema": 1, "x": 2}'])
def test_a_damaged_card_is_refused(text: str) -> None:
    with pytest.raises(ModelError):
        read_card({CARD_KEY: text})


def test_a_card_of_another_version_is_refused() -> None:
    data = json.loads(CARD.to_json())
    data["schema"] = 99
    with pytest.raises(ModelError, match="another version"):
        Card.from_json(json.dumps(data))
