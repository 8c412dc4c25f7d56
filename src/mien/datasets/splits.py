"""Splits of a data set: near-duplicates stay together, and every cell is in every split.

A cell is the pictures of one age group, gender and ethnicity.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from mien.ages import group_of
from mien.datasets.records import Record
from mien.errors import DataError

Cell = tuple[int, str, str]
"""Index of the age group (-1 if the age is not known), gender, ethnicity as the data set has it."""


def split_records(
    records: Sequence[Record],
    groups: NDArray[np.int64],
    shares: Mapping[str, float],
    balanced: Sequence[str] = (),
    seed: int = 0,
) -> list[str]:
    """Assigns a split to every record.

    Each cell is divided in the given shares. A group of near-duplicates is never divided.

    Args:
        records: The pictures, n.
        groups: Number of the near-duplicate group of each picture, (n,).
        shares: Share of each split, above 0, by its name; the shares sum to 1.
        balanced: Names of splits in which every ethnicity is equally frequent. Pictures without an
            ethnicity are divided as if no split was balanced.
        seed: Seed of the order in which groups are assigned.

    Returns:
        The name of the split of each picture, n.

    Raises:
        DataError: The shares are not positive or do not sum to 1; there is no split of a balanced
            name; all splits are balanced; or an ethnicity has too few pictures.
    """
    if not (min(shares.values(), default=0) > 0 and abs(sum(shares.values()) - 1) < 1e-6):
        raise DataError("the shares of the splits must be positive and sum to 1")
    if unknown := set(balanced) - set(shares):
        raise DataError(f"there is no split '{sorted(unknown)[0]}' to balance")
    if set(balanced) == set(shares):
        raise DataError("not all splits can be balanced; leave out one, which takes the rest")
    cells = [cell(record) for record in records]
    wanted = _wanted(cells, shares, balanced)
    members: dict[int, list[int]] = defaultdict(list)
    for i, group in enumerate(groups):
        members[int(group)].append(i)
    order = list(members)
    np.random.default_rng(seed).shuffle(order)
    order.sort(key=lambda group: -len(members[group]))  # the sort is stable; large groups are first
    splits = [""] * len(records)
    for group in order:
        missing = wanted[cells[members[group][0]]]
        split = max(missing, key=lambda name: missing[name])
        for i in members[group]:
            splits[i] = split
            wanted[cells[i]][split] -= 1
    return splits


def cell(record: Record) -> Cell:
    """Returns the cell of a record; the age group of a bracket is that of its middle."""
    if not record.age_known:
        return -1, record.gender or "", record.race
    middle = (record.age_low + record.age_high) // 2
    return int(group_of(np.array([middle]))[0]), record.gender or "", record.race


def _wanted(
    cells: Sequence[Cell], shares: Mapping[str, float], balanced: Sequence[str]
) -> dict[Cell, dict[str, float]]:
    """Returns the wanted number of pictures of each cell in each split."""
    sizes = Counter(cells)
    races = Counter(race for _, _, race in cells if race)
    labelled = sum(races.values())
    free = sum(value for name, value in shares.items() if name not in balanced)
    wanted: dict[Cell, dict[str, float]] = {}
    for key, size in sizes.items():
        race = key[2]
        share = {
            name: value * labelled / len(races) / races[race]
            if race and name in balanced
            else value
            for name, value in shares.items()
        }
        rest = 1 - sum(share[name] for name in balanced)
        if rest < 0:
            raise DataError(
                f"the ethnicity '{race}' has too few pictures to balance the splits;"
                " make their shares smaller"
            )
        wanted[key] = {
            name: size * (value if name in balanced else value / free * rest)
            for name, value in share.items()
        }
    return wanted


def part_of(record: Record) -> str:
    """Returns the part that a picture belongs to: its split, where ``val`` is divided in two.

    A fixed half of ``val`` is the part ``calibration``; near-duplicates are in the same half. No
    model is selected on this half, so that calibration on it is not too optimistic.
    """
    if record.split != "val":
        return record.split
    key = record.path if record.group is None else str(record.group)
    return "calibration" if crc32(key.encode()) % 2 else "val"
