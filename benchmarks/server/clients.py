"""Clients that send one request after another and use little processor time."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np


@dataclass
class Outcome:
    """The results of many requests.

    Attributes:
        seconds: Duration of the measurement in seconds.
        latencies: Seconds from each request to its answer, by the status of the answer.
    """

    seconds: float = 0.0
    latencies: dict[int, list[float]] = field(default_factory=dict)

    def rate(self, status: int = 200) -> float:
        """Returns the number of answers per second."""
        return len(self.latencies.get(status, [])) / self.seconds

    def percentiles(self, status: int = 200) -> dict[str, float]:
        """Returns percentiles of the latency in milliseconds."""
        values = self.latencies.get(status) or [float("nan")]
        return {f"p{p}": round(1000 * float(np.percentile(values, p)), 1) for p in (50, 95, 99)}


def request_for(address: str, picture: Path) -> bytes:
    """Returns the bytes of a request to mien's service."""
    return _post(address, "/v1/analyze", "image/jpeg", picture.read_bytes())


def deepface_request_for(address: str, picture: Path) -> bytes:
    """Returns the bytes of a request to DeepFace's server, for age and gender.

    The request does not need a detected face.
    """
    fields = {"actions": b'["age","gender"]', "enforce_detection": b""}
    parts = [f'name="{name}"\r\n\r\n'.encode() + value for name, value in fields.items()]
    parts.append(b'name="img"; filename="a.jpg"\r\n\r\n' + picture.read_bytes())
    lines = [b"--part\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts]
    body = b"".join(lines) + b"--part--\r\n"
    return _post(address, "/analyze", "multipart/form-data; boundary=part", body)


def _post(address: str, path: str, kind: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {urlsplit(address).netloc}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body


async def _run_client(
    address: str, request: bytes, until: float, left: list[int] | None, outcome: Outcome
) -> None:
    server = urlsplit(address)
    reader, writer = await asyncio.open_connection(server.hostname, server.port)
    while time.perf_counter() < until and (left is None or left[0] > 0):
        if left is not None:
            left[0] -= 1
        began = time.perf_counter()
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        await reader.readexactly(length)
        status = int(head.split(" ", 2)[1])
        outcome.latencies.setdefault(status, []).append(time.perf_counter() - began)
        if status == 503:
            await asyncio.sleep(0.1)  # a refused client waits before it tries again
        if "connection: close" in head:
            writer.close()
            reader, writer = await asyncio.open_connection(server.hostname, server.port)
    writer.close()


def send_requests(
    address: str, request: bytes, clients: int, seconds: float, count: int | None = None
) -> Outcome:
    """Sends requests and measures the answers.

    Args:
        address: Address of the server.
        request: Bytes of the request, the same for all clients.
        clients: Number of clients that send requests at the same time.
        seconds: Maximum duration in seconds.
        count: Maximum number of requests of all clients together; None for no limit.
    """

    async def run() -> Outcome:
        outcome = Outcome()
        began = time.perf_counter()
        left = None if count is None else [count]
        await asyncio.gather(
            *(_run_client(address, request, began + seconds, left, outcome) for _ in range(clients))
        )
        outcome.seconds = time.perf_counter() - began
        return outcome

    return asyncio.run(run())
