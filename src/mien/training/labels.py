"""Labels as arrays for each head; training corrects labels that are known to be noisy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mien.attributes.heads import AGE, Head
from mien.datasets.readers import parse_bracket
from mien.datasets.records import ANY_AGE, Record
from mien.errors import DataError

MISSING = -1

_SPIKE = 2  # years on each side of an age that a data set gives too often


@dataclass(frozen=True, slots=True)
class AgeLabels:
    """The labels of n chips for a head of the kind ``distribution``.

    Attributes:
        low: Lowest age in years, float32, (n,). If the age is not known, this and ``high`` are
            :data:`mien.datasets.records.ANY_AGE`.
        high: Highest age in years, inclusive, float32, (n,).
        deviation: Standard deviation of the label distribution of an exact age in years, float32,
            (n,).
    """

    low: NDArray[np.float32]
    high: NDArray[np.float32]
    deviation: NDArray[np.float32]

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Mask of the exact ages, bool, (n,)."""
        return np.asarray(self.low == self.high)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Mask of the ages that are known, exactly or as a bracket, bool, (n,)."""
        return np.asarray((self.low != ANY_AGE[0]) | (self.high != ANY_AGE[1]))

    def of(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> AgeLabels:
        """Returns the labels of some chips.

        Args:
            rows: A mask, bool, (n,), or indexes, int64.
        """
        return AgeLabels(self.low[rows], self.high[rows], self.deviation[rows])


@dataclass(frozen=True, slots=True)
class LabelArrays:
    """The labels of n chips, by the head's name.

    Attributes:
        ages: Labels of heads of the kind ``distribution``.
        classes: Labels of the other heads, float32, (n,). For a ``binary`` head 0 is the first
            label and 1 the second; near-duplicates whose labels differ are in between. For a
            ``categorical`` head it is the index of the label. :data:`MISSING` means no label.
    """

    ages: Mapping[str, AgeLabels]
    classes: Mapping[str, NDArray[np.float32]]

    def known(self, name: str) -> NDArray[np.bool_]:
        """Returns whether each chip has a label for a head, bool, (n,)."""
        if name in self.ages:
            return self.ages[name].known
        return np.asarray(self.classes[name] != MISSING)

    def of(self, rows: NDArray[np.int64]) -> LabelArrays:
        """Returns the labels of some chips by their indexes."""
        return LabelArrays(
            {name: ages.of(rows) for name, ages in self.ages.items()},
            {name: values[rows] for name, values in self.classes.items()},
        )

    def row(self, index: int) -> dict[str, NDArray[np.float32]]:
        """Returns the labels of one chip by the head's name, float32.

        For a ``distribution`` these are low, high and deviation, (3,); for another head one number.
        """
        ages = {
            name: np.array([of.low[index], of.high[index], of.deviation[index]])
            for name, of in self.ages.items()
        }
        return {**ages, **{name: values[index] for name, values in self.classes.items()}}


def label_arrays(
    records: Sequence[Record], heads: Sequence[Head], width: float = 0.0, growth: float = 0.0
) -> LabelArrays:
    """Returns the labels of records as arrays.

    Args:
        records: The records of n chips.
        heads: Heads whose labels are read.
        width: Standard deviation of the label distribution of an exact age at age 0, in years, for
            records without a deviation of their own.
        growth: Growth of this deviation with each year of age, in years.

    Raises:
        DataError: A label is not among the labels of its head, or is not an age.
    """
    return LabelArrays(
        {
            head.name: _ages(records, head.name, width, growth)
            for head in heads
            if head.kind == "distribution"
        },
        {head.name: _classes(records, head) for head in heads if head.kind != "distribution"},
    )


def _ages(records: Sequence[Record], name: str, width: float, growth: float) -> AgeLabels:
    brackets = np.array([_bracket(record, name) for record in records], np.float32)
    low, high = brackets.reshape(-1, 2).T.copy()
    own = np.array([r.age_deviation or 0 for r in records], np.float32)
    if name != AGE.name:
        own[:] = 0
    return AgeLabels(low, high, np.where(own > 0, own, width + growth * low).astype(np.float32))


def _bracket(record: Record, name: str) -> tuple[float, float]:
    if name == AGE.name:
        return record.age_low, record.age_high
    text = record.label(name)
    bracket = parse_bracket(text) if text else ANY_AGE
    if bracket is None:
        raise DataError(f"the label '{text}' of '{name}' for '{record.path}' is not an age")
    return bracket


def _classes(records: Sequence[Record], head: Head) -> NDArray[np.float32]:
    positions = {label: i for i, label in enumerate(head.labels)}
    positions[""] = MISSING
    classes = np.empty(len(records), np.float32)
    for i, record in enumerate(records):
        text = record.label(head.name)
        if text not in positions:
            raise DataError(
                f"the label '{text}' of '{head.name}' for '{record.path}' is not one of"
                f" {', '.join(head.labels)}"
            )
        classes[i] = positions[text]
    return classes


def pool_duplicates(
    labels: LabelArrays,
    heads: Sequence[Head],
    groups: Sequence[tuple[str, int | None]],
    spikes: Mapping[str, int],
) -> LabelArrays:
    """Pools the labels of near-duplicates, and widens ages that a data set gives too often.

    Near-duplicates get the mean of their ages. Their label distribution becomes wider by the
    deviation of these ages. They also get the mean of their binary labels, so that labels that
    contradict each other have less weight. An age that a data set gives too often stands for "about
    that age"; it becomes a bracket.

    Args:
        labels: Labels of n chips, from :func:`label_arrays`.
        heads: The heads of these labels.
        groups: The data set and the near-duplicate group of each chip, n pairs.
        spikes: The age that a data set gives too often, in years, by the data set's name.
    """
    members: dict[tuple[str, int], list[int]] = defaultdict(list)
    for i, (name, group) in enumerate(groups):
        if group is not None:
            members[name, group].append(i)
    rows = [np.array(group) for group in members.values() if len(group) > 1]
    often = np.array([spikes.get(name, MISSING) for name, _ in groups], np.float32)
    binary = {head.name for head in heads if head.kind == "binary"}
    return LabelArrays(
        {name: _pool_ages(ages, rows, often) for name, ages in labels.ages.items()},
        {
            name: _pool_shares(values, rows) if name in binary else values
            for name, values in labels.classes.items()
        },
    )


def _pool_ages(
    ages: AgeLabels, groups: Sequence[NDArray[np.int64]], often: NDArray[np.float32]
) -> AgeLabels:
    spread = np.where(ages.exact & (ages.low == often), np.float32(_SPIKE), np.float32(0))
    low, high, deviation = ages.low - spread, ages.high + spread, ages.deviation.copy()
    for rows in groups:
        exact = rows[ages.exact[rows]]
        if len(exact) > 1:
            years = ages.low[exact]
            low[exact] = high[exact] = years.mean()
            deviation[exact] = np.hypot(deviation[exact], years.std())
    return AgeLabels(low, high, deviation)


def _pool_shares(
    shares: NDArray[np.float32], groups: Sequence[NDArray[np.int64]]
) -> NDArray[np.float32]:
    pooled = shares.copy()
    for rows in groups:
        known = rows[shares[rows] != MISSING]
        if len(known) > 1:
            pooled[known] = shares[known].mean()
    return pooled
