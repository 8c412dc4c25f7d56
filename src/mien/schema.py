"""The description of the JSON that mien writes.

The command, the service, its OpenAPI document and the types of the page all use it. The text below
a member describes the member. The OpenAPI document and the types have the same text. They have the
names of these types without ``Json``, which tells the types from the classes of the results.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypeVar

from typing_extensions import TypedDict

Hint: TypeAlias = Literal["small", "blurred", "turned", "rotated", "unusual"]
AgeAnswer: TypeAlias = Literal["over", "under", "ask"]
AgeReason: TypeAlias = Literal["probability", "estimate", "view", "not a face", "no face"]

_Kind = TypeVar("_Kind", bound=type)


def strict(kind: _Kind) -> _Kind:
    """Configures pydantic: no further members are allowed, and the texts below members are read.

    Where pydantic is not installed, the configuration has no effect.
    """
    return _configured(kind, "forbid")


def lenient(kind: _Kind) -> _Kind:
    """Configures pydantic as :func:`strict`, but that further members are ignored."""
    return _configured(kind, "ignore")


def _configured(kind: _Kind, extra: str) -> _Kind:
    config = {"extra": extra, "use_attribute_docstrings": True}
    kind.__pydantic_config__ = config  # type: ignore[attr-defined]
    return kind


@strict
class BoxJson(TypedDict):
    """A rectangle in pixels of the upright picture; it may reach outside the picture."""

    x: float
    """Left edge."""
    y: float
    """Top edge."""
    width: float
    """Extent to the right."""
    height: float
    """Extent downwards."""


@strict
class QualityJson(TypedDict):
    """Quality of the view of a face."""

    size: float
    """Shorter side of the box in pixels."""
    sharpness: float
    """Sharpness, 0..1. 0: no detail is left. 1: the aligned face cannot be sharper."""
    frontality: float | None
    """Frontality, 0..1. 0: profile. 1: turned to the camera. Null without landmarks."""
    rotation: float | None
    """Degrees by which the face is rotated clockwise in the picture, -180..180. Null without
    landmarks."""
    novelty: float | None
    """Difference of the face from the faces of the training, 0 and more. Of 100 real faces in clear
    views one is above 1; of small faces in photographs many are. Null if the model does not predict
    it."""
    hints: list[Hint]
    """Problems of the view."""


@strict
class AgeEstimateJson(TypedDict):
    """An apparent age."""

    kind: Literal["distribution"]
    """Always "distribution", the kind of the head."""
    years: float
    """The estimate in years."""
    low: float
    """Lower end of the 80 % interval in years."""
    high: float
    """Upper end of the 80 % interval in years."""
    group: str
    """The most probable age group."""
    group_probabilities: dict[str, float]
    """Probability of each age group."""
    at_least: dict[str, float]
    """Probability of looking this old or older, by the age in years: 12, 13, 15, 16, 18, 21, 25
    and 65."""
    distribution: NotRequired[list[float]]
    """Probability of each age 0..100; only if the request asks for it."""
    older: NotRequired[list[float]]
    """Probability of looking each age 0..100 or older, calibrated as at_least; only with the
    distribution."""


@strict
class LabelEstimateJson(TypedDict):
    """One of several labels, such as the apparent gender presentation."""

    kind: Literal["label"]
    """Always "label", for heads of the kinds binary and categorical."""
    label: str
    """The most probable label, or undetermined."""
    leaning: str | None
    """The label that is at least four times as likely as all others together, or null."""
    probabilities: dict[str, float]
    """Probability of each label."""


EstimateJson: TypeAlias = AgeEstimateJson | LabelEstimateJson


@strict
class DetectionJson(TypedDict):
    """A detected face, without estimates."""

    box: BoxJson
    """Box around the face."""
    landmarks: list[list[float]] | None
    """Eyes, tip of the nose, corners of the mouth, the left one first; x and y in pixels."""
    score: float
    """Detection score, 0..1."""


@strict
class AgeCheckJson(TypedDict):
    """The decision whether a face looks old enough. An apparent age is no proof of age."""

    over: int
    """The age in question in years."""
    challenge: int | None
    """Least apparent age in years of a face that passes; null for none."""
    answer: AgeAnswer
    """The answer: over, under, or ask for a proof of age."""
    reason: AgeReason
    """What decided: probability; estimate, the apparent age is below the challenge age; view, the
    view is too poor; not a face, what was detected is unusual for a face; no face, none was
    detected."""
    probability: float | None
    """Probability of looking as old as asked or older, 0..1; null before the first view."""


@strict
class FaceJson(DetectionJson):
    """A face of a picture and its estimates."""

    aligned: bool
    """Whether the face was aligned by its landmarks."""
    quality: QualityJson
    """Quality of the view."""
    attributes: dict[str, EstimateJson]
    """An estimate for each attribute of the model, by its name."""
    age_check: NotRequired[AgeCheckJson]
    """Whether the face looks old enough; only if the request asks for it."""
    notice: NotRequired[str]
    """What to know about ``age_check``; only with it."""


@strict
class TrackedFaceJson(DetectionJson):
    """A person in a frame of a video."""

    person_id: int
    """Number of the person in this video, from 1."""
    since: float
    """Time at which the person was first seen, in seconds."""
    former_ids: list[int]
    """Numbers that the person had before the person was recognised."""
    quality: QualityJson | None
    """Quality of the last predicted view; null before the first one."""
    attributes: dict[str, EstimateJson]
    """An estimate for each attribute from all views, by its name; empty before the first view."""


@strict
class PictureJson(TypedDict):
    """A picture and its faces."""

    schema: int
    """Version of this description."""
    model: str
    """Name of the model."""
    path: str
    """Name of the picture in the input."""
    width: int | None
    """Width of the upright picture in pixels; null if it cannot be used."""
    height: int | None
    """Height of the upright picture in pixels; null if it cannot be used."""
    faces: list[FaceJson]
    """The faces, the largest first."""
    error: str | None
    """Reason why the picture cannot be used; null if it can be used."""


@strict
class PictureLineJson(PictureJson):
    """A line of ``mien analyze --jsonl``: a picture and its faces."""

    notices: NotRequired[dict[str, str]]
    """Notices of the shown attributes, by the attribute's name; only if there are any."""


