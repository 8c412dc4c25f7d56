"""One description of the JSON that mien writes.

The command, the service, its OpenAPI document and the page's types all come from here. A text below
a member describes it; the service copies it into its OpenAPI document.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypeVar

from typing_extensions import TypedDict

_Kind = TypeVar("_Kind", bound=type)


def strict(kind: _Kind) -> _Kind:
    """Has pydantic, where it is used, allow no further members and read the texts below them."""
    config = {"extra": "forbid", "use_attribute_docstrings": True}
    kind.__pydantic_config__ = config  # type: ignore[attr-defined]
    return kind


@strict
class Box(TypedDict):
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
class Quality(TypedDict):
    """How good the view of a face is."""

    size: float
    """Shorter side of the box in pixels."""
    sharpness: float
    """0: no detail left; 1: as sharp as the aligned face can be."""
    frontality: float | None
    """0: profile; 1: looks into the camera; null without landmarks."""
    hints: list[str]
    """What is wrong with the view: small, blurred, turned."""


@strict
class AgeEstimate(TypedDict):
    """An apparent age."""

    kind: Literal["distribution"]
    """The kind of attribute."""
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
    """Probability of looking so many years old or older."""
    distribution: NotRequired[list[float]]
    """Probability of each age 0..100; only if asked for."""


@strict
class LabelEstimate(TypedDict):
    """One of several labels, such as the apparent gender presentation."""

    kind: Literal["label"]
    """The kind of attribute."""
    label: str
    """The most probable label, or undetermined."""
    leaning: str | None
    """The label that is more than four times as likely as all others together, decided or not."""
    probabilities: dict[str, float]
    """Probability of each label."""


Estimate: TypeAlias = AgeEstimate | LabelEstimate


class _Detected(TypedDict):
    box: Box
    """Where the face is."""
    landmarks: list[list[float]] | None
    """Eyes, tip of the nose and corners of the mouth, from the left, (x, y) in pixels."""
    score: float
    """The detector's confidence, 0..1."""


@strict
class Face(_Detected):
    """One face and what it looks like."""

    aligned: bool
    """Whether the face was turned and scaled by its landmarks."""
    quality: Quality
    """How good the view is."""
    attributes: dict[str, Estimate]
    """An estimate for each attribute of the model, by its name."""


@strict
class TrackedFace(_Detected):
    """One person of a video in one frame."""

    person_id: int
    """Number of the person within this video, from 1."""
    since: float
    """When the person was first seen, in seconds."""
    former_ids: list[int]
    """Numbers under which the person was shown before they were recognised."""
    quality: Quality | None
    """How good the last predicted view was; null before the first."""
    attributes: dict[str, Estimate]
    """An estimate for each attribute from all views; empty before the first."""


@strict
class Picture(TypedDict):
    """One picture and its faces, the largest first."""

    schema: int
    """Version of this description."""
    model: str
    """Name of the model."""
    path: str
    """What the input called the picture."""
    width: int | None
    """Width of the upright picture in pixels; null if it cannot be used."""
    height: int | None
    """Height of the upright picture in pixels; null if it cannot be used."""
    faces: list[Face]
    """The faces, the largest first."""
    error: str | None
    """Why the picture cannot be used."""


@strict
class Document(TypedDict):
    """The answer of ``mien analyze --json`` and of ``POST /v1/analyze``."""

    schema: int
    """Version of this description."""
    model: str
    """Name of the model."""
    notices: NotRequired[dict[str, str]]
    """What to know about attributes that were asked for, by their names; only if there is any."""
    pictures: list[Picture]
    """One for each picture of the input."""
