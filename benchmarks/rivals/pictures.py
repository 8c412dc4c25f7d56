"""Lists test pictures for other systems, each with the box of the face that mien's detector finds.

    python -m benchmarks.rivals.pictures recipes/sets/*.yaml --out pictures.csv

The sets take turns, and each is in a shuffled order that never changes. So the answers of a system
that was stopped are those for a random sample of each set. A list that is there already is
continued.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from itertools import chain, zip_longest
from pathlib import Path

from benchmarks.rivals.rows import continue_rows
from mien.datasets.sets import read_set
from mien.faces import MIN_SCORE_CROPPED, YuNet, central_face
from mien.images import Picture, read_picture

COLUMNS = ("set", "path", "left", "top", "right", "bottom")
LONGEST_SIDE = 320  # pixels; the pictures show one large face


def in_turn(sets: list[str], split: str) -> Iterator[tuple[str, Path]]:
    """Yields the name of the set and the path of each picture, the sets in turn."""

    def shuffled(file: str) -> list[tuple[str, Path]]:
        labelled = read_set(file)
        records = sorted(labelled.split(split), key=lambda record: record.path)
        random.Random(0).shuffle(records)
        return [(labelled.name, labelled.pictures / record.path) for record in records]

    yield from filter(None, chain.from_iterable(zip_longest(*map(shuffled, sets))))


def box(picture: Picture, detector: YuNet) -> tuple[int, int, int, int]:
    """Returns left, top, right and bottom of the face, or of the whole picture."""
    height, width = picture.shape[:2]
    faces = detector.detect(picture, MIN_SCORE_CROPPED, LONGEST_SIDE)
    if not faces:
        return 0, 0, width, height
    left, top, right, bottom = map(round, central_face(faces, width, height).box.xyxy)
    return max(left, 0), max(top, 0), min(right, width), min(bottom, height)


def main() -> None:
    """Runs the program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sets", nargs="+", help="files of the data sets")
    parser.add_argument("--split", default="test")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    detector = YuNet(threads=1)
    pictures = in_turn(options.sets, options.split)
    with continue_rows(options.out, COLUMNS) as (done, write):
        for name, path in pictures:
            if path.as_posix() not in done:
                write((name, path.as_posix(), *box(read_picture(path), detector)))


if __name__ == "__main__":
    main()
