"""The service as it runs: a real HTTP server on a free port, with the real model."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import numpy as np
import pytest
from PIL import Image
from served import Serve, Service, encode, until

from mien.analyzer import Analyzer
from mien.server.app import create_app
from mien.server.hosting.run import Server, bind
from mien.server.hosting.settings import Settings
from mien.server.hosting.tls import Certificate
from mien.server.middleware.keys import Key


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    return Analyzer(threads=1)


@pytest.fixture(scope="session")
def serve(analyzer: Analyzer) -> Serve:
    """Runs a service with the settings given, for the length of a ``with`` statement."""

    @contextmanager
    def run(
        key: str | None = None,
        certificate: Certificate | None = None,
        model: Analyzer = analyzer,
        **settings: object,
    ) -> Iterator[Service]:
        chosen = Settings(**{"port": 0, "rate_limit": 0, **settings})
        opened = bind("127.0.0.1", 0, chosen.send_timeout)
        port = opened.getsockname()[1]
        started = threading.Event()
        app = create_app(chosen, model, None if key is None else Key(key))
        server = Server(app, chosen, certificate, started.set)
        thread = threading.Thread(target=server.run, args=([opened],), daemon=True)
        thread.start()
        assert started.wait(20)
        scheme = "http" if certificate is None else "https"
        trusting = ssl.create_default_context(cafile=certificate and certificate.certificate)
        with httpx.Client(
            base_url=f"{scheme}://127.0.0.1:{port}", verify=trusting, timeout=60
        ) as client:
            service = Service(port, model, client, certificate is not None)
            until(lambda: client.get("/readyz").text != "not ready\n")
            try:
                yield service
            finally:
                client.close()
                server.stop()
                thread.join(20)
                assert not thread.is_alive(), "the service did not end"

    return run


@pytest.fixture(scope="module")
def service(serve: Serve) -> Iterator[Service]:
    """A service with its usual settings, but for the rate limit."""
    with serve() as running:
        yield running


@pytest.fixture(scope="session")
def portrait(astronaut: np.ndarray) -> bytes:
    """The astronaut as a JPEG."""
    return encode(astronaut, quality=92)


@pytest.fixture(scope="session")
def small(astronaut: np.ndarray) -> bytes:
    """The astronaut's face and little else, as a JPEG."""
    return encode(astronaut[20:240, 120:320].copy(), quality=92)


@pytest.fixture(scope="session")
def three(astronaut: np.ndarray) -> bytes:
    """The astronaut's face three times, in three sizes, as a JPEG."""
    face = Image.fromarray(astronaut[20:240, 120:320])
    sheet = Image.new("RGB", (900, 300), "white")
    for i, scale in enumerate((0.5, 1.0, 0.75)):
        size = (round(face.width * scale), round(face.height * scale))
        sheet.paste(face.resize(size), (20 + 300 * i, 20))
    return encode(np.asarray(sheet))
