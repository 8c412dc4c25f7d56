"""Divides a data set into five folds for out-of-fold predictions.

    python -m tools.folds recipes/sets/utkface.yaml --chips data/chips/utkface-128 --out runs/folds

Each fold gets a folder, ``runs/folds/1`` to ``runs/folds/5``, with a data set file of the same name
and its ``splits.csv``. The split ``test`` is the held-out fifth, ``val`` a part of the rest for
validation and calibration. Each picture is held out in one fold. Near-duplicates stay together.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from mien.datasets.chips.cache import ChipCache, open_cache
from mien.datasets.duplicates import cache_pairs, groups
from mien.datasets.records import Record
from mien.datasets.splits import split_records
from mien.datasets.yaml_files import read_yaml
from mien.errors import MienError

FOLDS = 5
"""Number of folds."""

_VAL = 0.1  # share of the pictures that are not held out


def fold_splits(records: Sequence[Record], numbers: NDArray[np.int64]) -> list[list[str]]:
    """Assigns a split to every record, in each fold.

    Every cell of age group, gender and ethnicity is divided equally among the folds. A group of
    near-duplicates is never divided. The result depends on the arguments alone.

    Args:
        records: The pictures, n.
        numbers: Number of the near-duplicate group of each picture, (n,).

    Returns:
        For each of :data:`FOLDS` the split of each picture, n: ``test``, ``val`` or ``train``.
    """
    shares = {str(fold): 1 / FOLDS for fold in range(FOLDS)}
    held_out = np.array(split_records(records, numbers, shares), np.str_)
    folds = []
    for fold in shares:
        rest = np.flatnonzero(held_out != fold).tolist()
        names = split_records(
            [records[i] for i in rest], numbers[rest], {"train": 1 - _VAL, "val": _VAL}
        )
        splits = ["test"] * len(records)
        for i, name in zip(rest, names, strict=True):
            splits[i] = name
        folds.append(splits)
    return folds


def near_duplicates(cache: ChipCache) -> NDArray[np.int64]:
    """Returns the number of the near-duplicate group of each picture, int64, (n,).

    Near-duplicates are those that the data set names and those that the chips show. Some of the
    latter only look alike; a division into folds loses nothing if they stay together.
    """
    named: dict[int, list[int]] = defaultdict(list)
    for i, row in enumerate(cache.rows):
        if row.record.group is not None:
            named[row.record.group].append(i)
    pairs = [pair for members in named.values() for pair in pairwise(members)]
    both = np.concatenate([np.array(pairs, np.int64).reshape(-1, 2), cache_pairs([cache])])
    return groups(len(cache.rows), both)


def write_folds(labelled_set: Path, cache: ChipCache, folder: Path) -> list[list[str]]:
    """Writes the folder of each fold. Its groups are those that the data set names.

    Args:
        labelled_set: File of the data set.
        cache: Its chips.
        folder: Folder for the folders of the folds.

    Returns:
        The split of each picture in each fold, see :func:`fold_splits`.
    """
    entries = read_yaml(labelled_set)
    records = [row.record for row in cache.rows]
    folds = fold_splits(records, near_duplicates(cache))
    for fold, splits in enumerate(folds, start=1):
        path = folder / str(fold) / "splits.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("file", "split", "group"))
            # The labels of a group are pooled in training, so its pictures must be the same.
            writer.writerows(
                (record.path, split, "" if record.group is None else record.group)
                for record, split in zip(records, splits, strict=True)
            )
        text = yaml.safe_dump(entries | {"splits": path.as_posix()}, sort_keys=False)
        path.with_name(labelled_set.name).write_text(text, encoding="utf-8")
    return folds


def main() -> None:
    """Runs the program."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.folds", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("set", type=Path, metavar="SET", help="file of the data set")
    parser.add_argument("--chips", type=Path, required=True, help="its chip cache")
    parser.add_argument("--out", type=Path, required=True, help="folder for the folds")
    options = parser.parse_args()
    try:
        folds = write_folds(options.set, open_cache(options.chips), options.out)
    except (MienError, OSError) as error:
        sys.exit(f"folds: {error}")
    for fold, splits in enumerate(folds, start=1):
        counts = Counter(splits)
        parts = ", ".join(f"{counts[name]:,} {name}" for name in ("train", "val", "test"))
        print(f"fold {fold}: {parts}")


if __name__ == "__main__":
    main()
