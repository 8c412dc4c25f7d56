"""Live video over a WebSocket: frames in, steady answers about people out; the newest frame wins.

Each connection has a :class:`~mien.server.stream_analysis.StreamAnalysis` of its own; the networks
are shared. No queue can grow: of the frames that come while one is analysed, the newest is kept.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time as clock
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pydantic import TypeAdapter, ValidationError

from mien.errors import ModelError
from mien.server.decoding import as_problem
from mien.server.hosting.metrics import Metrics
from mien.server.hosting.settings import Settings
from mien.server.inference import Inference
from mien.server.middleware.asgi import Receive, Scope, Send
from mien.server.middleware.keys import AUTHORISED, Key
from mien.server.problems import Problem, close_socket, invalid_option
from mien.server.schemas import StreamError, StreamOptions
from mien.server.stream_analysis import StreamAnalysis, StreamFrame

_log = logging.getLogger("mien.server")

_OPTIONS = TypeAdapter(StreamOptions)
_FRAME_CODES = {"unreadable_picture": "unreadable", "unsupported_picture": "unreadable"}
_KEY_MISSING = "Send the API key in the first message."


class StreamEndpoint:
    """The WebSocket's ASGI application.

    Args:
        inference: Its networks are shared by all streams.
        settings: Settings of the service.
        metrics: Counts frames.
        key: Key that clients must send; None if there is none.
    """

    def __init__(
        self, inference: Inference, settings: Settings, metrics: Metrics, key: Key | None
    ) -> None:
        self._inference = inference
        self._settings = settings
        self._metrics = metrics
        self._key = key
        self._open = 0
        self._workers = ThreadPoolExecutor(settings.workers, "mien-stream")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection until it ends."""
        if self._inference.failed:
            await close_socket("The model cannot run.", receive, send, 1011)
            return
        if self._open >= self._settings.max_streams:
            await close_socket("There are too many streams; try again later.", receive, send, 1013)
            return
        self._open += 1
        self._metrics.streams.set(self._open)
        try:
            key = None if scope.get(AUTHORISED) else self._key
            stream = _Stream(self._inference, self._settings, self._metrics, self._workers, key)
            await stream.serve(receive, send)
        finally:
            self._open -= 1
            self._metrics.streams.set(self._open)

    def stop(self) -> None:
        """Ends the worker threads."""
        self._workers.shutdown(wait=False, cancel_futures=True)


class _Ended(Exception):  # noqa: N818 (it is no error)
    """The connection is over; the code and reason are None if the client ended it."""

    def __init__(self, code: int | None = None, reason: str = "") -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class _Stream:
    """One connection: a reader that keeps the newest frame, and a worker that takes it."""

    def __init__(
        self,
        inference: Inference,
        settings: Settings,
        metrics: Metrics,
        workers: ThreadPoolExecutor,
        key: Key | None,
    ) -> None:
        self._analyzer = inference.analyzer
        self._settings = settings
        self._metrics = metrics
        self._workers = workers
        self._key = key  # that the first message must hold; None once it did
        self._analysis = StreamAnalysis(self._analyzer, settings)
        self._options: StreamOptions = {}
        self._newest: StreamFrame | None = None
        self._came = asyncio.Event()
        self._received = 0
        self._dropped = 0

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
            if data is None:
                try:
                    self._set_options(message["text"])
                except Problem as problem:
                    await self._refuse(send, problem)
                continue
            if self._key is not None:
                raise _Ended(1008, _KEY_MISSING)
            if len(data) > self._settings.max_frame_bytes:
                raise _Ended(1009, "The frame is too large.")
            if self._newest is not None:
                self._dropped += 1
                self._metrics.frames.labels("dropped").inc()
            self._newest = StreamFrame(self._received, data, clock.monotonic())
            self._received += 1
            self._came.set()

    def _set_options(self, text: str) -> None:
        """Takes new options; other attributes or another certainty begin a new analysis."""
        try:
            options = _OPTIONS.validate_json(text, strict=True)
        except ValidationError as error:
            if self._key is not None:
                raise _Ended(1008, _KEY_MISSING) from None
            raise invalid_option(error.errors(include_url=False)) from None
        if self._key is not None and not self._key.matches(options.pop("key", "")):
            raise _Ended(1008, _KEY_MISSING)
        self._key = None
        shown = _shown(options, self._analyzer.certainty)
        if shown != _shown(self._options, self._analyzer.certainty):
            try:
                analyzer = self._analyzer.showing(*shown)
            except ModelError as error:
                raise Problem("invalid_option", f"The option 'attributes': {error}.") from None
            self._analysis = StreamAnalysis(analyzer, self._settings)
        self._options = options

    async def _work(self, send: Send) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._came.wait()
            self._came.clear()
            frame, self._newest = self._newest, None
            assert frame is not None
            max_faces = self._options.get("max_faces")
            try:
                answer = await loop.run_in_executor(
                    self._workers, self._analysis.analyze, frame, max_faces, self._dropped
                )
            except Exception as error:  # one frame ends no stream, whatever is wrong with it
                problem = as_problem(error)
                outcome = "failed" if problem.status >= 500 else "unreadable"
                self._metrics.frames.labels(outcome).inc()
                await self._refuse(send, problem, frame)
                continue
            self._metrics.frames.labels("analysed").inc()
            self._metrics.frame_seconds.observe(answer["latency"])
            await self._answer(send, answer)

    async def _refuse(self, send: Send, problem: Problem, frame: StreamFrame | None = None) -> None:
        code = _FRAME_CODES.get(problem.code, problem.code)
        answer: StreamError = {"error": {"code": code, "message": problem.detail}}
        if frame is not None:
            answer = {"frame": frame.number, **answer}
        await self._answer(send, answer)

    async def _answer(self, send: Send, answer: Mapping[str, Any]) -> None:
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        await self._send(send, {"type": "websocket.send", "text": text})

    async def _send(self, send: Send, message: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(self._settings.send_timeout):
                await send(message)
        except OSError:  # the client is gone, or takes nothing (TimeoutError)
            raise _Ended from None


def _shown(options: StreamOptions, certainty: float | None) -> tuple[list[str], float | None]:
    """Returns the attributes and the certainty of options."""
    certain = options.get("certainty", certainty)
    return options.get("attributes", []), None if certain == "off" else certain
