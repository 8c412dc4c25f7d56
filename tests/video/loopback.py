"""Servers on loopback that may go away in the middle of what they say, and a camera over HTTP."""

from __future__ import annotations

import io
import itertools
import socket
import socketserver
import threading
import time
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

FPS = 25
_ATTEMPTS = 50  # to take a port


class Loopback(socketserver.ThreadingTCPServer):
    """A server in a thread of its own, for use in a ``with`` statement.

    Args:
        handler: Answers a connection.
        port: 0 for any that is free.
    """

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, handler: type[socketserver.BaseRequestHandler], port: int = 0) -> None:
        # A client that tries to reach a port again and again may hold it for a moment.
        for attempt in itertools.count():
            try:
                super().__init__(("127.0.0.1", port), handler)
                break
            except OSError:
                if attempt == _ATTEMPTS:
                    raise
                time.sleep(0.1)
        self.port = self.server_address[1]
        self.connections: list[socket.socket] = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.append(request)
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing: one of the two sides has gone, which is what is tested."""

    def vanish(self) -> None:
        """Goes away in the middle of what it says."""
        self.shutdown()
        self.server_close()
        for connection in self.connections:
            with suppress(OSError):  # it has ended already
                connection.shutdown(socket.SHUT_RDWR)

    def __exit__(self, *_: object) -> None:
        self.vanish()


class _HttpHandler(BaseHTTPRequestHandler):
    server: HttpCamera

    def do_GET(self) -> None:
        if self.headers["Authorization"] != self.server.authorization:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
        self.end_headers()
        for picture in itertools.cycle(self.server.pictures):
            self.server.speaking.wait()
            file = io.BytesIO()
            Image.fromarray(picture).save(file, "JPEG", quality=85)
            head = f"Content-Type: image/jpeg\r\nContent-Length: {file.tell()}\r\n\r\n"
            self.wfile.write(f"--picture\r\n{head}".encode() + file.getvalue() + b"\r\n")
            time.sleep(1 / FPS)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class HttpCamera(Loopback):
    """Shows pictures over and over, 25 a second, as Motion JPEG.

    Args:
        pictures: RGB, uint8.
        port: 0 for any that is free.
        user: Name and password, with a colon in between, if they are asked for.

    Attributes:
        speaking: Cleared, connections stay but nothing is sent any more.
    """

    def __init__(
        self, pictures: Sequence[np.ndarray], port: int = 0, user: str | None = None
    ) -> None:
        self.pictures = pictures
        self.authorization = user and f"Basic {b64encode(user.encode()).decode()}"
        self.speaking = threading.Event()
        self.speaking.set()
        super().__init__(_HttpHandler, port)


class _FileHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


class FileServer(Loopback):
    """Sends the files of a folder, whole ones only.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(partial(_FileHandler, directory=str(folder)))  # type: ignore[arg-type]


class _EndlessHandler(BaseHTTPRequestHandler):
    server: EndlessFilm

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "video/mp2t")
        self.end_headers()
        for content in itertools.cycle([self.server.film]):
            for start in range(0, len(content), self.server.step):
                self.wfile.write(content[start : start + self.server.step])
                time.sleep(0.01)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class EndlessFilm(Loopback):
    """Broadcasts a film over and over, without saying how long it lasts.

    Args:
        film: Its bytes.
        seconds: How long sending it takes at least; None for any time.
    """

    def __init__(self, film: bytes, seconds: float | None = None) -> None:
        self.film = film
        self.step = 8192 if seconds is None else int(len(film) * 0.01 / seconds)
        super().__init__(_EndlessHandler)
