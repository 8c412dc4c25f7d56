"""What a model predicts: its heads, as data.

A head has a name and a kind. Decoding, calibration, pooling over a track, drawing, reports and
training go by the kind, so that a new attribute needs no new code:

- ``distribution``: a probability for each age 0..100, from 101 logits;
- ``binary``: two labels, from one logit that is positive for the second label;
- ``categorical``: several labels, from one logit each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from mien import ages
from mien.errors import ModelError
from mien.results import UNDETERMINED, AgeEstimate, Estimate, GenderEstimate, LabelEstimate

Kind = Literal["distribution", "binary", "categorical"]

Floats = NDArray[np.float32]

VIEW_FACTORS = ("soft", "small", "turned", "unsure")
"""What makes a view poor, each 0..1; see :func:`mien.faces.quality.view_factors`."""

DEFAULT_CERTAINTY = 0.98
"""Share of decided labels that are right, unless the caller asks for another."""


@dataclass(frozen=True, slots=True)
class Temperature:
    """A temperature that depends on the view: poor views make answers less certain.

    Attributes:
        base: Logarithm of the temperature for a perfect view.
        slopes: By how much the logarithm grows with each of :data:`VIEW_FACTORS`.
    """

    base: float = 0.0
    slopes: tuple[float, ...] = (0.0,) * len(VIEW_FACTORS)

    def of(self, views: Floats) -> Floats:
        """Returns the temperature of each view, (n,).

        Args:
            views: (n, 4), see :data:`VIEW_FACTORS`.
        """
        poorness = views @ np.array(self.slopes, np.float32)
        return np.asarray(np.exp(self.base + poorness), np.float32)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How logits become probabilities that mean what they say.

    Attributes:
        temperature: Logits are divided by it.
        low: Quantile of a distribution at which the 80 % interval begins.
        high: Quantile at which it ends.
        thresholds: For labels, the risk-coverage curve: (threshold, share decided, share of those
            that is right), by rising threshold. A label is decided if its probability is at least
            the threshold.
    """

    temperature: Temperature = Temperature()
    low: float = 0.1
    high: float = 0.9
    thresholds: tuple[tuple[float, float, float], ...] = ()

    def threshold(self, certainty: float | None) -> float:
        """Returns the probability from which a label is decided, 0..1.

        Args:
            certainty: Share of decided labels that shall be right, 0..1; None decides always.

        Returns:
            The lowest threshold of the curve that is certain enough, 1 if there is none, and the
            certainty itself if nothing was measured.
        """
        if certainty is None:
            return 0.0
        if not self.thresholds:
            return certainty
        enough = [threshold for threshold, _, right in self.thresholds if right >= certainty]
        return min(enough, default=1.0)


@dataclass(frozen=True, slots=True)
class Head:
    """One attribute that a model predicts.

    Attributes:
        name: The attribute, as in the JSON of answers; the model's output is ``NAME_logits``.
        kind: What the logits mean.
        labels: For ``binary`` and ``categorical``: the labels in the order of the logits. Of a
            binary head the second label is the one whose logit is positive.
        calibration: How logits become probabilities.
        notice: What users must know before the attribute is shown. A head with a notice is shown
            only if it is asked for.
    """

    name: str
    kind: Kind
    labels: tuple[str, ...] = ()
    calibration: Calibration = Calibration()
    notice: str = ""

    def __post_init__(self) -> None:
        counts = {"distribution": (0, 0), "binary": (2, 2), "categorical": (2, 1000)}
        if self.kind not in get_args(Kind):
            raise ModelError(f"the head '{self.name}' has the unknown kind '{self.kind}'")
        least, most = counts[self.kind]
        if not least <= len(self.labels) <= most or len(set(self.labels)) < len(self.labels):
            raise ModelError(f"the labels of the head '{self.name}' do not suit its kind")
        if not self.name.isidentifier():
            raise ModelError(f"the head's name '{self.name}' is not a plain word")

    @property
    def output(self) -> str:
        """The name of the model's output."""
        return f"{self.name}_logits"

    @property
    def width(self) -> int:
        """How many logits there are for a face."""
        return {"distribution": ages.COUNT, "binary": 1}.get(self.kind, len(self.labels))

    def probabilities(self, logits: Floats, views: Floats) -> Floats:
        """Turns logits into calibrated probabilities.

        Args:
            logits: (n, width).
            views: How poor each view is, (n, 4), see :data:`VIEW_FACTORS`.

        Returns:
            For ``distribution`` (n, 101), for labels (n, labels); the rows sum to 1.
        """
        scaled = logits / self.calibration.temperature.of(views)[:, None]
        if self.kind == "binary":
            scaled = np.concatenate([np.zeros_like(scaled), scaled], axis=1)
        return ages.softmax(scaled)

    def estimates(self, probabilities: Floats, certainty: float | None) -> list[Estimate]:
        """Turns calibrated probabilities into estimates.

        Args:
            probabilities: As :meth:`probabilities` returns them.
            certainty: See :meth:`Calibration.threshold`.
        """
        if self.kind == "distribution":
            return list(self._ages(probabilities))
        threshold = self.calibration.threshold(certainty)
        kind = GenderEstimate if self.name == "gender" else LabelEstimate
        estimates: list[Estimate] = []
        for row in probabilities:
            likely = int(row.argmax())
            label = self.labels[likely] if row[likely] >= threshold else UNDETERMINED
            estimates.append(kind(label, dict(zip(self.labels, map(float, row), strict=True))))
        return estimates

    def _ages(self, distributions: Floats) -> list[AgeEstimate]:
        years = ages.median(distributions)
        low = ages.quantile(distributions, self.calibration.low)
        high = ages.quantile(distributions, self.calibration.high)
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

    def calibrated(self, calibration: Calibration) -> Head:
        """Returns the head with another calibration."""
        return replace(self, calibration=calibration)

    def to_dict(self) -> dict[str, Any]:
        """Returns what :meth:`from_dict` reads."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Head:
        """Makes a head of the model card's entry."""
        told = dict(data["calibration"])
        temperature = told["temperature"]
        told["temperature"] = Temperature(
            float(temperature["base"]), tuple(map(float, temperature["slopes"]))
        )
        told["thresholds"] = tuple(tuple(map(float, point)) for point in told["thresholds"])
        return cls(
            data["name"],
            data["kind"],
            tuple(map(str, data["labels"])),
            Calibration(**told),
            str(data["notice"]),
        )


ETHNICITY_NOTICE = (
    "An apparent ethnicity is a guess by looks. It says nothing about a person's origin, and laws"
    " restrict its use in many places."
)

AGE = Head("age", "distribution")
GENDER = Head("gender", "binary", ("male", "female"))
ETHNICITY = Head(
    "ethnicity",
    "categorical",
    ("White", "Black", "Asian", "Indian", "Other"),
    notice=ETHNICITY_NOTICE,
)

KNOWN_HEADS = {head.name: head for head in (AGE, GENDER, ETHNICITY)}
"""Heads that a recipe may name without describing them."""
