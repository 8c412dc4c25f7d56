from __future__ import annotations

import json

import pytest

from mien.attributes.calibration import Calibration, Temperature
from mien.attributes.card import CARD_KEY, Card, DataSource, read_card
from mien.attributes.heads import AGE, GENDER, Head
from mien.errors import ModelError
from mien.faces.align import ChipTemplate

CARD = Card(
    name="test",
    network="mobilenet_v1",
    parameters=12,
    size=96,
    mean=(1.0, 2.0, 3.0),
    std=(1.0, 1.0, 1.0),
    template=ChipTemplate(crop_scale=1.1),
    heads=(
        AGE.calibrated(Calibration(Temperature(0.2, (1.0, 0.5, 0.0, 0.1)), 0.08, 0.92)),
        GENDER.calibrated(Calibration(thresholds=((0.0, 1.0, 0.9), (0.8, 0.7, 0.98)))),
        Head("hat", "categorical", ("none", "cap", "helmet"), notice="Only a guess."),
    ),
    data=(DataSource("somewhere", 3, "CC0"),),
    start={"name": "something"},
    recipe={"epochs": 3},
    metrics={"somewhere test": {"mae": 4.5}},
    licence="CC0",
    commit="abc",
    sha256="0" * 64,
)


def test_a_card_can_be_read_from_its_json() -> None:
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


def test_a_head_is_found_by_its_name() -> None:
    assert CARD.head("hat").labels == ("none", "cap", "helmet")
    with pytest.raises(
        ModelError, match="'test' does not predict 'glasses'; it predicts age, gender, hat"
    ):
        CARD.head("glasses")


@pytest.mark.parametrize(
    "change",
    [
        {"heads": []},
        {"heads": [{"name": "age"}]},
        {"heads": [AGE.to_dict(), AGE.to_dict()]},
        {"heads": [{**GENDER.to_dict(), "kind": "colour"}]},
        {"heads": [{**GENDER.to_dict(), "labels": ["only one"]}]},
        {"heads": [{**GENDER.to_dict(), "name": "a b"}]},
        {"heads": [{**AGE.to_dict(), "labels": ["old"]}]},
    ],
)
def test_a_card_with_impossible_heads_is_refused(change: dict) -> None:
    with pytest.raises(ModelError):
        Card.from_json(json.dumps({**json.loads(CARD.to_json()), **change}))


def _changed(path: str, value: object) -> str:
    """Returns the JSON of a card with another value at a path such as ``heads.1.labels``."""
    data = json.loads(CARD.to_json())
    *parents, last = (int(key) if key.isdecimal() else key for key in path.split("."))
    part = data
    for key in parents:
        part = part[key]
    part[last] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("size", "96"),
        ("size", 96.5),
        ("size", -1),
        ("size", 10**400),
        ("parameters", True),
        ("name", None),
        ("mean", [0, 0]),
        ("std", "abc"),
        ("template.points", [[0.1, 0.2]] * 4),
        ("template.points", [[0.1, 0.2, 0.3]] * 5),
        ("template.crop_scale", 0),
        ("template.crop_scale", float("nan")),
        ("heads", {}),
        ("heads.0", None),
        ("heads.0.name", 3),
        ("heads.1.labels", "ab"),
        ("heads.1.labels", ["woman", "man"]),
        ("heads.2.labels", ["cap", 3]),
        ("heads.0.calibration.temperature.base", 1000),
        ("heads.0.calibration.temperature.slopes", [0.0] * 5),
        ("heads.0.calibration.low", float("inf")),
        ("heads.1.calibration.thresholds", [[0.5, 0.5]]),
        ("data.0.pictures", "many"),
        ("start", {"name": 3}),
        ("recipe", []),
        ("recipe", {"a": float("nan")}),
        ("metrics.somewhere test", 4.5),
        ("metrics", {"a": {"mae": "low"}}),
        ("licence", "half a character: \ud800"),
        ("colour", "red"),
    ],
)
def test_a_card_with_an_impossible_entry_is_refused(path: str, value: object) -> None:
    with pytest.raises(ModelError) as refusal:
        Card.from_json(_changed(path, value))
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, "nested too deeply"),
        ('{"schema": 2, "size": 1e999}', "1e999 is not a number"),
        ('{"schema": ' + "9" * 5000 + "}", "cannot be read"),
        ('{"schema": 2}', "it lacks 'name'"),
    ],
)
def test_texts_that_json_readers_stumble_over_are_refused(text: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        Card.from_json(text)


def test_what_a_card_may_leave_out() -> None:
    data = json.loads(CARD.to_json())
    optional = ("precision", "data", "start", "recipe", "metrics", "licence", "commit", "sha256")
    for name in optional:
        del data[name]
    read = Card.from_json(json.dumps(data))
    assert (read.precision, read.data, read.metrics) == ("fp32", (), {})
