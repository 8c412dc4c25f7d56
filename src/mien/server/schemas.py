"""The JSON that only the service sends or takes; the rest is in :mod:`mien.schema`.

The OpenAPI document and the types of the page have the names without ``Json`` and ``Reply``.
``Reply`` ends the name of a type that extends one of :mod:`mien.schema`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypeAlias

from pydantic import Field
from typing_extensions import TypedDict

from mien import schema
from mien.schema import lenient, strict

Probability: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Certainty: TypeAlias = Annotated[float, Field(ge=0.5, le=1)] | Literal["off"]


@strict
class Shares(TypedDict):
    """Share of each part of the face in the importance; they sum to 1, or are all 0."""

    forehead: float
    eyes: float
    nose: float
    mouth: float
    cheeks: float
    chin: float


@strict
class Importance(TypedDict):
    """Importance of the parts of the face for one estimate."""

    map: str
    """Grey PNG of the size of the aligned face, as a data: URL. Bright pixels count most."""
    shares: Shares
    """The same by parts of the face."""


@strict
class ExplanationJson(TypedDict):
    """Explanation of the estimates for a face."""

    chip: str
    """The aligned face that the model saw: a PNG, as a data: URL."""
    importance: dict[str, Importance]
    """Importance for each estimate, by the attribute's name."""


@strict
class FaceReply(schema.FaceJson):
    """One face and what it looks like."""

    chip: NotRequired[str]
    """The aligned face that the model saw: a JPEG, as a data: URL. Only with chips=true."""
    explanation: NotRequired[ExplanationJson]
    """Explanation of the estimates. Only from /v1/explain."""


@strict
class PictureReply(schema.PictureJson):
    """One picture and its faces, the largest first."""

    faces: list[FaceReply]  # type: ignore[misc]
    """The faces, the largest first."""
    code: NotRequired[str]
    """Stable code of the error. Only with an error."""


@strict
class DocumentReply(schema.DocumentJson):
    """The answer of ``POST /v1/analyze`` and ``POST /v1/explain``."""

    pictures: list[PictureReply]  # type: ignore[misc]
    """One for each picture of the request."""


@strict
class ExpectedJson(TypedDict):
    """An expected number of people."""

    people: float
    """The number: a sum of probabilities."""
    low: float
    """Lower end of the 80 % interval."""
    high: float
    """Upper end of the 80 % interval."""


@strict
class Summary(TypedDict):
    """The audience: the people seen since a stream began, or the faces of pictures."""

    people: ExpectedJson
    """Number of people or faces."""
    by_group: dict[str, ExpectedJson]
    """By age group; empty if the model does not predict the age."""
    by_gender: dict[str, ExpectedJson]
    """By apparent gender presentation: female, male; empty if the model does not predict it."""


@lenient
class CountedEstimate(TypedDict):
    """The part of an estimate by which a face is counted; other members are ignored."""

    probabilities: NotRequired[dict[str, Probability]]
    """Probability of each label."""
    group_probabilities: NotRequired[dict[str, Probability]]
    """Probability of each age group."""


@lenient
class CountedFace(TypedDict):
    """A face to count, as in an answer; other members are ignored."""

    attributes: dict[str, CountedEstimate]
    """The estimates, by the attribute's name."""


@strict
class CountedFaces(TypedDict):
    """The body of ``POST /v1/audience``."""

    faces: list[CountedFace]
    """Faces of answers. A person in two pictures counts twice."""


@strict
class StreamOptions(TypedDict):
    """Options of a stream: the text message that a client may send."""

    key: NotRequired[str]
    """The API key, if the service needs one and the connection came without."""
    max_faces: NotRequired[Annotated[int, Field(ge=1)] | None]
    """Answer with only so many people of a frame, the largest; null for all."""
    attributes: NotRequired[list[str]]
    """Also show these attributes, which have a notice."""
    certainty: NotRequired[Certainty]
    """Share of the decided labels that shall be right; off decides every label."""


@strict
class StreamAnswer(TypedDict):
    """The answer of ``WS /v1/stream`` for a frame."""

    frame: int
    """Number of the frame, from 0 in the order in which frames came."""
    time: float
    """When the frame came, in seconds since the first."""
    width: int
    """Width of the frame in pixels."""
    height: int
    """Height of the frame in pixels."""
    faces: list[schema.TrackedFaceJson]
    """The people in the frame, by number."""
    notices: NotRequired[dict[str, str]]
    """Notices of the shown attributes, by the attribute's name; only if there are any."""
    fps: float
    """Analysed frames per second, as a moving average."""
    latency: float
    """Seconds from the receipt of the frame to its answer."""
    dropped: int
    """Frames that were not analysed because a newer one had come."""
    summary: Summary | None
    """The people seen so far, once a second at most; null in between."""


@strict
class ErrorDetails(TypedDict):
    """Reason why a frame or the options of a stream cannot be used."""

    code: str
    """Stable code, for programs."""
    message: str
    """One sentence, for people."""


@strict
class StreamError(TypedDict):
    """The answer of ``WS /v1/stream`` for a frame or options that cannot be used."""

    frame: NotRequired[int]
    """Number of the frame; only if the error is about a frame."""
    error: ErrorDetails
    """The error."""


@strict
class Limits(TypedDict):
    """Limits of a request."""

    max_body_bytes: int
    """Maximum size of the body in bytes."""
    max_pixels: int
    """Maximum number of pixels of a picture."""
    max_pictures: int
    """Maximum number of pictures."""


class HeadJson(TypedDict):
    """One attribute that the model predicts."""

    name: str
    """The attribute's name, as in answers."""
    kind: Literal["distribution", "binary", "categorical"]
    """Kind of the prediction: a distribution over ages, one of two labels, or one of several."""
    labels: list[str]
    """The labels; none for a distribution."""
    notice: str
    """Notice for users. An attribute with a notice is shown only on request."""


@strict
class Data(TypedDict):
    """Pictures that the model was trained on."""

    name: str
    """Name of the data set."""
    pictures: int
    """Number of its pictures."""
    licence: str
    """Its licence."""


class Model(TypedDict):
    """The answer of ``GET /v1/model``: the model's card and the limits of requests."""

    schema: int
    """Version of the card."""
    name: str
    """The model's name."""
    network: str
    """The architecture."""
    parameters: int
    """Number of parameters."""
    size: int
    """Side of the aligned faces in pixels."""
    heads: list[HeadJson]
    """The predicted attributes."""
    data: list[Data]
    """The pictures of the training."""
    metrics: dict[str, Any]
    """Measured figures, by data set."""
    licence: str
    """Terms for the use of the weights."""
    commit: str
    """Commit of the source code that exported the model."""
    sha256: str
    """SHA-256 of the graph with its weights."""
    certainty: Certainty
    """Share of the decided labels that shall be right, where a request does not say it."""
    limits: Limits
    """Limits of a request."""


@strict
class ProblemDetails(TypedDict):
    """Reason why a request cannot be answered (RFC 9457)."""

    type: str
    """Always about:blank."""
    title: str
    """Kind of the problem."""
    status: int
    """The HTTP status."""
    code: str
    """Stable code, for programs."""
    detail: str
    """One sentence, for people."""


MESSAGES = (
    DocumentReply,
    CountedFaces,
    StreamOptions,
    StreamAnswer,
    StreamError,
    Model,
    ProblemDetails,
)
"""All JSON that the service sends or takes; everything else here is a part of one of these."""
