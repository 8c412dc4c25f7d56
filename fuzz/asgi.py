"""The service inside this process: requests and streams without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache
from typing import Any

from mien.analyzer import Analyzer
from mien.server.app import create_app
from mien.server.hosting.settings import Settings
from mien.server.middleware.asgi import App, Message

Headers = Sequence[tuple[bytes, bytes]]

_HOST = (b"host", b"localhost")
_ANSWER_WITHIN = 15.0  # seconds


@cache
def _service() -> tuple[asyncio.Runner, App]:
    settings = Settings(
        rate_limit=0,
        workers=1,
        max_pixels=250_000,
        max_frame_pixels=250_000,
        max_body_bytes=200_000,
        max_frame_bytes=50_000,
        max_pictures=3,
    )
    return asyncio.Runner(), create_app(settings, Analyzer(threads=1))


def request(
    method: str, path: str, query: bytes, headers: Headers, body: Sequence[bytes]
) -> tuple[int, dict[bytes, bytes], bytes]:
    """Sends a request; returns the status, the headers and the body of its answer.

    Args:
        method: Such as ``POST``.
        path: Such as ``/v1/analyze``.
        query: What is behind the question mark.
        headers: Beside the host.
        body: The parts in which it comes.
    """
    runner, app = _service()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query,
        "headers": [_HOST, *headers],
        "client": ("127.0.0.1", 1),
    }
    sent: list[Message] = []
    runner.run(_exchange(app, scope, body, sent))
    start, *rest = sent
    whole = b"".join(message.get("body", b"") for message in rest)
    return start["status"], dict(start["headers"]), whole


async def _exchange(
    app: App, scope: dict[str, Any], body: Sequence[bytes], sent: list[Message]
) -> None:
    parts = list(body)

    async def receive() -> Message:
        if not parts:
            await asyncio.Event().wait()  # the client stays and sends nothing more
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: Message) -> None:
        sent.append(message)

    parts = parts or [b""]
    await app(scope, receive, send)


def stream(messages: Sequence[bytes | str]) -> list[Message]:
    """Opens a stream, sends messages, and ends it; returns all that the service sent.

    Args:
        messages: Frames and texts; a frame is sent when that before it is answered.
    """
    runner, app = _service()
    sent: list[Message] = []
    runner.run(_converse(app, messages, sent))
    return sent


async def _converse(app: App, messages: Sequence[bytes | str], sent: list[Message]) -> None:
    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": "/v1/stream",
        "raw_path": b"/v1/stream",
        "root_path": "",
        "query_string": b"",
        "headers": [_HOST],
        "client": ("127.0.0.1", 1),
        "subprotocols": [],
    }
    left: list[Message] = [{"type": "websocket.connect"}]
    for message in messages:
        kind = "text" if isinstance(message, str) else "bytes"
        left.append({"type": "websocket.receive", kind: message})
    left.append({"type": "websocket.disconnect", "code": 1000})
    answered = asyncio.Event()
    answered.set()

    async def receive() -> Message:
        await asyncio.wait_for(answered.wait(), _ANSWER_WITHIN)
        message = left.pop(0)
        if "bytes" in message:
            answered.clear()
        return message

    async def send(message: Message) -> None:
        sent.append(message)
        if '"frame":' in message.get("text", ""):
            answered.set()

    await app(scope, receive, send)
