"""From chips to calibrated answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mien import ages
from mien.attributes.card import Card, read_card
from mien.errors import ModelError
from mien.results import AgeEstimate, GenderEstimate, GenderLabel
from mien.runtime.onnx import Session

_CHIPS_AT_ONCE = 32
_OUTPUTS = {"embedding", "age_logits", "gender_logit"}


@dataclass(frozen=True, slots=True)
class Attributes:
    """Calibrated answers for n faces.

    Attributes:
        age: Probability of each age, float32, (n, 101).
        female: Probability of a female presentation, float32, (n,).
        ethnicity: Probability of each label, float32, (n, labels); None if the model has none.
        embedding: What the network saw: unit vectors whose products say how alike two faces look
            to it, float32, (n, d).
    """

    age: NDArray[np.float32]
    female: NDArray[np.float32]
    ethnicity: NDArray[np.float32] | None
    embedding: NDArray[np.float32]


class AttributeModel:
    """An exported model with its card.

    Args:
        session: The loaded file.

    Raises:
        ModelError: It is not a model of mien's.
    """

    def __init__(self, session: Session) -> None:
        self.card: Card = read_card(session.metadata)
        if missing := _OUTPUTS - set(session.outputs):
            raise ModelError(f"the model has no output '{sorted(missing)[0]}'")
        self._session = session

    def logits(self, chips: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """Returns the raw outputs, not calibrated.

        Args:
            chips: RGB, uint8, (n, size, size, 3), n >= 1.

        Returns:
            ``age_logits`` (n, 101), ``gender_logit`` (n,) and, if the model has it,
            ``ethnicity_logits`` (n, labels) and ``embedding`` (n, d).
        """
        parts = [
            self._session.run({"chips": chips[i : i + _CHIPS_AT_ONCE]})
            for i in range(0, len(chips), _CHIPS_AT_ONCE)
        ]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def predict(self, chips: NDArray[np.uint8]) -> Attributes:
        """Judges faces.

        Args:
            chips: RGB, uint8, (n, size, size, 3), n >= 1.
        """
        logits = self.logits(chips)
        gender = logits["gender_logit"] / self.card.gender.temperature
        ethnicity = logits.get("ethnicity_logits")
        return Attributes(
            age=ages.softmax(logits["age_logits"] / self.card.age.temperature),
            female=(1 / (1 + np.exp(-gender))).astype(np.float32),
            ethnicity=None if ethnicity is None else ages.softmax(ethnicity),
            embedding=logits["embedding"],
        )

    def years(self, distributions: NDArray[np.float32]) -> NDArray[np.float32]:
        """Returns the reported age of each distribution, (n,), in years."""
        if self.card.age.statistic == "median":
            return ages.median(distributions)
        return ages.expectation(distributions)

    def interval(
        self, distributions: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Returns the lower and upper ends of the 80 % intervals, each (n,), in years."""
        age = self.card.age
        return ages.quantile(distributions, age.low), ages.quantile(distributions, age.high)

    def gender_label(self, female: float) -> GenderLabel:
        """Returns the label for a probability of a female presentation."""
        if max(female, 1 - female) < self.card.gender.threshold:
            return "undetermined"
        return "female" if female >= 0.5 else "male"

    def age_estimates(self, distributions: NDArray[np.float32]) -> list[AgeEstimate]:
        """Returns the estimate of each age distribution.

        Args:
            distributions: Calibrated, (n, 101).
        """
        years = self.years(distributions)
        low, high = self.interval(distributions)
        groups = ages.group_probabilities(distributions)
        return [
            AgeEstimate(
                years=float(years[i]),
                low=float(low[i]),
                high=float(high[i]),
                group=ages.AGE_GROUP_NAMES[int(groups[i].argmax())],
                group_probabilities=dict(
                    zip(ages.AGE_GROUP_NAMES, map(float, groups[i]), strict=True)
                ),
                distribution=distributions[i],
            )
            for i in range(len(years))
        ]

    def gender_estimates(self, females: NDArray[np.float32]) -> list[GenderEstimate]:
        """Returns the estimate of each probability of a female presentation.

        Args:
            females: Calibrated, (n,).
        """
        return [
            GenderEstimate(self.gender_label(female), female, 1 - female)
            for female in map(float, females)
        ]
