"""The heads of a model: what it predicts, described as data.

A head has a name and a kind. Decoding, calibration, pooling over a track, drawing, reports and
training depend on the kind alone, so that a new attribute needs no new code:

- ``distribution``: a probability for each age 0..100, from 101 logits;
- ``binary``: two labels, from one logit that is positive for the second label;
- ``categorical``: several labels, from one logit each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, cast, get_args

import numpy as np

from mien import ages
from mien.attributes import entries
from mien.attributes.calibration import Calibration, Floats
from mien.errors import ModelError
from mien.results import UNDETERMINED, AgeEstimate, Estimate, GenderEstimate, LabelEstimate

Kind = Literal["distribution", "binary", "categorical"]


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
    calibration: Calibration = field(default_factory=Calibration)
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
            Calibration.from_dict(entries.mapping(data["calibration"])),
            entries.text(data["notice"]),
        )
        known = KNOWN_HEADS.get(head.name, head)
        if (head.kind, head.labels) != (known.kind, known.labels):
            raise ModelError(
                f"the head '{head.name}' has another kind or other labels than mien knows it by"
            )
        return head


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
