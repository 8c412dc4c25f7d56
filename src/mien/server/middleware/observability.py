"""Counts requests, and logs them at the level INFO: address, status, size of the body, time."""

from __future__ import annotations

import logging
import time as clock

from mien.server.hosting.metrics import Metrics
from mien.server.middleware.asgi import App, Message, Receive, Scope, Send

_log = logging.getLogger("mien.server")

STREAM = "/v1/stream"
"""The path of the WebSocket."""

_PATHS = frozenset(
    [
        "/v1/analyze",
        "/v1/explain",
        "/v1/model",
        STREAM,
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
    ]
)


class Observed:
    """Counts and logs every HTTP request.

    Args:
        metrics: Counts each.
    """

    def __init__(self, app: App, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = clock.perf_counter()
        size = 0
        status = 500

        async def receive_and_count() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            return message

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive_and_count, send_and_note)
        finally:
            seconds = clock.perf_counter() - began
            # All other paths share one name, so that no client can add more.
            path = scope["path"] if scope["path"] in _PATHS else "page"
            self._metrics.requests.labels(path, str(status)).inc()
            self._metrics.seconds.labels(path).observe(seconds)
            method = scope["method"] if scope["method"].isalpha() else "?"
            _log.info("%s %s %d, %d bytes, %.0f ms", method, path, status, size, 1000 * seconds)
