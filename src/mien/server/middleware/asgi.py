"""The little of ASGI that middleware and streams need, without a framework."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


def header(scope: Scope, name: str) -> str | None:
    """Returns the value of a request's header, or None; of several the first.

    Args:
        scope: ASGI's scope of an HTTP request or a WebSocket.
        name: Name in lower case.
    """
    wanted = name.encode("ascii")
    return next((v.decode("latin-1") for k, v in scope["headers"] if k == wanted), None)
