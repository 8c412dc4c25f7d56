"""Live video over a WebSocket: frames in, steady answers about people out; the newest frame wins.

Each connection has a :class:`~mien.video.people_finder.FaceWatcher` of its own; the models are
shared. No queue can build: of the frames that come while one is worked on, the newest is kept.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time as clock
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from mien.ages import AGE_GROUP_NAMES
from mien.analyzer import Analyzer
from mien.results import TrackedFace
from mien.server.hosting.metrics import Metrics
from mien.server.hosting.settings import Settings
from mien.server.inference import decode
from mien.server.middleware.asgi import Receive, Scope, Send
from mien.server.middleware.keys import AUTHORISED, Key
from mien.server.problems import Problem, close_socket
from mien.video.audience import ALL, Audience, AudienceRow
from mien.video.people_finder import FaceWatcher

_log = logging.getLogger("mien.server")

_SUMMARY_EVERY = 1.0  # seconds between two summaries
_FRAME_CODES = {"unreadable_picture": "unreadable", "unsupported_picture": "unreadable"}


@dataclass(frozen=True, slots=True)
class _Frame:
    number: int
    data: bytes
    received: float  # seconds of the monotonic clock


class StreamEndpoint:
    """The WebSocket's ASGI application.

    Args:
        analyzer: Its models are shared by all streams.
        settings: Of the service.
        metrics: Told of each frame.
        key: What clients must know; None if nothing.
    """

    def __init__(
        self, analyzer: Analyzer, settings: Settings, metrics: Metrics, key: Key | None
    ) -> None:
        self._analyzer = analyzer
        self._settings = settings
        self._metrics = metrics
        self._key = key
        self._open = 0
        self._pool = ThreadPoolExecutor(settings.workers, "mien-stream")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection until it ends."""
        if self._open >= self._settings.max_streams:
            await close_socket("There are too many streams; try again later.", receive, send, 1013)
            return
        self._open += 1
        self._metrics.streams.set(self._open)
        try:
            key = None if scope.get(AUTHORISED) else self._key
            stream = _Stream(self._analyzer, self._settings, self._metrics, self._pool, key)
            await stream.serve(receive, send)
        finally:
            self._open -= 1
            self._metrics.streams.set(self._open)

    def stop(self) -> None:
        """Lets go of the worker threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class _Ended(Exception):  # noqa: N818 (it is no error)
    """The connection is over; the code and reason are None if the client ended it."""

    def __init__(self, code: int | None = None, reason: str = "") -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class _Stream:
    """One connection: a reader that keeps the newest frame, and a worker that takes it."""

    def __init__(
        self,
        analyzer: Analyzer,
        settings: Settings,
        metrics: Metrics,
        pool: ThreadPoolExecutor,
        key: Key | None,
    ) -> None:
        self._settings = settings
        self._metrics = metrics
        self._pool = pool
        self._key = key  # that the first message must hold; None once it did
        self._watching = _Watching(analyzer, settings)
        self._newest: _Frame | None = None
        self._came = asyncio.Event()
        self._received = 0
        self._dropped = 0
        self._max_faces: int | None = None

    async def serve(self, receive: Receive, send: Send) -> None:
        await receive()  # the request to connect
        await send({"type": "websocket.accept"})
        tasks = [
            asyncio.create_task(self._read(receive, send)),
            asyncio.create_task(self._work(send)),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        error = done.pop().exception()
        if isinstance(error, _Ended):
            ended = error
        else:
            _log.error("a stream failed", exc_info=error)
            ended = _Ended(1011, "The service failed.")
        if ended.code is not None:
            await self._send(
                send, {"type": "websocket.close", "code": ended.code, "reason": ended.reason}
            )

    async def _read(self, receive: Receive, send: Send) -> None:
        while True:
            try:
                message = await asyncio.wait_for(receive(), self._settings.stream_idle)
            except TimeoutError:
                raise _Ended(1000, "No frame came for too long.") from None
            if message["type"] == "websocket.disconnect":
                raise _Ended
            data = message.get("bytes")
            if self._key is not None and data is not None:
                raise _Ended(1008, "Send the API key in the first message.")
            if data is None:
                await self._set_options(message["text"], send)
                continue
            if len(data) > self._settings.max_frame_bytes:
                raise _Ended(1009, "The frame is too large.")
            if self._newest is not None:
                self._dropped += 1
                self._metrics.frames.labels("dropped").inc()
            self._newest = _Frame(self._received, data, clock.monotonic())
            self._received += 1
            self._came.set()

    async def _set_options(self, text: str, send: Send) -> None:
        try:
            options = json.loads(text)
            most, given = options.get("max_faces"), options.get("key")
            if self._key is not None and not self._key.matches(str(given)):
                raise _Ended(1008, "Send the API key in the first message.")
            self._key = None
            if most is not None and (type(most) is not int or most < 1):
                raise ValueError
        except (ValueError, AttributeError, RecursionError):
            message = 'Options are a JSON object such as {"max_faces": 20}.'
            await self._answer(send, {"error": {"code": "bad_request", "message": message}})
            return
        self._max_faces = most

    async def _work(self, send: Send) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._came.wait()
            self._came.clear()
            frame, self._newest = self._newest, None
            assert frame is not None
            try:
                answer = await loop.run_in_executor(
                    self._pool, self._watching.look, frame, self._max_faces
                )
            except Problem as problem:
                self._metrics.frames.labels("unreadable").inc()
                code = _FRAME_CODES.get(problem.code, problem.code)
                error = {"code": code, "message": problem.detail}
                await self._answer(send, {"frame": frame.number, "error": error})
                continue
            latency = clock.monotonic() - frame.received
            self._metrics.frames.labels("analysed").inc()
            self._metrics.frame_seconds.observe(latency)
            answer |= {"latency": round(latency, 4), "dropped": self._dropped}
            await self._answer(send, answer)

    async def _answer(self, send: Send, answer: dict[str, Any]) -> None:
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        await self._send(send, {"type": "websocket.send", "text": text})

    async def _send(self, send: Send, message: dict[str, Any]) -> None:
        try:
            await send(message)
        except OSError:  # the client is gone, or was let go because it takes nothing
            raise _Ended from None


class _Watching:
    """What a stream knows of its video; used by one worker thread at a time."""

    def __init__(self, analyzer: Analyzer, settings: Settings) -> None:
        self._settings = settings
        self._watcher = FaceWatcher(analyzer, settings.stream_fps)
        self._audience = Audience(None)
        self._first: float | None = None
        self._last: float | None = None
        self._fps = 0.0
        self._summarised = 0.0

    def look(self, frame: _Frame, max_faces: int | None) -> dict[str, Any]:
        """Decodes and analyses a frame; returns its answer."""
        picture = decode(frame.data, self._settings.max_frame_pixels, self._settings.max_side)
        if self._first is None:
            self._first = frame.received
        time = frame.received - self._first
        faces = self._watcher.process(picture, time)
        self._audience.add(time, faces)
        self._note_rate(clock.monotonic())
        height, width = picture.shape[:2]
        return {
            "frame": frame.number,
            "time": round(time, 3),
            "width": width,
            "height": height,
            "faces": [face.to_dict() for face in _largest(faces, max_faces)],
            "fps": round(self._fps, 2),
            "summary": self._summary(time),
        }

    def _note_rate(self, now: float) -> None:
        if self._last is not None:
            rate = 1 / max(now - self._last, 1e-6)
            self._fps += (0.1 if self._fps else 1.0) * (rate - self._fps)
        self._last = now

    def _summary(self, time: float) -> dict[str, Any] | None:
        if time - self._summarised < _SUMMARY_EVERY:
            return None
        self._summarised = time
        return _summary(self._audience.current)


def _largest(faces: list[TrackedFace], count: int | None) -> list[TrackedFace]:
    """Returns the largest faces, in the order that they have."""
    if count is None or len(faces) <= count:
        return faces
    by_size = sorted(faces, key=lambda face: -face.box.width * face.box.height)
    return sorted(by_size[:count], key=lambda face: face.track_id)


def _summary(row: AudienceRow) -> dict[str, Any]:
    cells = {
        place: {name: round(value, 3) for name, value in expected._asdict().items()}
        for place, expected in row.cells.items()
    }
    return {
        "people": cells[ALL, ALL],
        "by_group": {group: cells[ALL, group] for group in AGE_GROUP_NAMES},
        "by_gender": {gender: cells[gender, ALL] for gender in ("female", "male")},
    }
