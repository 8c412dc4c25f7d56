"""Model cards for people."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from rich.table import Table

from mien.attributes.card import Card
from mien.attributes.model import AttributeModel
from mien.runtime.onnx import OnnxSession

_RUNS = 20  # of a model whose speed is measured, after a quarter as many


def models_table(paths: Sequence[Path]) -> Table:
    """Returns a table of models: size, speed here and now, accuracy, licence.

    Args:
        paths: The model files.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("model", "size", "a face*", "age error", "gender", "groups, gender", "terms"):
        table.add_column(heading, overflow="fold", vertical="top")
    for path in paths:
        model = AttributeModel(OnnxSession(path, threads=1))
        utkface = model.card.metrics.get("utkface test", {})
        fairface = model.card.metrics.get("fairface test", {})
        table.add_row(
            model.card.name,
            f"{path.stat().st_size / 1e6:.1f} MB",
            f"{1000 * _seconds_a_face(model):.1f} ms",
            _figure(utkface, "mae", "{:.2f} years"),
            _figure(utkface, "gender_accuracy", "{:.1%}"),
            _figure(fairface, "age_group_accuracy", "{:.1%}")
            + ", "
            + _figure(fairface, "gender_accuracy", "{:.1%}"),
            "\n".join(_terms(model.card)),
        )
    table.caption = (
        "* measured now, one thread. Age error and gender: UTKFace's test split;"
        " nine age groups and gender: FairFace, a tenth held out."
    )
    table.caption_justify = "left"
    return table


def _terms(card: Card) -> Iterable[str]:
    """Returns the licences of data and teachers, each once."""
    return dict.fromkeys(term.rpartition(": ")[2] for term in card.licence.split("; "))


def _figure(metrics: dict[str, Any], name: str, form: str) -> str:
    return form.format(metrics[name]) if name in metrics else "not measured"


def _seconds_a_face(model: AttributeModel) -> float:
    chip = np.full((1, model.card.size, model.card.size, 3), 127, np.uint8)
    seconds = []
    for _ in range(_RUNS + _RUNS // 4):
        started = time.perf_counter()
        model.predict(chip)
        seconds.append(time.perf_counter() - started)
    return median(seconds[_RUNS // 4 :])


def card_table(card: Card, path: Path) -> Table:
    """Returns a table of a card's entries."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    size = path.stat().st_size / 1e6
    table.add_row("model", f"{card.name} ({path.name}, {size:.1f} MB)")
    parameters = f"{card.parameters / 1e6:.2f} M parameters"
    table.add_row("network", f"{card.network}, {parameters}, convolutions in {card.precision}")
    table.add_row("input", f"faces of {card.size} x {card.size} pixels, RGB")
    table.add_row(
        "apparent age",
        f"{card.age.statistic} of the distribution over 0..100, temperature "
        f"{card.age.temperature:.2f}; 80 % interval: its quantiles {card.age.low:.3f} and "
        f"{card.age.high:.3f}",
    )
    table.add_row(
        "gender presentation",
        f"temperature {card.gender.temperature:.2f}; undetermined below "
        f"{100 * card.gender.threshold:.1f} %",
    )
    if card.ethnicities:
        table.add_row("ethnicity", f"{', '.join(card.ethnicities)}; off unless asked for")
    for source in card.data:
        table.add_row("trained on", f"{source.name}: {source.pictures} pictures, {source.licence}")
    if card.start:
        entries = [card.start[key] for key in ("name", "package", "licence") if key in card.start]
        table.add_row("started from", "; ".join(entries))
    table.add_row("licence", card.licence)
    for name, figures in card.metrics.items():
        shown = ", ".join(
            f"{key.replace('_', ' ')} {round(value, 4):g}" for key, value in figures.items()
        )
        table.add_row(f"on {name}", shown)
    table.add_row("made by", f"mien {card.commit}")
    table.add_row("SHA-256", card.sha256)
    return table
