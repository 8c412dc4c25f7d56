"""Clients of the service, good and bad, each of which comes again and again."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from threading import Event

import httpx
import websockets

from mien.assets import ASTRONAUT

_PORTRAIT = ASTRONAUT.read_bytes()
_BETWEEN = 0.3  # seconds between two visits of a client


class Clients:
    """Visits to a service that runs on this machine.

    Args:
        port: Of the service.

    Attributes:
        seen: How often each answer came.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120)
        self._chance = random.Random(1)
        self.seen: Counter[str] = Counter()

    @property
    def visits(self) -> tuple[Callable[[], None], ...]:
        """All kinds of visits; each may be made from a thread of its own."""
        return self._good, self._damaged, self._wrong, self._explain, self._slow, self._stream

    def _post(self, kind: str, address: str, data: bytes, **options: str) -> None:
        headers = {"content-type": "image/jpeg"}
        answer = self._http.post(address, content=data, headers=headers, params=options)
        self.seen[f"{kind}: {answer.status_code}"] += 1
        assert answer.status_code != 500, answer.text

    def _good(self) -> None:
        self._post("picture", "/v1/analyze", _PORTRAIT, chips="true")

    def _damaged(self) -> None:
        data = bytearray(_PORTRAIT)
        for _ in range(20):
            data[self._chance.randrange(len(data))] = self._chance.randrange(256)
        self._post("damaged", "/v1/analyze", bytes(data[: self._chance.randrange(len(data))]))

    def _wrong(self) -> None:
        self._post("wrong", "/v1/analyze", b"no picture", max_faces="0", colour="red")

    def _explain(self) -> None:
        self._post("explanation", "/v1/explain", _PORTRAIT)

    def _slow(self) -> None:
        """Sends a part of a picture slowly and goes."""
        head = f"POST /v1/analyze HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(_PORTRAIT)}"
        with socket.create_connection(("127.0.0.1", self._port), 10) as connection:
            connection.sendall(f"{head}\r\nContent-Type: image/jpeg\r\n\r\n".encode())
            with suppress(OSError):
                for start in range(0, 4000, 400):
                    connection.sendall(_PORTRAIT[start : start + 400])
                    time.sleep(0.1)
        self.seen["slow: gone"] += 1

    def _stream(self) -> None:
        """Sends frames, good and bad, and breaks off."""
        asyncio.run(self._send_frames())

    async def _send_frames(self) -> None:
        async with websockets.connect(f"ws://127.0.0.1:{self._port}/v1/stream") as stream:
            for message in (_PORTRAIT, b"no picture", '{"max_faces": 1}', "{", _PORTRAIT):
                await stream.send(message)
                if message != '{"max_faces": 1}':
                    await asyncio.wait_for(stream.recv(), 60)
                    self.seen["stream: answer"] += 1
            await stream.send(_PORTRAIT)
            if self._chance.random() < 0.7:
                stream.transport.abort()

    def repeat(self, visit: Callable[[], None], ended: Event) -> None:
        """Makes a visit again and again; what goes wrong is counted."""
        while not ended.wait(_BETWEEN):
            try:
                visit()
            except Exception as error:
                self.seen[f"failed: {visit.__name__}: {type(error).__name__}: {error}"[:200]] += 1
