"""A service that runs, and what tests do with it."""

from __future__ import annotations

import io
import re
import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias

import httpx
import numpy as np
from PIL import Image
from pydantic import TypeAdapter

from mien.analyzer import Analyzer
from mien.server import schemas


@dataclass(frozen=True)
class Service:
    """A service that runs."""

    port: int
    analyzer: Analyzer
    client: httpx.Client
    tls: bool = False

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def stream(self) -> str:
        return f"ws{'s' if self.tls else ''}://127.0.0.1:{self.port}/v1/stream"

    def analyze(self, data: bytes, **options: object) -> httpx.Response:
        """Sends one picture as the body."""
        return self._send("/v1/analyze", data, options)

    def explain(self, data: bytes, **options: object) -> httpx.Response:
        """Sends one picture as the body."""
        return self._send("/v1/explain", data, options)

    def _send(self, path: str, data: bytes, options: dict[str, object]) -> httpx.Response:
        headers = {"content-type": "image/jpeg"}
        return self.client.post(path, content=data, headers=headers, params=options)

    def number(self, name: str) -> float:
        """Returns the sum of a metric over its labels."""
        text = self.client.get("/metrics").text
        found = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.MULTILINE)
        return sum(map(float, found))

    def connect(self) -> socket.socket:
        """Opens a bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


Serve: TypeAlias = Callable[..., AbstractContextManager[Service]]


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Waits for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def described(name: str, message: Any) -> None:
    """Checks that JSON is as ``mien.server.schemas`` describes it."""
    TypeAdapter(getattr(schemas, name)).validate_python(message, strict=True)


def encode(picture: np.ndarray, form: str = "JPEG", **options: object) -> bytes:
    """Returns a picture's file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, form, **options)
    return file.getvalue()
