"""Whatever is sent, the service goes on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import socket
from collections.abc import Iterator

import numpy as np
import pytest
import websockets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from served import Serve, Service, encode, until

FORMS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")

_FEW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def tight(serve: Serve) -> Iterator[Service]:
    """A service that takes small pictures only, so that much can be tried."""
    with serve(max_pixels=2_000_000, max_frame_pixels=2_000_000, send_timeout=2) as service:
        yield service


@pytest.fixture(scope="module")
def files(astronaut: np.ndarray) -> list[bytes]:
    """A small picture in every format."""
    picture = astronaut[40:200:2, 140:300:2].copy()
    return [encode(picture, form) for form in FORMS]


_CHANGES = st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), max_size=12)


def _damage(data: bytes, changes: list[tuple[float, bytes]], cut: float) -> bytes:
    """Writes over parts of a file, more of them near its beginning, and cuts it off."""
    changed = bytearray(data)
    for where, written in changes:
        start = int(where**3 * len(data))
        changed[start : start + len(written)] = written
    return bytes(changed[: 16 + int(cut * len(data))])


@_FEW
@given(number=st.integers(0, len(FORMS) - 1), changes=_CHANGES, cut=st.floats(0.5, 1))
def test_damaged_pictures(
    tight: Service,
    files: list[bytes],
    number: int,
    changes: list[tuple[float, bytes]],
    cut: float,
) -> None:
    response = tight.analyze(_damage(files[number], changes, cut))
    assert response.status_code in (200, 413, 415, 422), response.text


@_FEW
@given(
    width=st.integers(1, 700) | st.just(1),
    height=st.integers(1, 700) | st.just(1),
    cropped=st.booleans(),
)
def test_pictures_of_any_shape(tight: Service, width: int, height: int, cropped: bool) -> None:
    data = encode(np.full((height, width, 3), 180, np.uint8), "PNG")
    assert tight.analyze(data, cropped=str(cropped).lower()).status_code == 200


_MESSAGES = st.lists(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=50),
        st.tuples(st.integers(0, len(FORMS) - 1), _CHANGES, st.floats(0.3, 1)),
        st.tuples(st.integers(1, 400), st.integers(1, 400)),
        st.sampled_from(
            [
                *('{"max_faces": 1}', '{"max_faces": -1}', "{}", "[", b"", ""),
                *('{"certainty": "off"}', '{"certainty": 0.9}', '{"attributes": ["hat"]}'),
            ]
        ),
    ),
    max_size=12,
)


@_FEW
@given(messages=_MESSAGES, rude=st.booleans())
def test_anything_on_a_stream(
    tight: Service, files: list[bytes], small: bytes, messages: list, rude: bool
) -> None:
    async def run() -> None:
        async with websockets.connect(tight.stream) as stream:
            for message in messages:
                if isinstance(message, tuple) and len(message) == 3:
                    number, changes, cut = message
                    await stream.send(_damage(files[number], changes, cut))
                elif isinstance(message, tuple):
                    await stream.send(encode(np.full((*message, 3), 90, np.uint8)))
                else:
                    await stream.send(message)
            if rude:
                stream.transport.abort()
                return
            await stream.send(small)
            sent = sum(not isinstance(message, str) for message in messages)
            async with asyncio.timeout(30):
                while json.loads(await stream.recv()).get("frame") != sent:
                    pass

    asyncio.run(run())


_HANDSHAKE = (
    b"GET /v1/stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def test_bytes_that_are_no_protocol(tight: Service) -> None:
    chance = random.Random(7)
    openings = [b"", _HANDSHAKE, _HANDSHAKE[:60], b"POST /v1/analyze HTTP/1.1\r\n"]
    openings += [
        b"POST /v1/analyze HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    ]
    heads = [b"\x81", b"\x82\xfe", b"\x82\xff" + b"\xff" * 8, b"\x83\x80", b"\x88\x01", b"\xf2\x85"]
    for _ in range(150):
        with tight.connect() as connection:
            noise = chance.choice(heads) * chance.randrange(2) + chance.randbytes(
                chance.randrange(400)
            )
            with contextlib.suppress(OSError):
                connection.sendall(chance.choice(openings) + noise)
                if chance.random() < 0.5:
                    connection.shutdown(socket.SHUT_WR)
    assert tight.client.get("/healthz").status_code == 200
    until(lambda: tight.number("mien_streams") == 0)


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts open files in /proc")  # noqa: PTH112
def test_no_connection_is_left(tight: Service) -> None:
    """Runs last: everything above went through the same service."""
    until(lambda: tight.number("mien_streams") == 0)
    assert tight.number("mien_requests_in_progress") == 0
    open_now = tight.number("process_open_fds")

    async def come_and_go() -> None:
        for _ in range(50):
            stream = await websockets.connect(tight.stream)
            await stream.send(b"no picture")
            stream.transport.abort()

    asyncio.run(come_and_go())
    until(lambda: tight.number("process_open_fds") <= open_now + 2)
    until(lambda: tight.number("mien_streams") == 0)
