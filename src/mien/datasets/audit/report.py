"""What is in a data set and what is wrong with it, from its chip caches."""

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
"""Stands for a missing gender or ethnicity."""

NO_SPLIT = "no split"
"""Stands for the split of a picture that has none."""


Place = tuple[str, str]
"""A set's name and the path of a picture in it."""


class AgeCount(TypedDict):
    """How many pictures of a split have a label of this age or bracket (inclusive, in years)."""

    split: str
    age_low: float
    age_high: float
    pictures: int


class CellCount(TypedDict):
    """How many pictures are of an age group, gender and ethnicity."""

    age_group: str
    gender: str
    ethnicity: str
    pictures: int


class SetAudit(TypedDict):
    """What is in one data set.

    An age label is exact, a bracket, or missing. ``problems`` are the labels' own, ``unreadable``
    are pictures, each with the reason; ``not_found`` are those in which no face was found though
    they could be read.
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
    """One picture of a group of near-duplicates."""

    set: str
    path: str
    age_low: float
    age_high: float
    gender: str
    split: str


class Group(TypedDict):
    """A group of near-duplicates and how its labels disagree.

    ``age_difference`` is the greatest between exact ages, in years.
    """

    age_difference: float
    genders_disagree: bool
    brackets_disagree: bool
    members: list[Member]


class Noise(TypedDict):
    """See :func:`label_noise`; in years."""

    pairs: int
    mean_difference: float
    p90_difference: float
    ceiling_mae: float
    least_mae: float
    greatest_mae: float


class DuplicateAudit(TypedDict):
    """The near-duplicates of all sets together; the groups that disagree most come first."""

    max_distance: int
    pairs: dict[str, int]
    pictures: int
    genders_disagree: int
    brackets_disagree: int
    label_noise: Noise | None
    groups: list[Group]


class Leak(TypedDict):
    """Near-duplicate pairs whose first pictures are in one split and the second in another."""

    splits: tuple[str, str]
    pairs: list[tuple[Place, Place]]


class Audit(TypedDict):
    """Everything, as it is written to JSON."""

    sets: list[SetAudit]
    duplicates: DuplicateAudit
    leakage: list[Leak]


def audit(caches: Sequence[ChipCache]) -> Audit:
    """Audits data sets.

    Args:
        caches: One of each set, cut by the same template; near-duplicates are looked for across
            them all.
    """
    pictures = [(cache.name, row.record) for cache in caches for row in cache.rows]
    pairs = cache_pairs(caches)
    return {
        "sets": [_audit_set(cache) for cache in caches],
        "duplicates": _audit_duplicates(pictures, pairs),
        "leakage": _leakage(pictures, pairs),
    }


def label_noise(differences: NDArray[np.float64]) -> Noise:
    """Estimates the error that a perfect predictor of the mean label would be measured with.

    Let the labels of one photograph be ``c + e1`` and ``c + e2``: the centre ``c``, which is all
    that a predictor can hope to tell, and independent errors of the same distribution about 0.
    The predictor that always says ``c`` has the mean absolute error ``E|e|``. It cannot be seen,
    but near-duplicates show ``d = |e1 - e2|``, and

    - ``E[d] / 2 <= E|e| <= E[d]`` whatever the distribution: the left from the triangle inequality
      (each label is ``d / 2`` from the middle of the two, which is nearer to them than ``c`` is),
      the right because an independent error of mean 0 more cannot bring a label nearer;
    - ``E|e| = E[d] / sqrt(2)`` if the errors are normal. This is the estimate. The more the
      errors are concentrated in a few gross ones, the nearer the truth is to ``E[d] / 2``.

    It assumes that near-duplicates are labelled like other pictures and have like ages, that each
    was labelled without regard to the other (a label copied with its picture makes the noise look
    too small), and that both show the same person (a false duplicate makes it look too great).

    Args:
        differences: Absolute difference of the two exact ages of each pair, in years, (pairs,) of
            at least one pair.

    Returns:
        Mean and 90th percentile of the differences, ``ceiling_mae`` and its two bounds.
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
    """Yields the pictures of each group of more than one."""
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
    """Returns whether no age suits both labels, at least one of which is a bracket."""
    bracket = a.exact_age is None or b.exact_age is None
    return bracket and max(a.age_low, b.age_low) > min(a.age_high, b.age_high)


def _leakage(pictures: Sequence[tuple[str, Record]], pairs: NDArray[np.int64]) -> list[Leak]:
    leaks: dict[tuple[str, str], list[tuple[Place, Place]]] = {}
    for pair in pairs:
        sides = (
            (record.split, (name, record.path)) for name, record in (pictures[i] for i in pair)
        )
        (split, place), (other_split, other_place) = sorted(sides)
        if split and split != other_split:
            leaks.setdefault((split, other_split), []).append((place, other_place))
    return [{"splits": splits, "pairs": leaks[splits]} for splits in sorted(leaks)]


def _split(record: Record) -> str:
    return record.split or NO_SPLIT
