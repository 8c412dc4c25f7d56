"""The result types: boxes, detections, estimates, faces.

The types are frozen; most of their methods return the JSON. Of mien, this module imports only the
errors and, for type checkers, the description of the JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from mien.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mien import schema

SCHEMA = 2
"""Version of the JSON of all answers."""

AT_LEAST_AGES = (13, 18, 21, 25, 65)
"""Ages in years whose ``at_least`` probability is in the JSON of every age."""

UNDETERMINED = "undetermined"
"""The label of an estimate that is not certain enough."""

LEANING = 4.0
"""Minimum ratio of a label's probability to that of all others together for a leaning."""

SMALL, BLURRED, TURNED = 40.0, 0.3, 0.4
"""Limits of size in pixels, sharpness and frontality; a view below a limit gets a hint."""

ROTATED = 45.0
"""Limit of the rotation in degrees, to either side; a view beyond it gets a hint."""

UNUSUAL = 1.0
"""Limit of the novelty; a face above it gets a hint."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the upright picture; it may reach outside the picture.

    Attributes:
        x: Left edge.
        y: Top edge.
        width: Extent to the right.
        height: Extent downwards.

    Example:
        >>> Box(10, 20, 30, 40).xyxy
        (10, 20, 40, 60)
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom edge."""
        return self.x, self.y, self.x + self.width, self.y + self.height

    @property
    def center(self) -> tuple[float, float]:
        """The center, (x, y)."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def area(self) -> float:
        """The area in square pixels."""
        return self.width * self.height

    def to_dict(self) -> schema.Box:
        """Returns the JSON of the box, rounded to a hundredth of a pixel."""
        return {
            "x": round(self.x, 2),
            "y": round(self.y, 2),
            "width": round(self.width, 2),
            "height": round(self.height, 2),
        }

    def __repr__(self) -> str:
        return f"Box({self.x:.0f}, {self.y:.0f}, {self.width:.0f} x {self.height:.0f})"


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A detected face, without estimates.

    Attributes:
        box: Box around the face.
        landmarks: Landmarks in pixels of the picture, float64, (5, 2): left eye, right eye, tip of
            the nose, left and right corner of the mouth. Left is the left of the picture. None if
            only the box is known.
        score: Detection score, 0..1.

    Example:
        >>> Detection(Box(10, 20, 30, 40), score=0.9)
        Detection(Box(10, 20, 30 x 40), score 0.90)
    """

    box: Box
    landmarks: NDArray[np.float64] | None = None
    score: float = 1.0

    def __repr__(self) -> str:
        return f"Detection({self.box}, score {self.score:.2f})"


