"""The JSON of answers, for the OpenAPI description; what is sent is made by the results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_Probability = Annotated[float, Field(ge=0, le=1)]


class _Plain(BaseModel):
    """JSON with these members and no others."""

    model_config = ConfigDict(extra="forbid")


class Box(_Plain):
    """A rectangle in pixels of the upright picture; it may reach outside the picture."""

    x: float
    y: float
    width: float
    height: float


class Quality(_Plain):
    """How good the view of a face is."""

    size: Annotated[float, Field(description="Shorter side of the box in pixels.")]
    sharpness: _Probability
    frontality: Annotated[_Probability | None, Field(description="0: profile; 1: frontal.")]


class Age(_Plain):
    """The apparent age."""

    years: float
    low: Annotated[float, Field(description="Lower end of the 80 % interval, in years.")]
    high: Annotated[float, Field(description="Upper end of the 80 % interval, in years.")]
    group: str
    group_probabilities: dict[str, _Probability]
    at_least: Annotated[
        dict[str, _Probability],
        Field(description="Probability of looking so many years old or older."),
    ]
    distribution: Annotated[
        list[float],
        Field(
            min_length=101,
            max_length=101,
            description="Probability of each age 0..100; with `distribution=true`.",
        ),
    ] = []


class Gender(_Plain):
    """The apparent gender presentation."""

    label: Literal["female", "male", "undetermined"]
    female: _Probability
    male: _Probability


class Face(_Plain):
    """One face and what it looks like."""

    box: Box
    score: _Probability
    landmarks: Annotated[
        list[Annotated[list[float], Field(min_length=2, max_length=2)]] | None,
        Field(description="Eyes, nose, corners of the mouth, from the left; in pixels."),
    ]
    aligned: bool
    quality: Quality
    age: Age
    gender: Gender
    chip: Annotated[
        str, Field(description="`data:` URL of what the model saw; with `chips=true`.")
    ] = ""


class Picture(_Plain):
    """One picture and its faces, the largest first."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    model: str
    path: Annotated[str, Field(description="The file's name, or `picture`.")]
    width: int | None
    height: int | None
    faces: Sequence[Face]
    error: Annotated[str | None, Field(description="Why this picture cannot be used.")]
    code: Annotated[str, Field(description="Stable code of the error; only with one.")] = ""


class Analysis(_Plain):
    """The answer for a request."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    model: str
    pictures: Sequence[Picture]


class Shares(_Plain):
    """How much of what counts lies in each part of the face; all 0 where nothing counts."""

    forehead: _Probability
    eyes: _Probability
    nose: _Probability
    mouth: _Probability
    cheeks: _Probability
    chin: _Probability


class Importance(_Plain):
    """What an answer hangs on."""

    map: Annotated[
        str,
        Field(
            description="`data:` URL of a grey PNG of the chip's size: the brighter a pixel, the "
            "surer the answer was where it could be seen."
        ),
    ]
    shares: Shares


class Explanation(_Plain):
    """Where the model looked."""

    chip: Annotated[str, Field(description="`data:` URL of a PNG of what the model saw.")]
    age: Importance
    gender: Importance


class ExplainedFace(Face):
    """One face, what it looks like, and where the model looked."""

    explanation: Explanation


class ExplainedPicture(Picture):
    """One picture and its explained faces, the largest first."""

    faces: Sequence[ExplainedFace]


class ExplainedAnalysis(Analysis):
    """The answer for a request for explanations."""

    pictures: Sequence[ExplainedPicture]


class Limits(_Plain):
    """What a request may hold."""

    max_body_bytes: int
    max_pixels: int
    max_pictures: int


class Model(BaseModel):
    """The model's card; the members that are named here, and those of its training."""

    model_config = ConfigDict(extra="allow")

    name: str
    size: int
    licence: str
    sha256: str
    metrics: dict[str, Any]
    limits: Limits


class ProblemDetails(_Plain):
    """Why a request cannot be answered (RFC 9457)."""

    type: str
    title: str
    status: int
    code: Annotated[str, Field(description="Stable; for programs.")]
    detail: Annotated[str, Field(description="One sentence; for people.")]


_FACE: dict[str, Any] = {
    "box": {"x": 180.61, "y": 64.14, "width": 89.67, "height": 112.79},
    "score": 0.9385,
    "landmarks": [[202.9, 104.1], [245.2, 104.2], [222.7, 126.5], [205.3, 144.3], [241.5, 144.9]],
    "aligned": True,
    "quality": {"size": 89.7, "sharpness": 0.941, "frontality": 0.945},
    "age": {
        "years": 26.9,
        "low": 21.6,
        "high": 33.4,
        "group": "20-29",
        "group_probabilities": {"10-19": 0.0369, "20-29": 0.689, "30-39": 0.2632, "40-49": 0.0104},
        "at_least": {"13": 0.9997, "18": 0.9839, "21": 0.9314, "25": 0.7106, "65": 0.0},
    },
    "gender": {"label": "female", "female": 0.8803, "male": 0.1197},
}

_PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAIAAAACA"  # its beginning

_EXPLANATION: dict[str, Any] = {
    "chip": _PNG,
    "age": {
        "map": _PNG,
        "shares": {
            "forehead": 0.2007,
            "eyes": 0.2208,
            "nose": 0.0715,
            "mouth": 0.1242,
            "cheeks": 0.1327,
            "chin": 0.2501,
        },
    },
    "gender": {
        "map": _PNG,
        "shares": {
            "forehead": 0.2208,
            "eyes": 0.2738,
            "nose": 0.0421,
            "mouth": 0.0298,
            "cheeks": 0.2332,
            "chin": 0.2003,
        },
    },
}


def _answer(face: dict[str, Any]) -> dict[str, Any]:
    picture = {
        "schema": 1,
        "model": "default",
        "path": "astronaut.jpg",
        "width": 512,
        "height": 512,
        "faces": [face],
        "error": None,
    }
    return {"schema": 1, "model": "default", "pictures": [picture]}


EXAMPLES: dict[str, dict[str, Any]] = {
    "/v1/analyze": _answer(_FACE),
    "/v1/explain": _answer({**_FACE, "explanation": _EXPLANATION}),
}
"""An answer of each address that takes pictures."""
