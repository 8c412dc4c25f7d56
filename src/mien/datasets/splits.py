"""Dividing a data set so that no near-duplicate is on both sides and every cell is represented."""

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


def split_records(
    records: Sequence[Record],
    groups: NDArray[np.int64],
    shares: Mapping[str, float],
    balanced: Sequence[str] = (),
    seed: int = 0,
) -> list[str]:
    """Assigns a split to every record.

    Cells of age group, gender and race are divided in the given shares; a group of near-duplicates
    is never divided.

    Args:
        records: The pictures.
        groups: The near-duplicate group of each.
        shares: Share of each split; they sum to 1.
        balanced: Splits in which every race shall be equally frequent (pictures without one are
            divided as if nothing was balanced).
        seed: Of the order in which groups are dealt.

    Returns:
        The name of the split of each record.

    Raises:
        DataError: The shares are not positive or do not sum to 1, or a split cannot be balanced.
    """
    if not (min(shares.values(), default=0) > 0 and abs(sum(shares.values()) - 1) < 1e-6):
        raise DataError("the shares of the splits must be positive and sum to 1")
    if unknown := set(balanced) - set(shares):
        raise DataError(f"there is no split '{sorted(unknown)[0]}' to balance")
    if set(balanced) == set(shares):
        raise DataError("one split must take what the balanced ones leave, so not all can be")
    cells = [cell(record) for record in records]
    wanted = _wanted(cells, shares, balanced)
    members: dict[int, list[int]] = defaultdict(list)
    for i, group in enumerate(groups):
        members[int(group)].append(i)
    order = list(members)
    np.random.default_rng(seed).shuffle(order)
    order.sort(key=lambda group: -len(members[group]))  # stable: the large ones are dealt first
    splits = [""] * len(records)
    for group in order:
        missing = wanted[cells[members[group][0]]]
        split = max(missing, key=lambda name: missing[name])
        for i in members[group]:
            splits[i] = split
            wanted[cells[i]][split] -= 1
    return splits


def cell(record: Record) -> Cell:
    """Returns the cell of age group (-1 if not known), gender and race of a record."""
    if not record.age_known:
        return -1, record.gender or "", record.race
    middle = (record.age_low + record.age_high) // 2
    return int(group_of(np.array([middle]))[0]), record.gender or "", record.race


def _wanted(
    cells: Sequence[Cell], shares: Mapping[str, float], balanced: Sequence[str]
) -> dict[Cell, dict[str, float]]:
    """Returns how many pictures of each cell each split should have."""
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
            raise DataError(f"there are too few pictures of '{race}' to balance the splits")
        wanted[key] = {
            name: size * (value if name in balanced else value / free * rest)
            for name, value in share.items()
        }
    return wanted


def part_of(record: Record) -> str:
    """Returns what a picture may be used for: its split, with ``val`` divided in two.

    A fixed half of ``val`` (near-duplicates together) is called ``calibration``: it chooses
    nothing, so that what is fitted on it is not flattered.
    """
    if record.split != "val":
        return record.split
    key = record.path if record.group is None else str(record.group)
    return "calibration" if crc32(key.encode()) % 2 else "val"
