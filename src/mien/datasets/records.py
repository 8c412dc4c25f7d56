"""One labelled picture, whatever data set it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Gender = Literal["female", "male"]

MAX_AGE = 100
"""Ages are modelled as 0, 1, ..., 100; an older label counts as 100 in training."""

ANY_AGE: tuple[float, float] = (0, MAX_AGE)
"""The bracket of a picture whose age is not known: it allows every age."""

ETHNICITIES = ("White", "Black", "Asian", "Indian", "Other")
"""The labels that both data sets are brought to; they are UTKFace's."""

FAIRFACE_TO_ETHNICITY = {
    "White": "White",
    "Black": "Black",
    "East Asian": "Asian",
    "Southeast Asian": "Asian",
    "Indian": "Indian",
    "Middle Eastern": "Other",
    "Latino_Hispanic": "Other",
}
"""FairFace's seven labels in UTKFace's five.

UTKFace describes its fifth label as "others (like Hispanic, Latino, Middle Eastern)", so this loses
detail but contradicts neither data set.
"""


@dataclass(frozen=True, slots=True)
class Record:
    """A picture of one face and its labels.

    Attributes:
        path: Where the picture is, relative to the data set's folder.
        age_low: Least age in years that the label allows.
        age_high: Greatest age that it allows, inclusive; equal to ``age_low`` for an exact age;
            the two are :data:`ANY_AGE` where the age is not known.
        gender: The label, or None where it is missing.
        ethnicity: One of :data:`ETHNICITIES`, or None where it is missing.
        race: The data set's own, finer label, or an empty text.
        group: Number that near-duplicates share, or None where they were not looked for.
        split: ``"train"``, ``"val"``, ``"test"`` ..., or an empty text where there is none.
        age_deviation: Standard deviation in years of the guesses whose mean the age is, or None
            where it is not known.
        labels: The labels of further attributes by their name, as the data set has them.
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

    @property
    def age_known(self) -> bool:
        """Whether there is a label of the age."""
        return (self.age_low, self.age_high) != ANY_AGE

    @property
    def exact_age(self) -> float | None:
        """The age in years, or None if only a bracket is known."""
        return self.age_low if self.age_low == self.age_high else None
