"""The expected number of people by apparent age group and gender presentation.

A person with a female presentation of probability 0.7 counts 0.7 as female and 0.3 as male. The
interval of such a sum follows from its variance, which is the sum of ``p (1 - p)`` over the people
(a Poisson binomial distribution).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mien.ages import AGE_GROUP_NAMES
from mien.attributes.heads import Head

ALL = "all"
"""The name of all gender presentations together, and of all age groups together."""

_Z80 = 1.2816  # half the width of the 80 % interval of a normal distribution, in deviations


class Expected(NamedTuple):
    """The expected number of people in a cell.

    Attributes:
        people: Expected number of people.
        low: Lower end of the 80 % interval.
        high: Upper end of the 80 % interval.
    """

    people: float
    low: float
    high: float


Cells: TypeAlias = dict[tuple[str, str], Expected]
"""Expected number of people of each pair of a gender presentation and an age group.

Each of the two may be :data:`ALL`. If the model does not predict one of them, it is always
:data:`ALL`.
"""


class Categories(NamedTuple):
    """The labels by which people are counted.

    Attributes:
        genders: Labels of the gender presentation; empty if the model does not predict it.
        groups: Age groups; empty if the model predicts no distribution of ages.
    """

    genders: tuple[str, ...]
    groups: tuple[str, ...]

    @classmethod
    def of(cls, heads: Sequence[Head]) -> Categories:
        """Returns the categories of a model's heads; heads of other attributes are ignored."""
        by_name = {head.name: head for head in heads}
        has_age = "age" in by_name and by_name["age"].kind == "distribution"
        return cls(
            tuple(sorted(by_name["gender"].labels)) if "gender" in by_name else (),
            AGE_GROUP_NAMES if has_age else (),
        )


Probabilities: TypeAlias = Mapping[str, float]
"""Probability of each label of a person; a label that is missing has the probability 0."""


def expected_people(
    categories: Categories, genders: Sequence[Probabilities], groups: Sequence[Probabilities]
) -> Cells:
    """Sums up the probabilities of people.

    Args:
        categories: The labels by which they are counted.
        genders: Probabilities of the gender presentations, for each person.
        groups: Probabilities of the age groups, for each person.

    Returns:
        The cells of each gender presentation, then those of all of them.

    Example:
        >>> from mien.attributes.heads import GENDER
        >>> people = [{"female": 0.9, "male": 0.1}, {"female": 0.8, "male": 0.2}]
        >>> cells = expected_people(Categories.of([GENDER]), people, [{}, {}])
        >>> round(cells["female", "all"].people, 3)
        1.7
    """
    parts = _columns(groups, categories.groups)
    return {
        (gender, group): _sum(share * part)
        for gender, share in _columns(genders, categories.genders)
        for group, part in parts
    }


def _columns(
    people: Sequence[Probabilities], labels: Sequence[str]
) -> list[tuple[str, NDArray[np.float64]]]:
    """Returns each label with the probabilities of all people, float64, (people,); last, ALL."""
    columns = [(label, np.array([person.get(label, 0.0) for person in people])) for label in labels]
    return [*columns, (ALL, np.ones(len(people)))]


def _sum(shares: NDArray[np.float64]) -> Expected:
    """Returns the sum of probabilities of independent people, with its 80 % interval."""
    people = float(shares.sum())
    spread = _Z80 * math.sqrt(max(0.0, float((shares * (1 - shares)).sum())))
    return Expected(people, max(0.0, people - spread), min(float(len(shares)), people + spread))


def by_gender(cells: Cells) -> dict[str, Expected]:
    """Returns the cells of the gender presentations, all age groups together."""
    return {gender: n for (gender, group), n in cells.items() if group == ALL != gender}


def by_group(cells: Cells) -> dict[str, Expected]:
    """Returns the cells of the age groups, all gender presentations together."""
    return {group: n for (gender, group), n in cells.items() if gender == ALL != group}


def summary(cells: Cells) -> dict[str, Any]:
    """Returns the short form of cells, as the service sends it.

    Returns:
        ``people``; ``by_group`` and ``by_gender`` by name. Each value is ``{people, low, high}``.
    """
    return {
        "people": _rounded(cells[ALL, ALL]),
        "by_group": {name: _rounded(expected) for name, expected in by_group(cells).items()},
        "by_gender": {name: _rounded(expected) for name, expected in by_gender(cells).items()},
    }


def _rounded(expected: Expected) -> dict[str, float]:
    return {name: round(value, 3) for name, value in expected._asdict().items()}