@strict
class DocumentJson(TypedDict):
    """The answer of ``mien analyze --json`` and of ``POST /v1/analyze``."""

    schema: int
    """Version of this description."""
    model: str
    """Name of the model."""
    notices: NotRequired[dict[str, str]]
    """Notices of the shown attributes, by the attribute's name; only if there are any."""
    pictures: list[PictureJson]
    """An entry for each picture of the input."""


@strict
class FrameLineJson(TypedDict):
    """A line of ``mien watch --jsonl``: a frame and the people in it."""

    schema: int
    """Version of this description."""
    frame: int
    """Number of the frame, from 0."""
    time: float
    """Time of the frame in seconds since the beginning."""
    faces: list[TrackedFaceJson]
    """The people in the frame."""
    notices: NotRequired[dict[str, str]]
    """Notices of the shown attributes, by the attribute's name; only if there are any."""


@strict
class AudienceCellJson(TypedDict):
    """The expected number of people of a gender presentation and an age group."""

    gender: str
    """The apparent gender presentation, or all."""
    age_group: str
    """The age group, or all."""
    expected: float
    """The expected number of people, a sum of probabilities."""
    low: float
    """Lower end of the 80 % interval."""
    high: float
    """Upper end of the 80 % interval."""


@strict
class AudienceIntervalJson(TypedDict):
    """The audience of one interval of a video."""

    start: float
    """Start of the interval in seconds since the beginning."""
    end: float
    """End of the interval in seconds since the beginning."""
    people: int
    """Number of people who were seen."""
    mean_seconds_in_view: float
    """Mean time in view of a person in seconds."""
    audience: list[AudienceCellJson]
    """An entry for each pair of a gender presentation and an age group."""


@strict
class AudienceDocumentJson(TypedDict):
    """The file of ``mien watch --summary``, if it is JSON."""

    schema: int
    """Version of this description."""
    intervals: list[AudienceIntervalJson]
    """An entry for each interval with a frame, in their order."""
