"""Faces with their estimates: of a picture, and of a video."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from mien.errors import ModelError
from mien.results.age_decision import NOTICE, AgeDecision
from mien.results.estimates import AgeEstimate, Estimate, GenderEstimate, LabelEstimate
from mien.results.geometry import Box, points
from mien.results.quality import Quality

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mien import schema

_Kind = TypeVar("_Kind", bound="AgeEstimate | LabelEstimate")


@dataclass(frozen=True, slots=True, eq=False)
class _Estimated:
    """Base class of faces with an estimate for each head of the model."""

    estimates: Mapping[str, Estimate]

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
        known = ", ".join(self.estimates) or "nothing yet"
        raise ModelError(f"there is no estimate of '{name}' for this face; there is {known}")

    def _attributes(self, distribution: bool) -> dict[str, schema.EstimateJson]:
        return {
            name: estimate.to_dict(distribution=distribution)
            for name, estimate in self.estimates.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Face(_Estimated):
    """A face of a picture and its estimates.

    Attributes:
        box: Box around the face in pixels of the upright picture.
        landmarks: Landmarks in pixels, float64, (5, 2), see
            :class:`~mien.results.Detection`; None if they were not found.
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

    def to_dict(self, *, distribution: bool = False) -> schema.FaceJson:
        """Returns the JSON of the face.

        Args:
            distribution: Whether the JSON has the whole age distribution.
        """
        answer: schema.FaceJson = {
            "box": self.box.to_dict(),
            "landmarks": points(self.landmarks),
            "score": round(self.score, 4),
            "aligned": self.aligned,
            "quality": self.quality.to_dict(),
            "attributes": self._attributes(distribution),
        }
        if self.age_check is not None:
            answer["age_check"] = self.age_check.to_dict()
            answer["notice"] = NOTICE
        return answer

    def __repr__(self) -> str:
        return f"Face({_summary(self.estimates)} at {self.box})"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrackedFace(_Estimated):
    """A person in a frame of a video.

    Attributes:
        box: Box around the face in pixels of the frame.
        landmarks: Landmarks in pixels, float64, (5, 2), see
            :class:`~mien.results.Detection`; None in frames without a detection of the face.
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

    def to_dict(self) -> schema.TrackedFaceJson:
        """Returns the JSON of the face, as in the lines of ``mien watch``."""
        return {
            "person_id": self.person_id,
            "since": round(self.since, 3),
            "former_ids": list(self.former_ids),
            "box": self.box.to_dict(),
            "landmarks": points(self.landmarks),
            "score": round(self.score, 4),
            "quality": None if self.quality is None else self.quality.to_dict(),
            "attributes": self._attributes(distribution=False),
        }

    def __repr__(self) -> str:
        return f"TrackedFace(#{self.person_id}, {_summary(self.estimates)} at {self.box})"


def _summary(estimates: Mapping[str, Estimate]) -> str:
    return ", ".join(str(estimate) for estimate in estimates.values()) or "not predicted yet"
