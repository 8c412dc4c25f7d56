"""The estimates of the heads of a model: ages and labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mien import schema

AT_LEAST_AGES = (12, 13, 15, 16, 18, 21, 25, 65)
"""Ages in years whose ``at_least`` probability is in the JSON of every age."""

UNDETERMINED = "undetermined"
"""The label of an estimate that is not certain enough."""

LEANING = 4.0
"""Minimum ratio of a label's probability to that of all others together for a leaning."""


@dataclass(frozen=True, slots=True)
class AgeEstimate:
    """An apparent age: the estimate of a head of the kind ``distribution``.

    Attributes:
        years: The estimate in years.
        low: Lower end of the 80 % interval in years.
        high: Upper end of the 80 % interval in years.
        group: The most probable age group, for example ``"30-39"``.
        group_probabilities: Probability of each age group; they sum to 1.
        distribution: Probability of each age 0, 1, ..., 100, float32, (101,).
        older: Probability of looking each age 0, 1, ..., 100 or older, float32, (101,). It is
            calibrated for the ages that are asked most, and differs a little from the sums of the
            distribution.

    Example:
        >>> from mien import Analyzer
        >>> age = Analyzer().analyze("photo.jpg")[0].age
        >>> age.low <= age.years <= age.high
        True
    """

    years: float
    low: float
    high: float
    group: str
    group_probabilities: Mapping[str, float] = field(hash=False, repr=False)
    distribution: NDArray[np.float32] = field(repr=False, compare=False)
    older: NDArray[np.float32] = field(repr=False, compare=False)

    def at_least(self, age: int) -> float:
        """Returns the probability that the face looks ``age`` years old or older, 0..1.

        Args:
            age: Age in years; for 0 and less the probability is 1, above 100 it is 0.

        Example:
            >>> from mien import Analyzer
            >>> age = Analyzer().analyze("photo.jpg")[0].age
            >>> age.at_least(18) > age.at_least(30)
            True
        """
        if age <= 0:
            return 1.0
        return float(self.older[age]) if age < len(self.older) else 0.0

    def to_dict(self, *, distribution: bool = False) -> schema.AgeEstimateJson:
        """Returns the JSON of the estimate.

        Args:
            distribution: Whether the JSON has the whole distribution, and the probability of
                looking each age or older.
        """
        answer: schema.AgeEstimateJson = {
            "kind": "distribution",
            "years": round(self.years, 1),
            "low": round(self.low, 1),
            "high": round(self.high, 1),
            "group": self.group,
            "group_probabilities": {k: round(p, 4) for k, p in self.group_probabilities.items()},
            "at_least": {str(age): round(self.at_least(age), 4) for age in AT_LEAST_AGES},
        }
        if distribution:
            answer["distribution"] = [round(float(p), 5) for p in self.distribution]
            answer["older"] = [round(float(p), 4) for p in self.older]
        return answer

    def __str__(self) -> str:
        return f"{self.years:.0f} years ({self.low:.0f}-{self.high:.0f})"


@dataclass(frozen=True, slots=True)
class LabelEstimate:
    """One of several labels: the estimate of a head of the kind ``binary`` or ``categorical``.

    Attributes:
        label: The most probable label, or ``"undetermined"`` if it is not probable enough.
        probabilities: Calibrated probability of each label; they sum to 1.

    Example:
        >>> print(LabelEstimate("undetermined", {"hat": 0.9, "no hat": 0.1}))
        leans hat 90 %
    """

    label: str
    probabilities: Mapping[str, float] = field(hash=False)

    @property
    def confidence(self) -> float:
        """The highest probability, 0..1."""
        return max(self.probabilities.values())

    @property
    def leaning(self) -> str | None:
        """The label that is at least four times as likely as all others together.

        It may be undetermined. None if there is no such label.
        """
        likely = max(self.probabilities, key=lambda label: self.probabilities[label])
        rest = 1 - self.probabilities[likely]
        return likely if self.probabilities[likely] >= LEANING * rest else None

    def to_dict(self, *, distribution: bool = False) -> schema.LabelEstimateJson:
        """Returns the JSON of the estimate.

        Args:
            distribution: Has no effect; the JSON always has all probabilities.
        """
        del distribution
        return {
            "kind": "label",
            "label": self.label,
            "leaning": self.leaning,
            "probabilities": {label: round(p, 4) for label, p in self.probabilities.items()},
        }

    def __str__(self) -> str:
        if self.label != UNDETERMINED:
            return f"{self.label} {100 * self.confidence:.0f} %"
        if self.leaning is not None:
            return f"leans {self.leaning} {100 * self.confidence:.0f} %"
        return UNDETERMINED


@dataclass(frozen=True, slots=True)
class GenderEstimate(LabelEstimate):
    """The apparent gender presentation; the labels are ``"female"`` and ``"male"``.

    Example:
        >>> from mien import Analyzer
        >>> gender = Analyzer().analyze("photo.jpg")[0].gender
        >>> round(gender.female + gender.male, 6)
        1.0
    """

    @property
    def female(self) -> float:
        """Probability of a female presentation, 0..1."""
        return self.probabilities["female"]

    @property
    def male(self) -> float:
        """Probability of a male presentation, 0..1."""
        return self.probabilities["male"]


Estimate: TypeAlias = AgeEstimate | LabelEstimate
"""The estimate of a head of a model for a face."""
