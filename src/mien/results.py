"""The vocabulary of answers: what mien says about a face.

Frozen types without behaviour beyond reading themselves out. This module imports nothing of mien.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GenderLabel = Literal["female", "male", "undetermined"]

AT_LEAST_AGES = (13, 18, 21, 25, 65)
"""Ages whose ``at_least`` probability is part of every written answer."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the upright picture; it may reach outside the picture.

    Attributes:
        x: Left edge.
        y: Top edge.
        width: Extent to the right.
        height: Extent downwards.
    """

    x: float
    y: float
    width: float
    height: float

    def to_dict(self) -> dict[str, float]:
        """Returns the four numbers by name, rounded to a hundredth of a pixel."""
        return {
            "x": round(self.x, 2),
            "y": round(self.y, 2),
            "width": round(self.width, 2),
            "height": round(self.height, 2),
        }


@dataclass(frozen=True, slots=True)
class Detection:
    """A face that was found, before anything is said about it.

    Attributes:
        box: Where it is.
        landmarks: Five points (x, y) in pixels: the eye on the left of the picture, the eye on the
            right, nose tip, left and right mouth corner (as seen in the picture).
        score: The detector's confidence in 0..1.
    """

    box: Box
    landmarks: tuple[tuple[float, float], ...]
    score: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the view of a face is.

    Attributes:
        size: Shorter side of the face's box in pixels.
        sharpness: 0 (no detail left) .. 1 (as crisp as the chip can hold).
        frontality: 0 (profile) .. 1 (looking into the camera), from the landmarks; None without.
    """

    size: float
    sharpness: float
    frontality: float | None

    def to_dict(self) -> dict[str, float | None]:
        """Returns the measures by name."""
        frontality = None if self.frontality is None else round(self.frontality, 3)
        return {
            "size": round(self.size, 1),
            "sharpness": round(self.sharpness, 3),
            "frontality": frontality,
        }


@dataclass(frozen=True, slots=True)
class AgeEstimate:
    """The apparent age of a face.

    Attributes:
        years: The estimate, in years.
        low: Lower end of the 80 % interval, in years.
        high: Upper end of the 80 % interval, in years.
        group: The most probable age group, for example ``"30-39"``.
        group_probabilities: Probability of each age group; they sum to 1.
        distribution: Probability of each age 0, 1, ..., 100, float32 of shape (101,).
    """

    years: float
    low: float
    high: float
    group: str
    group_probabilities: dict[str, float]
    distribution: NDArray[np.float32] = field(repr=False, compare=False)

    def at_least(self, age: int) -> float:
        """Returns the probability that the face looks ``age`` years old or older."""
        return min(1.0, float(self.distribution[max(age, 0) :].sum()))

    def to_dict(self) -> dict[str, Any]:
        """Returns the estimate as in the JSON of ``mien analyze``."""
        return {
            "years": round(self.years, 1),
            "low": round(self.low, 1),
            "high": round(self.high, 1),
            "group": self.group,
            "group_probabilities": {k: round(p, 4) for k, p in self.group_probabilities.items()},
            "at_least": {str(age): round(self.at_least(age), 4) for age in AT_LEAST_AGES},
        }


@dataclass(frozen=True, slots=True)
class GenderEstimate:
    """The apparent gender presentation of a face.

    Attributes:
        label: ``"female"``, ``"male"``, or ``"undetermined"`` when neither is probable enough.
        female: Probability of a female presentation.
        male: Probability of a male presentation; the two sum to 1.
    """

    label: GenderLabel
    female: float
    male: float

    @property
    def confidence(self) -> float:
        """The greater of the two probabilities."""
        return max(self.female, self.male)

    def to_dict(self) -> dict[str, Any]:
        """Returns the estimate as in the JSON of ``mien analyze``."""
        return {"label": self.label, "female": round(self.female, 4), "male": round(self.male, 4)}


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a picture and what it looks like.

    Attributes:
        box: Where it is, in pixels of the upright picture.
        score: The detector's confidence in 0..1; 0 where no face was found and the whole picture
            was taken for one.
        landmarks: As in :class:`Detection`; None where no face was found.
        aligned: Whether the face was turned and scaled by its landmarks before it was judged.
        quality: How good the view is.
        age: The apparent age.
        gender: The apparent gender presentation.
        ethnicity: Probability of each label, only if it was asked for and the model has it.
    """

    box: Box
    score: float
    landmarks: tuple[tuple[float, float], ...] | None
    aligned: bool
    quality: Quality
    age: AgeEstimate
    gender: GenderEstimate
    ethnicity: dict[str, float] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Returns the face as in the JSON of ``mien analyze``."""
        landmarks = self.landmarks and [[round(x, 2), round(y, 2)] for x, y in self.landmarks]
        face = {
            "box": self.box.to_dict(),
            "score": round(self.score, 4),
            "landmarks": landmarks,
            "aligned": self.aligned,
            "quality": self.quality.to_dict(),
            "age": self.age.to_dict(),
            "gender": self.gender.to_dict(),
        }
        if self.ethnicity is not None:
            face["ethnicity"] = {k: round(p, 4) for k, p in self.ethnicity.items()}
        return face


@dataclass(frozen=True, slots=True)
class TrackedFace:
    """One person of a video in one frame.

    Attributes:
        box: Where the face is, in pixels of the frame.
        score: The detector's confidence in 0..1 when it last saw the face.
        landmarks: As in :class:`Detection`; None in frames in which it was not looked for.
        quality: How good the view was that was judged last; None before the first.
        age: The apparent age by all that was seen of the person; None before the first view.
        gender: The apparent gender presentation, likewise.
        track_id: Who it is among the people of this video, from 1.
        since: When the person was first seen, seconds.
        former_ids: What ``track_id`` was while it was not known yet who it is.
    """

    box: Box
    score: float
    landmarks: tuple[tuple[float, float], ...] | None
    quality: Quality | None
    age: AgeEstimate | None
    gender: GenderEstimate | None
    track_id: int
    since: float
    former_ids: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Returns the face as in the JSON lines of ``mien watch``."""
        return {
            "track_id": self.track_id,
            "box": self.box.to_dict(),
            "score": round(self.score, 4),
            "landmarks": self.landmarks and [[round(x, 2), round(y, 2)] for x, y in self.landmarks],
            "aligned": True,
            "quality": self.quality and self.quality.to_dict(),
            "age": self.age and self.age.to_dict(),
            "gender": self.gender and self.gender.to_dict(),
        }
