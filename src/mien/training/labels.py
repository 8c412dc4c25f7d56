"""Labels as arrays by head, and what training makes of those that are known to be noisy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mien.attributes.heads import AGE, ETHNICITY, GENDER, Head
from mien.datasets.readers import parse_bracket
from mien.datasets.records import ANY_AGE, Record
from mien.errors import DataError

MISSING = -1

_SPIKE = 2  # years around an age that a data set gives too often


@dataclass(frozen=True, slots=True)
class AgeLabels:
    """The labels of n chips for a head of the kind ``distribution``.

    Attributes:
        low: Least age in years, float32, (n,); this and ``high`` are
            :data:`mien.datasets.records.ANY_AGE` where the age is not known.
        high: Greatest age in years, inclusive, float32, (n,).
        deviation: Deviation of the label distribution of an exact age in years, float32, (n,).
    """

    low: NDArray[np.float32]
    high: NDArray[np.float32]
    deviation: NDArray[np.float32]

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Which ages are exact, (n,)."""
        return np.asarray(self.low == self.high)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which ages are known at least as a bracket, (n,)."""
        return np.asarray((self.low != ANY_AGE[0]) | (self.high != ANY_AGE[1]))

    def of(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> AgeLabels:
        """Returns the labels of some of the chips."""
        return AgeLabels(self.low[rows], self.high[rows], self.deviation[rows])


@dataclass(frozen=True, slots=True)
class LabelArrays:
    """The labels of n chips, by the head's name.

    Attributes:
        ages: For heads of the kind ``distribution``.
        classes: For the others, float32, (n,): of a ``binary`` head the share of labels that are
            the second one, 0..1; of a ``categorical`` head the position of the label;
            :data:`MISSING` where there is none.
    """

    ages: Mapping[str, AgeLabels]
    classes: Mapping[str, NDArray[np.float32]]

    def known(self, name: str) -> NDArray[np.bool_]:
        """Returns which chips have a label for a head, (n,)."""
        if name in self.ages:
            return self.ages[name].known
        return np.asarray(self.classes[name] != MISSING)

    def of(self, rows: NDArray[np.int64]) -> LabelArrays:
        """Returns the labels of some of the chips."""
        return LabelArrays(
            {name: ages.of(rows) for name, ages in self.ages.items()},
            {name: values[rows] for name, values in self.classes.items()},
        )

    def row(self, index: int) -> dict[str, NDArray[np.float32]]:
        """Returns the labels of one chip by head: low, high, deviation of an age; or one number."""
        ages = {
            name: np.array([of.low[index], of.high[index], of.deviation[index]])
            for name, of in self.ages.items()
        }
        return {**ages, **{name: values[index] for name, values in self.classes.items()}}


def label_arrays(
    records: Sequence[Record], heads: Sequence[Head], width: float = 0.0, growth: float = 0.0
) -> LabelArrays:
    """Returns labels as they are.

    Args:
        records: The labels.
        heads: What they are read for.
        width: Deviation of an exact age's label distribution at age 0 in years, where the record
            tells none.
        growth: How it grows with age.

    Raises:
        DataError: A label is not one of its head's, or not an age.
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
    told = np.array([r.age_deviation or 0 for r in records], np.float32)
    if name != AGE.name:
        told[:] = 0
    return AgeLabels(low, high, np.where(told > 0, told, width + growth * low).astype(np.float32))


def _bracket(record: Record, name: str) -> tuple[float, float]:
    if name == AGE.name:
        return record.age_low, record.age_high
    text = _text(record, name)
    bracket = parse_bracket(text) if text else ANY_AGE
    if bracket is None:
        raise DataError(f"the label '{text}' of '{name}' for '{record.path}' is not an age")
    return bracket


def _classes(records: Sequence[Record], head: Head) -> NDArray[np.float32]:
    positions = {label: i for i, label in enumerate(head.labels)}
    positions[""] = MISSING
    classes = np.empty(len(records), np.float32)
    for i, record in enumerate(records):
        text = _text(record, head.name)
        if text not in positions:
            raise DataError(
                f"the label '{text}' of '{head.name}' for '{record.path}' is not one of"
                f" {', '.join(head.labels)}"
            )
        classes[i] = positions[text]
    return classes


def _text(record: Record, name: str) -> str:
    if name == GENDER.name:
        return record.gender or ""
    if name == ETHNICITY.name:
        return record.ethnicity or ""
    return record.labels.get(name, "")


def pool_duplicates(
    labels: LabelArrays,
    heads: Sequence[Head],
    groups: Sequence[tuple[str, int | None]],
    spikes: Mapping[str, int],
) -> LabelArrays:
    """Lets near-duplicates share their labels, and doubts ages that a data set gives too often.

    Near-duplicates get the mean of their ages, with a label distribution as much wider as their
    ages differ, and the mean of their binary labels, so that labels that contradict each other
    count less. An age that stands for "about that age" becomes a bracket.

    Args:
        labels: As the records have them.
        heads: What they are for.
        groups: The data set and the near-duplicate group of each.
        spikes: Such an age in years, by the data set's name.
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
