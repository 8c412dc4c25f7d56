"""The parts of the OpenAPI document that FastAPI cannot find out from the addresses."""

from __future__ import annotations

from typing import Any

from mien.images.formats import KNOWN
from mien.server.examples import EXAMPLES
from mien.server.json_schemas import REF, json_schemas
from mien.server.problems import KINDS, MEDIA_TYPE, Problem

ABOUT = f"""\
Apparent age and apparent gender presentation of faces, with how sure they are. Nothing that is sent
is kept. Pictures are {KNOWN}.

**Live video**: `WS /v1/stream`. Send each frame (JPEG or WebP) as a binary message. For each frame
that is analysed comes a text message, a `StreamAnswer`. For a frame that cannot be used comes a
`StreamError`. Of the frames that come while one is analysed, only the newest is kept. A text
message of the client holds `StreamOptions`.

**Errors** are `{MEDIA_TYPE}` with a stable `code`: {", ".join(f"`{code}`" for code in KINDS)}.
"""

_DETAILS = {
    "bad_request": "The form has no file; send one as the part 'picture'.",
    "unauthorised": "Send the API key that the service printed or was given when it started.",
    "forbidden_origin": "A page of another site may not use the service; allow it with"
    " --allowed-origin SITE.",
    "timeout": "It took longer than 60 seconds; try fewer or smaller pictures.",
    "too_many_pixels": "The picture has 20000 x 15000 pixels; at most 200 megapixels are allowed"
    " by the setting 'max_pixels'.",
    "too_many_pictures": "At most 64 pictures are allowed in a request.",
    "invalid_option": "The option 'max_faces' must be at least 1; it is '0'.",
    "too_large": "A request may have 64 MB at most.",
    "unsupported_picture": f"It is not a picture in a known format: {KNOWN}.",
    "unreadable_picture": "The picture is damaged: its file ends too early; get it again from its"
    " source.",
    "wrong_size": "An aligned face of the model 'default' has 160 x 160 pixels; this picture has"
    " 512 x 512.",
    "rate_limited": "Too many requests came from this address; wait a moment.",
    "overloaded": "The service has as much to do as it can take; try again in a moment.",
    "model_failed": "The model 'default' cannot run here; the service's log says why.",
}

_OTHER_STATUSES = {
    "bad_request": (415, "The body is compressed (gzip); send it as it is."),
    "timeout": (408, "The request's body did not come within 60 seconds."),
}

UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "One picture as the body, or any number as the parts `picture` of a form"
        "; files of other names are taken too.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["picture"],
                    "properties": {
                        "picture": {
                            "type": "array",
                            "minItems": 1,
                            "items": {"type": "string", "format": "binary"},
                        }
                    },
                }
            },
            "image/*": {"schema": {"type": "string", "format": "binary"}},
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
"""What an address for pictures takes."""


def _json(name: str, description: str) -> dict[int | str, dict[str, Any]]:
    schema = {"$ref": REF.format(model=name)}
    content = {"application/json": {"schema": schema}}
    return {200: {"description": description, "content": content}}


COUNTED: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "Faces of answers; of each, the probabilities of its estimates are read.",
        "content": {"application/json": {"schema": {"$ref": REF.format(model="CountedFaces")}}},
    }
}
"""What the address of the audience takes."""

AUDIENCE = _json("Summary", "The expected number of faces.")
"""What the address of the audience answers."""

ANALYZED = _json("Document", "The faces of each picture.")
"""What the addresses for pictures answer."""

MODEL = _json("Model", "The card and the limits.")
"""What ``GET /v1/model`` answers."""


def complete(document: dict[str, Any]) -> None:
    """Adds the descriptions of all answers, and examples.

    Args:
        document: The OpenAPI document, as FastAPI makes it.
    """
    document["components"] = {"schemas": json_schemas()}
    for path, example in EXAMPLES.items():
        answer = document["paths"][path]["post"]["responses"]["200"]
        answer["content"]["application/json"]["example"] = example


def problems(*codes: str) -> dict[int | str, dict[str, Any]]:
    """Describes the problems that an address may answer with.

    Args:
        *codes: Of :data:`~mien.server.problems.KINDS`.

    Returns:
        A response for each HTTP status, with an example for each code.
    """
    described: dict[int | str, dict[str, Any]] = {}
    schema = {"$ref": REF.format(model="ProblemDetails")}
    for code in codes:
        examples = [Problem(code, _DETAILS[code])]
        if code in _OTHER_STATUSES:
            status, detail = _OTHER_STATUSES[code]
            examples.append(Problem(code, detail, status=status))
        for problem in examples:
            content = {MEDIA_TYPE: {"schema": schema, "examples": {}}}
            response = described.setdefault(
                problem.status, {"description": problem.title, "content": content}
            )
            response["content"][MEDIA_TYPE]["examples"][code] = {"value": problem.to_dict()}
    return described
