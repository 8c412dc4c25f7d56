"""Writes what the bundled models predict for known pictures, which a test compares.

    python -m tools.golden DATA        writes tests/assets/golden.csv

DATA is the folder with ``utkface.tar`` and ``utkface.csv``. The pictures are the sample and 30
faces of UTKFace's split ``test``. Run it only after a bundled model was replaced: the test shows
whether anything else changes the predictions.
"""

from __future__ import annotations

import argparse
import csv
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from mien.analyzer import Analyzer
from mien.assets import ASTRONAUT, bundled_models

GOLDEN = Path(__file__).parents[1] / "tests/assets/golden.csv"
SAMPLE = "sample"
COLUMNS = ("model", "picture", "years", "low", "high", "at_least_18", "female")

_FACES = 30


def answers(analyzer: Analyzer, name: str, picture: bytes) -> dict[str, str]:
    """Returns the row of a picture.

    Args:
        analyzer: A bundled model.
        name: Name of the picture.
        picture: Bytes of its file, which shows one face; a crop unless it is the sample.
    """
    face = analyzer.analyze(picture, cropped=name != SAMPLE)[0]
    numbers = (face.age.years, face.age.low, face.age.high, face.age.at_least(18))
    values = (analyzer.card.name, name, *(f"{n:.3f}" for n in (*numbers, face.gender.female)))
    return dict(zip(COLUMNS, values, strict=True))


def pictures(data: Path, names: list[str]) -> Iterator[tuple[str, bytes]]:
    """Yields pictures of UTKFace.

    Args:
        data: Folder with ``utkface.tar``.
        names: Names of the files.
    """
    with tarfile.open(data / "utkface.tar") as archive:
        for name in names:
            file = archive.extractfile(f"utkface/{name}")
            assert file is not None
            yield name, file.read()


def _spread_names(data: Path) -> list[str]:
    """Returns the names of test pictures at equal distances in the order of age."""
    with (data / "utkface.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "test"]
    rows.sort(key=lambda row: (int(row["age"]), row["file"]))
    return [rows[i]["file"] for i in np.linspace(0, len(rows) - 1, _FACES).astype(int)]


def main() -> None:
    """Runs the program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, help="folder with utkface.tar and utkface.csv")
    data = parser.parse_args().data
    known = [(SAMPLE, ASTRONAUT.read_bytes()), *pictures(data, _spread_names(data))]
    with GOLDEN.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for model in bundled_models():
            analyzer = Analyzer(model)
            writer.writerows(answers(analyzer, name, picture) for name, picture in known)


if __name__ == "__main__":
    main()
