"""Several models side by side, for people."""

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
from mien.cli.sinks.table import plain_table
from mien.runtime import OnnxSession

_RUNS = 20  # of a model whose speed is measured, after a quarter as many


def models_table(paths: Sequence[Path]) -> Table:
    """Returns a table of models: size, attributes, speed here and now, accuracy, terms.

    Args:
        paths: The model files.
    """
    table = plain_table()
    for heading in (
        *("model", "size", "predicts", "a face*"),
        *("age error", "gender", "groups, gender", "terms"),
    ):
        table.add_column(heading, overflow="fold", vertical="top")
    for path in paths:
        model = AttributeModel(OnnxSession(path, threads=1))
        utkface = model.card.metrics.get("utkface test", {})
        fairface = model.card.metrics.get("fairface test", {})
        table.add_row(
            model.card.name,
            f"{path.stat().st_size / 1e6:.1f} MB",
            "\n".join(head.name for head in model.card.heads),
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
