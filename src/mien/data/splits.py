"""Dividing a data set so that no near-duplicate is on both sides and every cell is represented."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mien.attributes.ages import group_of
from mien.data.records import Record
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
        balanced: Splits in which every race shall be equally frequent.
        seed: Of the order in which groups are dealt.

    Returns:
        The name of the split of each record.

    Raises:
        DataError: The shares do not sum to 1, or a balanced split is of nothing.
    """
    if abs(sum(shares.values()) - 1) > 1e-6:
        raise DataError("the shares of the splits do not sum to 1")
    if unknown := set(balanced) - set(shares):
        raise DataError(f"there is no split '{sorted(unknown)[0]}' to balance")
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
    """Returns the cell of age group, gender and race that a record belongs to."""
    middle = (record.age_low + record.age_high) // 2
    return int(group_of(np.array([middle]))[0]), record.gender or "", record.race


def _wanted(
    cells: Sequence[Cell], shares: Mapping[str, float], balanced: Sequence[str]
) -> dict[Cell, dict[str, float]]:
    """Returns how many pictures of each cell each split should have."""
    sizes = Counter(cells)
    races = Counter(race for _, _, race in cells)
    wanted: dict[Cell, dict[str, float]] = {}
    for key, size in sizes.items():
        share = {
            name: value * len(cells) / len(races) / races[key[2]] if name in balanced else value
            for name, value in shares.items()
        }
        rest = 1 - sum(share[name] for name in balanced)
        free = sum(value for name, value in shares.items() if name not in balanced)
        wanted[key] = {
            name: size * (value if name in balanced else value / free * rest)
            for name, value in share.items()
        }
    return wanted
