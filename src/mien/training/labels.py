"""Labels as arrays, and what training makes of those that are known to be noisy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mien.datasets.records import ANY_AGE, ETHNICITIES, Record

MISSING = -1

_SPIKE = 2  # years around an age that a data set gives too often


@dataclass(frozen=True, slots=True)
class LabelArrays:
    """The labels of some chips, each of shape (n,).

    Attributes:
        age_low: Years; this and ``age_high`` are :data:`mien.datasets.records.ANY_AGE` where the
            age is not known.
        age_high: Years, inclusive.
        age_deviation: Deviation of the label distribution of an exact age in years.
        gender: Share of labels that are female, 0..1, or -1 where there is none.
        ethnicity: Position in :data:`mien.datasets.records.ETHNICITIES`, or -1 where there is none.
    """

    age_low: NDArray[np.float32]
    age_high: NDArray[np.float32]
    age_deviation: NDArray[np.float32]
    gender: NDArray[np.float32]
    ethnicity: NDArray[np.int64]

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Which ages are exact, (n,)."""
        return np.asarray(self.age_low == self.age_high)

    @property
    def age_known(self) -> NDArray[np.bool_]:
        """Which ages are known at least as a bracket, (n,)."""
        return np.asarray((self.age_low != ANY_AGE[0]) | (self.age_high != ANY_AGE[1]))


def label_arrays(records: Sequence[Record], width: float = 0.0, growth: float = 0.0) -> LabelArrays:
    """Returns labels as they are.

    Args:
        records: The labels.
        width: Deviation of an exact age's label distribution at age 0 in years, where the record
            tells none.
        growth: How it grows with age.
    """
    gender = {"male": 0, "female": 1, None: MISSING}
    ethnicity = {name: i for i, name in enumerate(ETHNICITIES)}
    low = np.array([r.age_low for r in records], np.float32)
    told = np.array([r.age_deviation or 0 for r in records], np.float32)
    return LabelArrays(
        low,
        np.array([r.age_high for r in records], np.float32),
        np.where(told > 0, told, width + growth * low).astype(np.float32),
        np.array([gender[r.gender] for r in records], np.float32),
        np.array([ethnicity.get(r.ethnicity or "", MISSING) for r in records], np.int64),
    )


def pool_duplicates(
    labels: LabelArrays, groups: Sequence[tuple[str, int | None]], spikes: Mapping[str, int]
) -> LabelArrays:
    """Lets near-duplicates share their labels, and doubts ages that a data set gives too often.

    Near-duplicates get the mean of their ages, with a label distribution as much wider as their
    ages differ, and the mean of their genders, so that labels that contradict each other count
    less. An age that stands for "about that age" becomes a bracket.

    Args:
        labels: As the records have them.
        groups: The data set and the near-duplicate group of each.
        spikes: Such an age in years, by the data set's name.
    """
    low, high = labels.age_low.copy(), labels.age_high.copy()
    deviation, gender = labels.age_deviation.copy(), labels.gender.copy()
    members: dict[tuple[str, int], list[int]] = defaultdict(list)
    for i, (name, group) in enumerate(groups):
        if group is not None:
            members[name, group].append(i)
        if low[i] == high[i] == spikes.get(name, MISSING):
            low[i], high[i] = low[i] - _SPIKE, high[i] + _SPIKE
    for rows in members.values():
        exact = [i for i in rows if labels.age_low[i] == labels.age_high[i]]
        if len(exact) > 1:
            ages = labels.age_low[exact]
            low[exact] = high[exact] = ages.mean()
            deviation[exact] = np.hypot(deviation[exact], ages.std())
        known = [i for i in rows if gender[i] != MISSING]
        if len(known) > 1:
            gender[known] = labels.gender[known].mean()
    return replace(labels, age_low=low, age_high=high, age_deviation=deviation, gender=gender)
