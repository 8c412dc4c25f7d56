"""Measures other systems, and mien's models on exactly the pictures that each of them answered.

    python -m benchmarks.rivals.measure recipes/sets/*.yaml

The answers of other systems are in ``benchmarks/rivals/answers/SYSTEM.csv``, those of mien's models
in ``runs/reports/MODEL``, where `make reports` writes them. The figures are written into
``benchmarks/rivals/figures.json``; `python -m tools.publish` makes the table of the docs from them.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mien.datasets.sets import LabelledSet, read_set
from mien.evaluation.answers import read_answers
from mien.evaluation.compare import compare
from mien.evaluation.intervals import share
from mien.evaluation.prediction_files import load_predictions
from mien.evaluation.predictions import Predictions
from mien.evaluation.report.key_figures import key_figures
from mien.evaluation.report.parts import LEAST, in_years

HERE = Path(__file__).parent
REPORTS = Path("runs/reports")
MODELS = ("default", "accurate", "open")
RIVAL = "rival"
AGES = {"0 to 12": (0, 12), "13 to 17": (13, 17), "60 and over": (60, math.inf)}
"""Years of the labels, inclusive, for which the error of the age is measured by itself."""


def answers(system: Path, labelled: LabelledSet, split: str) -> Predictions:
    """Returns the answers of another system; a face is found if its own detector found it."""
    predictions = read_answers(system, labelled.pictures, labelled.split(split))
    with system.open(newline="", encoding="utf-8") as file:
        detected = {row["path"] for row in csv.DictReader(file) if row["detected"] == "1"}
    answered = predictions.select(predictions.answered)
    paths = [(labelled.pictures / record.path).as_posix() for record in answered.records]
    return replace(answered, found=np.array([path in detected for path in paths]))


def shared(systems: dict[str, Predictions]) -> dict[str, Predictions]:
    """Returns the predictions for the pictures that all systems have, in one order."""
    indexes = {
        name: {record.path: i for i, record in enumerate(predictions.records)}
        for name, predictions in systems.items()
    }
    paths = sorted(set.intersection(*(set(of) for of in indexes.values())))
    return {
        name: predictions.select([indexes[name][path] for path in paths])
        for name, predictions in systems.items()
    }


def measured(models: dict[str, Predictions], rival: Predictions) -> dict[str, Any]:
    """Returns the figures of all on the same pictures, and of each model minus the rival.

    ``ages`` has them for each of :data:`AGES` with enough pictures whose age is labelled.
    """
    same = shared(models | {RIVAL: rival})
    figures = _figures(same)
    figures["ages"] = {
        name: _figures({system: of.select(mask) for system, of in same.items()})
        for name, ends in AGES.items()
        if (mask := same[RIVAL].exact & in_years(same[RIVAL], *ends)).sum() >= LEAST
    }
    return figures


def _figures(same: dict[str, Predictions]) -> dict[str, Any]:
    return {
        "systems": {
            name: key_figures(predictions) | {"found": share(predictions.found)}
            for name, predictions in same.items()
        },
        "differences": {
            name: compare(same[RIVAL], predictions)
            for name, predictions in same.items()
            if name != RIVAL
        },
    }


def main() -> None:
    """Runs the program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sets", nargs="+", help="files of the data sets")
    parser.add_argument("--split", default="test")
    options = parser.parse_args()
    files = sorted((HERE / "answers").glob("*.csv"))
    figures: dict[str, Any] = {"models": {}, "rivals": {file.stem: {} for file in files}}
    for model in MODELS:
        metrics = json.loads((REPORTS / model / "metrics.json").read_text(encoding="utf-8"))
        figures["models"][model] = metrics["about"]["sha256"]
    for labelled in map(read_set, options.sets):
        models = {
            model: load_predictions(REPORTS / model / labelled.name / "predictions.npz")
            for model in MODELS
        }
        for file in files:
            rival = answers(file, labelled, options.split)
            figures["rivals"][file.stem][labelled.name] = measured(models, rival)
    short = json.loads(json.dumps(figures), parse_float=lambda text: round(float(text), 6))
    (HERE / "figures.json").write_text(json.dumps(short, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