@dataclass(frozen=True, slots=True)
class Quality:
    """The quality of the view of a face.

    Attributes:
        size: Shorter side of the face's box in pixels.
        sharpness: Sharpness, from 0 (no detail is left) to 1 (the aligned face cannot be sharper).
        frontality: Frontality from the landmarks, from 0 (profile) to 1 (turned to the camera);
            None without landmarks.
        rotation: Degrees by which the face is rotated clockwise in the picture, -180..180, from the
            landmarks: 0 upright, 180 upside down; None without landmarks.
        novelty: How unlike the faces that the model learnt from the face is, 0 and more. Of 100
            real faces one is above 1; most animals, drawings and things are. None if the model
            does not tell.

    Example:
        >>> Quality(size=24, sharpness=0.8, frontality=0.9).hints
        ('small',)
    """

    size: float
    sharpness: float
    frontality: float | None
    rotation: float | None = None
    novelty: float | None = None

    @property
    def hints(self) -> tuple[str, ...]:
        """Problems of the view.

        They are ``"small"``, ``"blurred"``, ``"turned"``, ``"rotated"`` and ``"unusual"``.
        """
        found = {
            "small": self.size < SMALL,
            "blurred": self.sharpness < BLURRED,
            "turned": self.frontality is not None and self.frontality < TURNED,
            "rotated": self.rotation is not None and abs(self.rotation) > ROTATED,
            "unusual": self.novelty is not None and self.novelty > UNUSUAL,
        }
        return tuple(name for name, wrong in found.items() if wrong)

    def to_dict(self) -> schema.Quality:
        """Returns the JSON of the quality."""
        return {
            "size": round(self.size, 1),
            "sharpness": round(self.sharpness, 3),
            "frontality": None if self.frontality is None else round(self.frontality, 3),
            "rotation": None if self.rotation is None else round(self.rotation, 1),
            "novelty": None if self.novelty is None else round(self.novelty, 3),
            "hints": list(self.hints),
        }


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
        return min(1.0, float(self.distribution[max(age, 0) :].sum()))

    def to_dict(self, *, distribution: bool = False) -> schema.AgeEstimate:
        """Returns the JSON of the estimate.

        Args:
            distribution: Whether the JSON has the whole distribution.
        """
        answer: schema.AgeEstimate = {
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

    def to_dict(self, *, distribution: bool = False) -> schema.LabelEstimate:
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


_Kind = TypeVar("_Kind", bound="AgeEstimate | LabelEstimate")

Estimate: TypeAlias = AgeEstimate | LabelEstimate
"""The estimate of a head of a model for a face."""


@dataclass(frozen=True, slots=True)
class _Estimated:
    """Base class of faces with an estimate for each head of the model."""

    estimates: Mapping[str, Estimate] = field(hash=False)

    @property
    def age(self) -> AgeEstimate:
        """The apparent age.

        Raises:
            ModelError: The model does not predict it.
        """
        return self._estimate("age", AgeEstimate)

    @property
    def gender(self) -> GenderEstimate:
        """The apparent gender presentation.

        Raises:
            ModelError: The model does not predict it.
        """
        return self._estimate("gender", GenderEstimate)

    def _estimate(self, name: str, kind: type[_Kind]) -> _Kind:
        estimate = self.estimates.get(name)
        if isinstance(estimate, kind):
            return estimate
        raise ModelError(f"there is no estimate of '{name}' for this face")

    def _attributes(self, distribution: bool) -> dict[str, schema.Estimate]:
        return {
            name: estimate.to_dict(distribution=distribution)
            for name, estimate in self.estimates.items()
        }


@dataclass(frozen=True, slots=True)
class AgeDecision:
    """Whether a face looks old enough, see :class:`mien.AgeCheck`.

    Attributes:
        over: The age in question in years.
        challenge: Least apparent age in years of a face that passes; None for none.
        answer: ``"over"``, ``"under"``, or ``"ask"`` for a proof of age.
        reason: What decided: ``"probability"``; ``"estimate"``, the apparent age is below the
            challenge age; ``"view"``, the view is too poor; ``"no face"``, none was detected.
        probability: Probability of looking ``over`` years old or older, 0..1; None before the first
            view.

    Example:
        >>> print(AgeDecision(18, 25, "ask", "estimate", 0.97))
        ask (estimate)
    """

    over: int
    challenge: int | None
    answer: str
    reason: str
    probability: float | None

    def to_dict(self) -> schema.AgeCheck:
        """Returns the JSON of the decision."""
        return {
            "over": self.over,
            "challenge": self.challenge,
            "answer": self.answer,
            "reason": self.reason,
            "probability": None if self.probability is None else round(self.probability, 4),
        }

    def __str__(self) -> str:
        return f"{self.answer} ({self.reason})" if self.answer == "ask" else self.answer


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Face(_Estimated):
    """A face of a picture and its estimates.

    Attributes:
        box: Box around the face in pixels of the upright picture.
        landmarks: Landmarks in pixels, float64, (5, 2), see :class:`Detection`; None if they were
            not found.
        score: Detection score, 0..1; 0 if no face was detected and the whole picture was analysed.
        aligned: Whether the face was aligned by its landmarks.
        quality: Quality of the view.
        estimates: An estimate for each attribute, by the attribute's name.
        age_check: Whether the face looks old enough; None if this was not asked.

    Example:
        >>> from mien import Analyzer
        >>> sorted(Analyzer().analyze("photo.jpg")[0].estimates)
        ['age', 'gender']
    """

    box: Box
    landmarks: NDArray[np.float64] | None
    score: float
    aligned: bool
    quality: Quality
    age_check: AgeDecision | None = None

    def to_dict(self, *, distribution: bool = False) -> schema.Face:
        """Returns the JSON of the face.

        Args:
            distribution: Whether the JSON has the whole age distribution.
        """
        answer: schema.Face = {
            "box": self.box.to_dict(),
            "landmarks": _points(self.landmarks),
            "score": round(self.score, 4),
            "aligned": self.aligned,
            "quality": self.quality.to_dict(),
            "attributes": self._attributes(distribution),
        }
        if self.age_check is not None:
            answer["age_check"] = self.age_check.to_dict()
        return answer

    def __repr__(self) -> str:
        return f"Face({_summary(self.estimates)} at {self.box})"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrackedFace(_Estimated):
    """A person in a frame of a video.

    Attributes:
        box: Box around the face in pixels of the frame.
        landmarks: Landmarks in pixels, float64, (5, 2), see :class:`Detection`; None in frames
            without a detection of the face.
        score: Score of the last detection of the face, 0..1.
        quality: Quality of the last predicted view; None before the first one.
        estimates: An estimate for each attribute from all views of the person, by the attribute's
            name; empty before the first view.
        person_id: Number of the person in this video, from 1.
        since: Time at which the person was first seen, in seconds.
        former_ids: Numbers that the person had before the person was recognised.

    Example:
        >>> from mien import watch
        >>> [face.person_id for face in list(watch("film.avi"))[-1].faces]
        [1]
    """

    box: Box
    landmarks: NDArray[np.float64] | None
    score: float
    quality: Quality | None
    person_id: int
    since: float
    former_ids: tuple[int, ...] = ()

    def to_dict(self) -> schema.TrackedFace:
        """Returns the JSON of the face, as in the lines of ``mien watch``."""
        return {
            "person_id": self.person_id,
            "since": round(self.since, 3),
            "former_ids": list(self.former_ids),
            "box": self.box.to_dict(),
            "landmarks": _points(self.landmarks),
            "score": round(self.score, 4),
            "quality": None if self.quality is None else self.quality.to_dict(),
            "attributes": self._attributes(distribution=False),
        }

    def __repr__(self) -> str:
        return f"TrackedFace(#{self.person_id}, {_summary(self.estimates)} at {self.box})"


@dataclass(frozen=True, slots=True)
class PictureResult:
    """The result for one picture of many.

    Attributes:
        path: Name of the picture in the input.
        model: Name of the model.
        width: Width of the upright picture in pixels; None if the picture could not be used.
        height: Height of the upright picture in pixels; None if the picture could not be used.
        faces: The faces of the picture, the largest first.
        error: Reason why the picture could not be used; None if it could be used.

    Example:
        >>> PictureResult("photo.jpg", "default", width=640, height=480).to_dict()["faces"]
        []
    """

    path: str
    model: str
    width: int | None = None
    height: int | None = None
    faces: tuple[Face, ...] = ()
    error: str | None = None

    def to_dict(self, *, distribution: bool = False) -> schema.Picture:
        """Returns the JSON of the picture.

        Args:
            distribution: Whether the JSON of each face has the whole age distribution.
        """
        return {
            "schema": SCHEMA,
            "model": self.model,
            "path": self.path,
            "width": self.width,
            "height": self.height,
            "faces": [face.to_dict(distribution=distribution) for face in self.faces],
            "error": self.error,
        }


def _points(landmarks: NDArray[np.float64] | None) -> list[list[float]] | None:
    if landmarks is None:
        return None
    return [[round(float(x), 2), round(float(y), 2)] for x, y in landmarks]


def _summary(estimates: Mapping[str, Estimate]) -> str:
    return ", ".join(str(estimate) for estimate in estimates.values()) or "not predicted yet"
