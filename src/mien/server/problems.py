"""Problems of requests, each with a stable code (RFC 9457, problem+json)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mien.broken_rules import sentence
from mien.server.middleware.asgi import Receive, Scope, Send
from mien.server.schemas import ProblemDetails, StreamOptions

MEDIA_TYPE = "application/problem+json"

KINDS: dict[str, tuple[int, str]] = {
    "bad_request": (400, "The request cannot be understood"),
    "unauthorised": (401, "The API key is missing or wrong"),
    "forbidden_host": (403, "The service is not known by this name"),
    "forbidden_origin": (403, "A page of another site may not use the service"),
    "not_found": (404, "There is nothing at this address"),
    "method_not_allowed": (405, "This address does not know the method"),
    "timeout": (504, "It took too long"),
    "too_large": (413, "The request is too large"),
    "too_many_pixels": (413, "The picture has too many pixels"),
    "too_many_pictures": (413, "There are too many pictures in the request"),
    "unsupported_picture": (415, "The picture's format is unknown"),
    "unreadable_picture": (422, "The picture cannot be read"),
    "wrong_size": (422, "The aligned face does not have the model's size"),
    "invalid_option": (422, "An option is unknown, or has a value that it cannot have"),
    "rate_limited": (429, "There were too many requests"),
    "internal": (500, "The service failed"),
    "overloaded": (503, "The service is busy"),
    "model_failed": (503, "The model cannot run"),
}
"""HTTP status and title of each code."""


class Problem(Exception):  # noqa: N818 (as the media type is called)
    """A request that cannot be answered.

    Args:
        code: One of :data:`KINDS`.
        detail: One sentence that names what is wrong and what to do.
        retry_after: Seconds after which it may be tried again.
        status: Replaces the code's usual HTTP status.
    """

    def __init__(
        self, code: str, detail: str, *, retry_after: float | None = None, status: int | None = None
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
        usual, self.title = KINDS[code]
        self.status = status or usual

    def to_dict(self) -> ProblemDetails:
        """Returns the JSON of the answer."""
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }

    def headers(self) -> dict[str, str]:
        """Returns the headers that belong to the answer."""
        headers = {"content-type": MEDIA_TYPE, "cache-control": "no-store"}
        if self.retry_after is not None:
            headers["retry-after"] = str(max(1, math.ceil(self.retry_after)))
        if self.status == 401:
            headers["www-authenticate"] = "Bearer"
        return headers


def invalid_option(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """Returns the problem of an option that pydantic refuses.

    Args:
        errors: Pydantic's list of errors. A location is the option's name, or the part of the
            request and the option's name.
    """
    names = [name for name in errors[0]["loc"] if name != "query"]
    if not names:
        return Problem("bad_request", 'Options are a JSON object such as {"max_faces": 20}.')
    if errors[0]["type"] == "extra_forbidden":
        return unknown_option(names[0], StreamOptions.__annotations__)
    of_option = [error for error in errors if names[0] in error["loc"]]
    return Problem("invalid_option", sentence(f"The option '{names[0]}'", of_option) + ".")


def unknown_option(name: str, known: Iterable[str]) -> Problem:
    """Returns the problem of an unknown option.

    Args:
        name: Name of the option.
        known: Names of the known options.
    """
    return Problem(
        "invalid_option", f"There is no option '{name}'; the options are {', '.join(known)}."
    )


async def refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    """Answers a request, or ends a WebSocket, with a problem.

    A WebSocket is accepted first. Only then does a page get to know the code and the reason.
    """
    if scope["type"] == "websocket":
        await close_socket(problem.detail, receive, send)
        return
    body = json.dumps(problem.to_dict()).encode()
    headers = {**problem.headers(), "content-length": str(len(body))}
    raw = [(k.encode("ascii"), v.encode("ascii")) for k, v in headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def close_socket(reason: str, receive: Receive, send: Send, code: int = 1008) -> None:
    """Ends a WebSocket that is not accepted yet.

    Args:
        reason: One sentence.
        receive: ASGI's function that receives messages.
        send: ASGI's function that sends messages.
        code: 1008: policy; 1011: the service failed; 1013: try again later.
    """
    await receive()  # the request to connect
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": code, "reason": reason[:120]})
