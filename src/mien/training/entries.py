"""The parts of a recipe: ranges of its numbers, the heads to train, the augmentation."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

from mien.attributes.heads import AGE, ETHNICITY, GENDER, KNOWN_HEADS, Head, Kind
from mien.errors import ModelError

STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)

Text = Annotated[str, Field(strict=True)]
Name = Annotated[str, Field(strict=True, min_length=1)]
Count = Annotated[int, Field(strict=True, ge=1)]
Whole = Annotated[int, Field(strict=True, ge=0)]
Side = Annotated[int, Field(strict=True, ge=32)]
Year = Annotated[int, Field(strict=True, ge=0, le=100)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
BelowOne = Annotated[float, Field(strict=True, ge=0, lt=1)]
NotNegative = Annotated[float, Field(strict=True, ge=0)]
Positive = Annotated[float, Field(strict=True, gt=0)]

_WEIGHTS = {AGE.name: 1.0, GENDER.name: 1.0, ETHNICITY.name: 0.3}
"""Weights of the known heads in the loss, unless the recipe gives others."""


@dataclass(frozen=True, slots=True, config=STRICT)
class HeadEntry:
    """A head that a recipe trains.

    Attributes:
        name: The attribute: ``age``, ``gender``, ``ethnicity``, or a column of the labels.
        kind: See :mod:`mien.attributes.heads`.
        labels: Labels of a ``binary`` or ``categorical`` head, see
            :class:`mien.attributes.heads.Head`.
        weight: Weight of the head's loss, at least 0.
        notice: What users must know before the attribute is shown; empty to show it always.
    """

    name: Name
    kind: Kind
    labels: list[Name] = dataclasses.field(default_factory=list)
    weight: NotNegative = 1.0
    notice: Text = ""

    @model_validator(mode="after")
    def _fits(self) -> HeadEntry:
        try:
            head = self.head
        except ModelError as error:
            raise ValueError(str(error)) from None
        known = KNOWN_HEADS.get(self.name, head)
        if (head.kind, head.labels) != (known.kind, known.labels):
            raise ValueError(
                f"the head '{self.name}' is a known head; leave out its kind and its labels"
            )
        return self

    @property
    def head(self) -> Head:
        """The head, not calibrated."""
        return Head(self.name, self.kind, tuple(self.labels), notice=self.notice)


def _completed(entry: Any) -> Any:
    """Fills in the kind, the labels, the weight and the notice of a known head."""
    if isinstance(entry, str):
        if entry not in KNOWN_HEADS:
            raise ValueError(
                f"there is no known head '{entry}'; give its name, kind and labels, or choose one"
                f" of {', '.join(KNOWN_HEADS)}"
            )
        entry = {"name": entry}
    name = entry.get("name") if isinstance(entry, dict) else None
    if not isinstance(name, str) or name not in KNOWN_HEADS:
        return entry
    known = KNOWN_HEADS[name]
    return {
        "kind": known.kind,
        "labels": list(known.labels),
        "weight": _WEIGHTS[name],
        "notice": known.notice,
        **entry,
    }


TrainedHead = Annotated[HeadEntry, BeforeValidator(_completed)]


@dataclass(frozen=True, config=STRICT)
class TeacherEntry:
    """A model to learn from.

    Attributes:
        model: Name of a bundled model, or path of a model file.
        sets: Names of the data sets that it teaches; empty for all.
    """

    model: Name
    sets: list[Name] = dataclasses.field(default_factory=list)


Teacher = Annotated[
    TeacherEntry, BeforeValidator(lambda e: {"model": e} if isinstance(e, str) else e)
]
"""An entry of a recipe; the model alone teaches all data sets."""


def known_heads(*names: str) -> list[HeadEntry]:
    """Returns the entries of known heads.

    Args:
        names: Keys of :data:`mien.attributes.heads.KNOWN_HEADS`.

    Raises:
        ValueError: There is no known head of a name.
    """
    return [HeadEntry(**_completed(name)) for name in names]


@dataclass(frozen=True, slots=True, config=STRICT)
class Augmentation:
    """The augmentation of training chips. A value of 0 turns a change off.

    Attributes:
        flip: Probability of a mirrored chip.
        rotation: Maximum rotation in degrees.
        shift: Maximum shift, fraction of the side.
        scale: Maximum change of size, fraction.
        brightness: Maximum change of brightness, fraction.
        contrast: Maximum change of contrast, fraction.
        colour: Maximum change of each channel's gain, fraction.
        grey: Probability of a chip without colour.
        dark: Probability of too little light.
        bright: Probability of overexposure of a chip that does not have too little light.
        blur: Probability of poor focus, up to a tenth of the face's width.
        motion: Probability of motion blur.
        low_resolution: Probability of a face of 12 to 80 pixels.
        noise: Probability of noise.
        jpeg: Probability of JPEG artefacts.
        glasses: Probability of drawn glasses, clear or dark.
        mask: Probability of a drawn mask.
        erase: Probability of an erased rectangle.
        tight: Probability of a crop as tight as those of UTKFace.
        border: Probability that what lies outside the picture is not filled with the usual grey.
    """

    flip: Share = 0.5
    rotation: Annotated[float, Field(strict=True, ge=0, le=180)] = 6.0
    shift: BelowOne = 0.03
    scale: BelowOne = 0.06
    brightness: Share = 0.25
    contrast: Share = 0.25
    colour: Share = 0.08
    grey: Share = 0.08
    dark: Share = 0.06
    bright: Share = 0.04
    blur: Share = 0.2
    motion: Share = 0.06
    low_resolution: Share = 0.2
    noise: Share = 0.12
    jpeg: Share = 0.2
    glasses: Share = 0.06
    mask: Share = 0.03
    erase: Share = 0.2
    tight: Share = 0.2
    border: Share = 0.8
