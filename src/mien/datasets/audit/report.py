"""The audit of data sets, computed from their chip caches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import sqrt
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from mien.ages import AGE_GROUP_NAMES
from mien.datasets.chips.cache import ChipCache
from mien.datasets.chips.index import Problem
from mien.datasets.duplicates import MAX_DISTANCE, cache_pairs, groups
from mien.datasets.records import Record
from mien.datasets.splits import cell

UNLABELLED = "unlabelled"
"""The label of a picture without a gender or an ethnicity."""

NO_SPLIT = "no split"
"""The split of a picture without a split."""

PictureKey = tuple[str, str]
"""The name of a data set and the path of a picture in it."""


class AgeCount(TypedDict):
    """The number of pictures of a split with one age or bracket (in years, inclusive)."""

    split: str
    age_low: float
    age_high: float
    pictures: int


class CellCount(TypedDict):
    """The number of pictures of an age group, gender and ethnicity."""

    age_group: str
    gender: str
    ethnicity: str
    pictures: int


class SetAudit(TypedDict):
    """The audit of one data set.

    An age label is exact, a bracket, or missing. ``problems`` are those of the labels.
    ``unreadable`` are pictures that could not be read, each with the reason. ``not_found`` are
    pictures that could be read, but in which no face was found.
    """

    name: str
    pictures: int
    splits: dict[str, int]
    exact_ages: int
    brackets: int
    without_age: int
    without_gender: int
    without_ethnicity: int
    problems: list[Problem]
    unreadable: list[Problem]
    not_found: list[str]
    ages: list[AgeCount]
    cells: list[CellCount]


class Member(TypedDict):
    """A picture in a group of near-duplicates."""

    set: str
    path: str
    age_low: float
    age_high: float
    gender: str
    split: str


class Group(TypedDict):
    """A group of near-duplicates and the differences between its labels.

    ``age_difference`` is the largest difference between exact ages, in years.
    """

    age_difference: float
    genders_disagree: bool
    brackets_disagree: bool
    members: list[Member]


class Noise(TypedDict):
    """The noise of age labels, in years, see :func:`label_noise`."""

    pairs: int
    mean_difference: float
    p90_difference: float
    ceiling_mae: float
    least_mae: float
    greatest_mae: float


class DuplicateAudit(TypedDict):
    """The near-duplicates of all sets together; the groups that disagree most are first."""

    max_distance: int
    pairs: dict[str, int]
    pictures: int
    genders_disagree: int
    brackets_disagree: int
    label_noise: Noise | None
    groups: list[Group]


class Leak(TypedDict):
    """Pairs of near-duplicates; the first picture is in one split, the second in another."""

    splits: tuple[str, str]
    pairs: list[tuple[PictureKey, PictureKey]]


class Audit(TypedDict):
    """The audit of several data sets, as in the JSON file."""

    sets: list[SetAudit]
    duplicates: DuplicateAudit
    leakage: list[Leak]


def audit(caches: Sequence[ChipCache]) -> Audit:
    """Audits data sets.

    Args:
        caches: One cache for each set, all of one template. Near-duplicates are searched for in all
            sets together.

    Raises:
        DataError: The chips were cut by several templates.
    """
    pictures = [(cache.name, row.record) for cache in caches for row in cache.rows]
    pairs = cache_pairs(caches)
    return {
        "sets": [_audit_set(cache) for cache in caches],
        "duplicates": _audit_duplicates(pictures, pairs),
        "leakage": _leakage(pictures, pairs),
    }


def label_noise(differences: NDArray[np.float64]) -> Noise:
    """Estimates the measured error of a perfect predictor, which is due to label noise alone.

    Let the labels of two near-duplicates be ``c + e1`` and ``c + e2``: a common centre ``c`` and
    independent errors of the same distribution with mean 0. A perfect predictor predicts ``c``; its
    mean absolute error is ``E|e|``. The errors are not known, but the difference of the labels,
    ``d = |e1 - e2|``, is known:

    - ``E[d] / 2 <= E|e| <= E[d]`` for every distribution. The lower bound is the triangle
      inequality: ``d <= |e1| + |e2|``. The upper bound holds because one more independent error of
      mean 0 cannot lower a mean absolute error.
    - ``E|e| = E[d] / sqrt(2)`` if the errors are normal. This is the estimate. If most of the error
      is in a few gross errors, the true value is nearer to ``E[d] / 2``.

    The estimate makes three assumptions. Near-duplicates have the same noise and the same ages as
    other pictures. The two labels are independent; a label that was copied with its picture makes
    the estimate too small. Both pictures show the same person; a false near-duplicate makes it too
    large.

    Args:
        differences: Absolute difference of the two exact ages of each pair in years, (pairs,), at
            least one pair.

    Returns:
        The mean and the 90th percentile of the differences, the estimate ``ceiling_mae``, and its
        bounds ``least_mae`` and ``greatest_mae``, all in years.
    """
    mean = float(differences.mean())
    return {
        "pairs": len(differences),
        "mean_difference": mean,
        "p90_difference": float(np.percentile(differences, 90)),
        "ceiling_mae": mean / sqrt(2),
        "least_mae": mean / 2,
        "greatest_mae": mean,
    }


def _audit_set(cache: ChipCache) -> SetAudit:
    records = [row.record for row in cache.rows]
    known = [record for record in records if record.age_known]
    exact = sum(record.exact_age is not None for record in known)
    ages = Counter((_split(record), record.age_low, record.age_high) for record in known)
    cells = Counter(
        (cell(record)[0], record.gender or UNLABELLED, record.ethnicity or UNLABELLED)
        for record in known
    )
    return {
        "name": cache.name,
        "pictures": len(records),
        "splits": dict(Counter(_split(record) for record in records)),
        "exact_ages": exact,
        "brackets": len(known) - exact,
        "without_age": len(records) - len(known),
        "without_gender": sum(record.gender is None for record in records),
        "without_ethnicity": sum(record.ethnicity is None for record in records),
        "problems": cache.problems,
        "unreadable": [(row.record.path, row.error) for row in cache.rows if row.error],
        "not_found": [row.record.path for row in cache.rows if not row.found and not row.error],
        "ages": [
            {"split": split, "age_low": low, "age_high": high, "pictures": count}
            for (split, low, high), count in sorted(ages.items())
        ],
        "cells": [
            {
                "age_group": AGE_GROUP_NAMES[age_group],
                "gender": gender,
                "ethnicity": ethnicity,
                "pictures": count,
            }
            for (age_group, gender, ethnicity), count in sorted(cells.items())
        ],
    }


def _audit_duplicates(
    pictures: Sequence[tuple[str, Record]], pairs: NDArray[np.int64]
) -> DuplicateAudit:
    names = Counter(" + ".join(sorted({pictures[i][0] for i in pair})) for pair in pairs)
    found = [_group(members) for members in _members(pictures, pairs)]
    found.sort(key=lambda g: (g["genders_disagree"], g["age_difference"]), reverse=True)
    ages = ([pictures[i][1].exact_age for i in pair] for pair in pairs)
    differences = [abs(a - b) for a, b in ages if a is not None and b is not None]
    return {
        "max_distance": MAX_DISTANCE,
        "pairs": dict(names),
        "pictures": sum(len(group["members"]) for group in found),
        "genders_disagree": sum(group["genders_disagree"] for group in found),
        "brackets_disagree": sum(group["brackets_disagree"] for group in found),
        "label_noise": label_noise(np.array(differences)) if differences else None,
        "groups": found,
    }


def _members(
    pictures: Sequence[tuple[str, Record]], pairs: NDArray[np.int64]
) -> Iterator[list[tuple[str, Record]]]:
    """Yields the pictures of each group of at least two pictures."""
    numbers = groups(len(pictures), pairs)
    order = np.argsort(numbers, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1):
        if len(group) > 1:
            yield [pictures[i] for i in group]


def _group(members: Sequence[tuple[str, Record]]) -> Group:
    records = [record for _, record in members]
    exact = [record.age_low for record in records if record.exact_age is not None]
    return {
        "age_difference": max(exact, default=0) - min(exact, default=0),
        "genders_disagree": len({record.gender for record in records} - {None}) > 1,
        "brackets_disagree": any(_brackets_disagree(a, b) for a, b in combinations(records, 2)),
        "members": [
            {
                "set": name,
                "path": record.path,
                "age_low": record.age_low,
                "age_high": record.age_high,
                "gender": record.gender or UNLABELLED,
                "split": _split(record),
            }
            for name, record in members
        ],
    }


def _brackets_disagree(a: Record, b: Record) -> bool:
    """Returns whether two labels, of which at least one is a bracket, have no age in common."""
    bracket = a.exact_age is None or b.exact_age is None
    return bracket and max(a.age_low, b.age_low) > min(a.age_high, b.age_high)


def _leakage(pictures: Sequence[tuple[str, Record]], pairs: NDArray[np.int64]) -> list[Leak]:
    leaks: dict[tuple[str, str], list[tuple[PictureKey, PictureKey]]] = {}
    for pair in pairs:
        sides = (
            (record.split, (name, record.path)) for name, record in (pictures[i] for i in pair)
        )
        (split, picture), (other_split, other_picture) = sorted(sides)
        if split and split != other_split:
            leaks.setdefault((split, other_split), []).append((picture, other_picture))
    return [{"splits": splits, "pairs": leaks[splits]} for splits in sorted(leaks)]


def _split(record: Record) -> str:
    return record.split or NO_SPLIT
