"""The stream: frames in, answers about people out."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import websockets
from altered import NOTICE, with_notice
from served import Serve, Service, described, encode, until
from websockets.asyncio.client import ClientConnection

from mien import Analyzer


@asynccontextmanager
async def _opened(service: Service, **options: Any) -> AsyncIterator[ClientConnection]:
    async with websockets.connect(service.stream, max_size=None, **options) as stream:
        yield stream


def with_stream(
    service: Service, run: Callable[[ClientConnection], Awaitable[Any]], **options: Any
) -> Any:
    """Runs something with a stream that is open."""

    async def opened() -> Any:
        async with _opened(service, **options) as stream, asyncio.timeout(60):
            return await run(stream)

    return asyncio.run(opened())


async def receive(stream: ClientConnection) -> dict[str, Any]:
    """Receives one answer."""
    return json.loads(await stream.recv())


async def _until_frame(stream: ClientConnection, number: int) -> list[dict[str, Any]]:
    answers = [await receive(stream)]
    while answers[-1]["frame"] < number:
        answers.append(await receive(stream))
    return answers


def _walk(astronaut: np.ndarray, count: int) -> list[bytes]:
    """Returns the frames of a face that moves to the right."""
    frames = []
    for i in range(count):
        frame = np.full((360, 640, 3), 90, np.uint8)
        frame[60:320, 20 + 6 * i : 260 + 6 * i] = astronaut[20:280, 100:340]
        frames.append(encode(frame, quality=90))
    return frames


def test_the_newest_frame_wins(service: Service, portrait: bytes) -> None:
    async def run(stream: ClientConnection) -> list[dict[str, Any]]:
        for _ in range(30):
            await stream.send(portrait)
        return await _until_frame(stream, 29)

    answers = with_stream(service, run)
    numbers = [answer["frame"] for answer in answers]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 29
    assert len(numbers) < 15
    assert answers[-1]["dropped"] == 30 - len(numbers)
    described("StreamAnswer", answers[-1])
    assert answers[-1]["faces"][0]["attributes"]["gender"]["probabilities"]["female"] > 0.5


def test_one_person_all_along(service: Service, astronaut: np.ndarray) -> None:
    frames = _walk(astronaut, 24)

    async def run(stream: ClientConnection) -> list[dict[str, Any]]:
        answers = []
        for frame in frames:
            await stream.send(frame)
            answers.append(await receive(stream))
            await asyncio.sleep(0.04)
        return answers

    answers = with_stream(service, run)
    assert [answer["frame"] for answer in answers] == list(range(24))
    assert {(answer["width"], answer["height"]) for answer in answers} == {(640, 360)}
    seen = [answer for answer in answers if answer["faces"]]
    assert len(seen) > 18
    assert {face["person_id"] for answer in seen for face in answer["faces"]} == {1}
    boxes = [answer["faces"][0]["box"]["x"] for answer in seen]
    assert boxes == sorted(boxes)
    age = seen[-1]["faces"][0]["attributes"]["age"]
    assert age["low"] < age["high"]
    for answer in answers:
        described("StreamAnswer", answer)
    times = [answer["time"] for answer in answers]
    assert times[0] == 0
    assert times == sorted(times)
    assert all(answer["latency"] > 0 for answer in answers)
    assert answers[-1]["fps"] > 0
    assert answers[-1]["dropped"] == 0
    summaries = [answer["summary"] for answer in answers if answer["summary"]]
    assert 1 <= len(summaries) <= times[-1] + 1
    last = summaries[-1]
    assert last["people"] == {"people": 1.0, "low": 1.0, "high": 1.0}
    assert sum(cell["people"] for cell in last["by_group"].values()) == pytest.approx(1, abs=0.01)
    assert list(last["by_gender"]) == ["female", "male"]
    assert last["by_gender"]["female"]["people"] > 0.5


def test_streams_know_nothing_of_each_other(service: Service, portrait: bytes) -> None:
    async def run() -> list[dict[str, Any]]:
        async with _opened(service) as one, _opened(service) as other:
            for stream in (one, other):
                await stream.send(portrait)
            return [await receive(one), await receive(other)]

    answers = asyncio.run(run())
    assert [answer["frame"] for answer in answers] == [0, 0]
    assert [answer["dropped"] for answer in answers] == [0, 0]


def test_only_the_largest_faces_if_asked_for(service: Service, astronaut: np.ndarray) -> None:
    face = astronaut[20:280, 100:340]
    frame = np.full((360, 640, 3), 90, np.uint8)
    frame[50:310, 20:260] = face
    frame[50:180, 400:520] = face[::2, ::2]
    data = encode(frame, quality=92)

    async def run(stream: ClientConnection) -> list[int]:
        counts = []
        for options in ("{}", '{"max_faces": 1}', '{"max_faces": null}'):
            await stream.send(options)
            for _ in range(4):
                await stream.send(data)
                answer = await receive(stream)
            counts.append(len(answer["faces"]))
        return counts

    assert with_stream(service, run) == [2, 1, 2]


def test_a_frame_that_cannot_be_used_ends_nothing(service: Service, portrait: bytes) -> None:
    async def run(stream: ClientConnection) -> list[dict[str, Any]]:
        answers = []
        for data in (b"", b"no picture", portrait[:5000], portrait):
            await stream.send(data)
            answers.append(await receive(stream))
        return answers

    *bad, good = with_stream(service, run)
    assert [answer["frame"] for answer in bad] == [0, 1, 2]
    assert {answer["error"]["code"] for answer in bad} == {"unreadable"}
    for answer in bad:
        described("StreamError", answer)
    assert good["frame"] == 3
    assert "error" not in good


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, "bad_request") for text in ("", "[]", "7", "null", "[" * 100_000, "\u0000")),
        *(
            (text, "invalid_option")
            for text in (
                *('{"max_faces": 0}', '{"max_faces": true}', '{"max_faces": "1"}'),
                *('{"max_faces": 1e400}', '{"certainty": 0.4}', '{"certainty": "none"}'),
                *('{"attributes": ["hat"]}', '{"attributes": "age"}', '{"unknown": 1}'),
            )
        ),
    ],
)
def test_options_that_cannot_be_end_nothing(
    service: Service, portrait: bytes, text: str, code: str
) -> None:
    async def run(stream: ClientConnection) -> tuple[dict[str, Any], dict[str, Any]]:
        await stream.send(text)
        told = await receive(stream)
        await stream.send(portrait)
        return told, await receive(stream)

    told, answer = with_stream(service, run)
    assert told["error"]["code"] == code
    if code == "invalid_option":
        (name,) = json.loads(text)
        assert f"option '{name}'" in told["error"]["message"]
    described("StreamError", told)
    assert answer["frame"] == 0


def test_attributes_and_certainty(serve: Serve, portrait: bytes, tmp_path: Path) -> None:
    async def run(stream: ClientConnection) -> list[dict[str, Any]]:
        answers = []
        for options in (
            {},
            {"attributes": ["gender"], "certainty": "off"},
            {"attributes": ["gender"], "certainty": 1},
        ):
            await stream.send(json.dumps(options))
            for _ in range(3):
                await stream.send(portrait)
                answers.append(await receive(stream))
        return answers[2::3]

    with serve(model=Analyzer(with_notice(tmp_path / "model.onnx"), threads=1)) as service:
        plain, decided, undecided = with_stream(service, run)
    assert list(plain["faces"][0]["attributes"]) == ["age"]
    assert "notices" not in plain
    for answer, label in ((decided, "female"), (undecided, "undetermined")):
        assert answer["notices"] == {"gender": NOTICE}
        assert answer["faces"][0]["attributes"]["gender"]["label"] == label
        assert answer["faces"][0]["person_id"] == 1
        described("StreamAnswer", answer)
    assert [answer["frame"] for answer in (plain, decided, undecided)] == [2, 5, 8]


def test_frames_that_are_too_large(serve: Serve, astronaut: np.ndarray) -> None:
    with serve(max_frame_bytes=60_000, max_frame_pixels=200_000) as service:

        async def run(stream: ClientConnection) -> tuple[dict[str, Any], int | None]:
            await stream.send(encode(astronaut, quality=50))
            told = await receive(stream)
            await stream.send(bytes(70_000))
            await stream.wait_closed()
            return told, stream.close_code

        told, code = with_stream(service, run)
        assert told["error"]["code"] == "too_many_pixels"
        assert code == 1009
        until(lambda: service.number("mien_streams") == 0)


def test_too_many_streams(serve: Serve, portrait: bytes) -> None:
    with serve(max_streams=2) as service:

        async def run() -> tuple[int | None, dict[str, Any]]:
            async with _opened(service) as one, _opened(service), _opened(service) as third:
                await third.wait_closed()
                await one.send(portrait)
                return third.close_code, await receive(one)

        code, answer = asyncio.run(run())
        assert code == 1013
        assert answer["frame"] == 0
        until(lambda: service.number("mien_streams") == 0)
        assert with_stream(service, lambda stream: stream.send(portrait)) is None


def test_a_stream_without_frames_is_ended(serve: Serve) -> None:
    with serve(stream_idle=0.3) as service:

        async def run(stream: ClientConnection) -> tuple[int | None, str | None]:
            await stream.wait_closed()
            return stream.close_code, stream.close_reason

        assert with_stream(service, run) == (1000, "No frame came for too long.")


def test_a_client_that_does_not_read_is_cut_off(serve: Serve) -> None:
    with serve(send_timeout=1) as service:
        before = service.number("process_open_fds")
        key = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        key += "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        with service.connect() as connection:
            connection.sendall(f"GET /v1/stream HTTP/1.1\r\nHost: localhost\r\n{key}\r\n".encode())
            assert b" 101 " in connection.recv(4096)
            # Each empty text gets an answer that is not read.
            empty = b"\x81\x80" + bytes(4)
            connection.settimeout(0.5)
            try:
                while True:
                    connection.sendall(empty * 1000)
            except OSError:
                pass  # by now the service does not read either, or has ended the connection
            until(lambda: service.number("mien_streams") == 0)
            if sys.platform == "linux":  # elsewhere the connection stays until the client goes
                until(lambda: service.number("process_open_fds") <= before + 1)  # this side's


def test_a_client_that_vanishes_leaves_nothing_behind(service: Service, portrait: bytes) -> None:
    async def run() -> None:
        for _ in range(20):
            stream = await websockets.connect(service.stream)
            await stream.send(portrait)
            stream.transport.abort()

    asyncio.run(run())
    until(lambda: service.number("mien_streams") == 0)


def test_streams_end_with_the_service(serve: Serve, portrait: bytes) -> None:
    async def run() -> int | None:
        with serve() as service:
            stream = await websockets.connect(service.stream)
            await stream.send(portrait)
            await receive(stream)
            await stream.send(portrait)
            began = time.monotonic()
        assert time.monotonic() - began < 5
        await stream.wait_closed()
        return stream.close_code

    assert asyncio.run(run()) == 1012
