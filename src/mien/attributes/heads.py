"""The heads of a model: what it predicts, described as data.

A head has a name and a kind. Decoding, calibration, pooling over a track, drawing, reports and
training depend on the kind alone, so that a new attribute needs no new code:

- ``distribution``: a probability for each age 0..100, from 101 logits;
- ``binary``: two labels, from one logit that is positive for the second label;
- ``categorical``: several labels, from one logit each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from mien import ages
from mien.attributes import entries
from mien.errors import ModelError
from mien.results import UNDETERMINED, AgeEstimate, Estimate, GenderEstimate, LabelEstimate

Kind = Literal["distribution", "binary", "categorical"]

Floats = NDArray[np.float32]

VIEW_FACTORS = ("blurred", "small", "turned", "low score")
"""Names of the factors that make a view poor, 0 (good) to 1 (poor).

See :func:`mien.faces.quality.view_factors`.
"""

DEFAULT_CERTAINTY = 0.98
"""Default of the certainty: the share of decided labels that are right, 0..1."""


@dataclass(frozen=True, slots=True)
class Temperature:
    """A temperature that depends on the view: predictions from poor views are less certain.

    Attributes:
        base: Logarithm of the temperature of a perfect view.
        slopes: Growth of the logarithm with each of :data:`VIEW_FACTORS`.
    """

    base: float = 0.0
    slopes: tuple[float, ...] = (0.0,) * len(VIEW_FACTORS)

    def of(self, views: Floats) -> Floats:
        """Returns the temperature of each view, float32, (n,).

        Args:
            views: View factors 0..1, (n, 4), see :data:`VIEW_FACTORS`.
        """
        poorness = views @ np.array(self.slopes, np.float32)
        return np.asarray(np.exp(self.base + poorness), np.float32)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The calibration of a head: how its logits become reliable probabilities.

    Attributes:
        temperature: Divisor of the logits.
        low: Quantile of a distribution at which the 80 % interval begins, 0..1.
        high: Quantile of a distribution at which the 80 % interval ends, 0..1.
        thresholds: Risk-coverage curve of labels, by rising threshold. Each point is (threshold,
            share of decided labels, share of right labels among them), all 0..1. A label is decided
            if its probability is at least the threshold.
        at_least: Points (age in years, slope, offset), by rising age. The logit of the probability
            of an age of at least so many years is the slope times that of the distribution, plus
            the offset. Between two points they are interpolated. Without points they are 1 and 0.
    """

    temperature: Temperature = Temperature()
    low: float = 0.1
    high: float = 0.9
    thresholds: tuple[tuple[float, float, float], ...] = ()
    at_least: tuple[tuple[float, float, float], ...] = ()

    def older(self, distributions: Floats) -> Floats:
        """Returns the calibrated probability of each age or an older one, float32, (n, 101).

        Args:
            distributions: Calibrated distributions of n faces, (n, 101).
        """
        years, slopes, offsets = np.array(self.at_least or [(0.0, 1.0, 0.0)]).T
        every = np.arange(ages.COUNT)
        logits = ages.at_least_logits(distributions) * np.interp(every, years, slopes)
        older = 1 / (1 + np.exp(-logits - np.interp(every, years, offsets)))
        older[:, 0] = 1
        return np.asarray(np.minimum.accumulate(older, axis=1), np.float32)

    def threshold(self, certainty: float | None) -> float:
        """Returns the probability from which a label is decided, 0..1.

        Args:
            certainty: Wanted share of right labels among the decided ones, 0..1; None decides
                every label.

        Returns:
            The lowest threshold of the curve with this share; 1 if no point of the curve has it;
            the certainty itself if there is no curve.
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
        name: Name of the attribute, as in the JSON of answers; an identifier.
        kind: Kind of the head.
        labels: Labels of a ``binary`` or ``categorical`` head in the order of the logits. The logit
            of a binary head is positive for the second label.
        calibration: Calibration of the head.
        notice: What users must know before the attribute is shown. A head with a notice is shown
            only if the user asks for it.

    Raises:
        ModelError: The kind is unknown, the labels do not suit it, or the name is not an
            identifier.
    """

    name: str
    kind: Kind
    labels: tuple[str, ...] = ()
    calibration: Calibration = Calibration()
    notice: str = ""

    def __post_init__(self) -> None:
        counts = {"distribution": (0, 0), "binary": (2, 2), "categorical": (2, 1000)}
        if self.kind not in get_args(Kind):
            raise ModelError(
                f"the head '{self.name}' has the unknown kind '{self.kind}'; choose one of"
                f" {', '.join(get_args(Kind))}"
            )
        least, most = counts[self.kind]
        if not least <= len(self.labels) <= most or len(set(self.labels)) < len(self.labels):
            raise ModelError(
                f"the labels of the head '{self.name}' do not suit its kind '{self.kind}'"
            )
        if not self.name.isidentifier():
            raise ModelError(
                f"the head's name '{self.name}' is not one word of letters, digits and _"
            )

    @property
    def output(self) -> str:
        """Name of the model's output for this head."""
        return f"{self.name}_logits"

    @property
    def width(self) -> int:
        """Number of logits for a face."""
        return {"distribution": ages.COUNT, "binary": 1}.get(self.kind, len(self.labels))

    def probabilities(self, logits: Floats, views: Floats) -> Floats:
        """Turns logits into calibrated probabilities.

        Args:
            logits: Logits of n faces, (n, width).
            views: View factors 0..1, (n, 4), see :data:`VIEW_FACTORS`.

        Returns:
            Probabilities, float32: for a ``distribution`` (n, 101), for labels (n, labels). Each
            row sums to 1.
        """
        scaled = logits / self.calibration.temperature.of(views)[:, None]
        if self.kind == "binary":
            scaled = np.concatenate([np.zeros_like(scaled), scaled], axis=1)
        return ages.softmax(scaled)

    def estimates(self, probabilities: Floats, certainty: float | None) -> list[Estimate]:
        """Turns calibrated probabilities into estimates.

        Args:
            probabilities: Probabilities of n faces from :meth:`probabilities`.
            certainty: Wanted share of right labels among the decided ones, 0..1; None decides
                every label.

        Returns:
            An estimate for each face.
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
        older = self.calibration.older(distributions)
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
                older=older[i],
            )
            for i in range(len(years))
        ]

    def calibrated(self, calibration: Calibration) -> Head:
        """Returns the head with another calibration."""
        return replace(self, calibration=calibration)

    def to_dict(self) -> dict[str, Any]:
        """Returns the head's entry in the model card, as :meth:`from_dict` reads it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Head:
        """Makes a head from its entry in the model card.

        Raises:
            KeyError: A part of the entry is missing.
            ValueError: A part of the entry cannot be.
            ModelError: The entry is not that of a possible head.
        """
        head = cls(
            entries.text(data["name"]),
            cast(Kind, entries.text(data["kind"])),
            tuple(map(entries.text, entries.sequence(data["labels"]))),
            _calibration(entries.mapping(data["calibration"])),
            entries.text(data["notice"]),
        )
        known = KNOWN_HEADS.get(head.name, head)
        if (head.kind, head.labels) != (known.kind, known.labels):
            raise ModelError(
                f"the head '{head.name}' has another kind or other labels than mien knows it by"
            )
        return head


