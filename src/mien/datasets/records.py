"""Records: labelled pictures, in the same form for every data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mien.attributes.heads import ETHNICITY

Gender = Literal["female", "male"]

MAX_AGE = 100
"""Highest age of a prediction in years; in training a higher label is taken as this age."""

ANY_AGE: tuple[float, float] = (0, MAX_AGE)
"""The bracket of a picture whose age is not known."""

ETHNICITIES = ETHNICITY.labels
"""The labels of the ethnicity, which are those of UTKFace."""

FAIRFACE_TO_ETHNICITY = {
    "White": "White",
    "Black": "Black",
    "East Asian": "Asian",
    "Southeast Asian": "Asian",
    "Indian": "Indian",
    "Middle Eastern": "Other",
    "Latino_Hispanic": "Other",
}
"""The label of :data:`ETHNICITIES` for each of FairFace's seven labels.

UTKFace describes its fifth label as "others (like Hispanic, Latino, Middle Eastern)". The five
labels are coarser than FairFace's, but contradict neither data set.
"""


@dataclass(frozen=True, slots=True)
class Record:
    """A picture of one face and its labels.

    Attributes:
        path: Path of the picture, relative to the folder of the data set, with ``/``.
        age_low: Lowest age of the label in years.
        age_high: Highest age of the label in years, inclusive; equal to ``age_low`` for an exact
            age. If the age is not known, the two are :data:`ANY_AGE`.
        gender: Label of the gender; None if it is missing.
        ethnicity: One of :data:`ETHNICITIES`; None if it is missing.
        race: Label of the ethnicity as the data set itself has it, which may be finer; an empty
            text if it is missing.
        group: Number that near-duplicates share; None if they were not looked for.
        split: Name of the split, for example ``"train"``, ``"val"`` or ``"test"``; an empty text if
            there is none.
        age_deviation: Standard deviation in years of the guesses whose mean is the age; None if it
            is not known.
        labels: Labels of further attributes by the attribute's name, as the data set has them.
    """

    path: str
    age_low: float
    age_high: float
    gender: Gender | None = None
    ethnicity: str | None = None
    race: str = ""
    group: int | None = None
    split: str = ""
    age_deviation: float | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def label(self, name: str) -> str:
        """Returns the label of an attribute other than the age; an empty text if it is missing.

        Args:
            name: Name of the attribute.
        """
        if name in ("gender", "ethnicity"):
            return getattr(self, name) or ""
        return self.labels.get(name, "")

    @property
    def age_known(self) -> bool:
        """Whether the picture has a label of the age."""
        return (self.age_low, self.age_high) != ANY_AGE

    @property
    def exact_age(self) -> float | None:
        """The age in years; None if the label is a bracket or is missing."""
        return self.age_low if self.age_low == self.age_high else None
