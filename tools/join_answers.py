"""Joins the predictions of several reports to one table for `mien evaluate --predictions`.

python -m tools.join_answers runs/folds/*/report/utkface/predictions.npz --out answers.csv
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from mien.errors import DataError, MienError
from mien.evaluation.prediction_files import load_predictions
from mien.evaluation.predictions import Predictions, concatenated
from mien.evaluation.report.thresholds import QUESTIONS


def joined(files: Sequence[Path]) -> Predictions:
    """Returns the predictions of all files together.

    Args:
        files: Files ``predictions.npz`` of reports, at least one.

    Raises:
        DataError: A file does not hold predictions, or two files have the same picture.
    """
    predictions = concatenated([load_predictions(file) for file in files])
    seen: set[str] = set()
    for record in predictions.records:
        if record.path in seen:
            raise DataError(
                f"'{record.path}' is predicted twice; give reports of different pictures"
            )
        seen.add(record.path)
    return predictions


def columns(predictions: Predictions) -> Mapping[str, Sequence[str]]:
    """Returns the columns of the table by their names, as :mod:`mien.evaluation.answers` has them.

    Args:
        predictions: Predictions of a model with the heads ``age`` and ``gender``.
    """
    gender = predictions.labels["gender"]
    numbers: dict[str, NDArray[Any] | None] = {
        "age": predictions.years,
        "age_low": predictions.low,
        "age_high": predictions.high,
        "novelty": predictions.novelty,
        **{f"at_least_{n}": predictions.at_least(n) for n in QUESTIONS},
    }
    if gender.probabilities is not None:
        numbers["female"] = gender.probabilities[:, gender.names.index("female")]
    texts = {name: list(map(str, of)) for name, of in numbers.items() if of is not None}
    return {
        "path": [record.path for record in predictions.records],
        **texts,
        "gender": gender.decided.tolist(),
    }


def main() -> None:
    """Runs the program."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.join_answers", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="predictions.npz")
    parser.add_argument("--out", type=Path, required=True, help="the CSV file to write")
    options = parser.parse_args()
    try:
        table = columns(joined(options.files))
    except MienError as error:
        sys.exit(f"join_answers: {error}")
    with options.out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))


if __name__ == "__main__":
    main()