_STEEPEST = 10.0  # of the logarithm of a temperature; those of mien's models are below 1


def _calibration(data: dict[str, Any]) -> Calibration:
    """Makes a calibration from its entry in the model card."""
    temperature = entries.mapping(data["temperature"])
    points = [entries.numbers(point, 3, 0, 1) for point in entries.sequence(data["thresholds"])]
    return Calibration(
        Temperature(
            entries.number(temperature["base"], -_STEEPEST, _STEEPEST),
            entries.numbers(temperature["slopes"], len(VIEW_FACTORS), -_STEEPEST, _STEEPEST),
        ),
        entries.number(data["low"], 0, 1),
        entries.number(data["high"], 0, 1),
        tuple((threshold, decided, right) for threshold, decided, right in points),
        _at_least(entries.sequence(data.get("at_least", ()))),  # older models have none
    )


def _at_least(points: Sequence[Any]) -> tuple[tuple[float, float, float], ...]:
    """Makes the calibration of the ages that are asked most from its entry in the model card."""
    read = []
    for point in points:
        age, slope, offset = entries.numbers(point, 3, -_STEEPEST, ages.COUNT)
        read.append((age, entries.number(slope, 0, _STEEPEST), offset))
    if [age for age, _, _ in read] != sorted({age for age, _, _ in read}):
        raise ValueError("the ages of 'at_least' do not rise")
    return tuple(read)


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


def notices_of(heads: Sequence[Head]) -> dict[str, str]:
    """Returns the notices of heads, by the attribute's name; heads without one are left out."""
    return {head.name: head.notice for head in heads if head.notice}
