"""Runs the service: its socket and the HTTP server. The only file that knows uvicorn."""

from __future__ import annotations

import errno
import math
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from mien.errors import ServiceError
from mien.server.hosting.settings import Settings
from mien.server.hosting.tls import Certificate
from mien.server.middleware.asgi import App

_BACKLOG = 512


def bind(host: str, port: int, send_timeout: float) -> socket.socket:
    """Opens the socket before anything is loaded, so that a taken port is known at once.

    Args:
        host: An address or a name.
        port: 0 for any that is free.
        send_timeout: Seconds after which a connection ends if its client takes no data. Only Linux
            can do that.

    Raises:
        ServiceError: It cannot be opened.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind, protocol)
    except OSError:
        raise ServiceError(f"there is no address '{host}' on this machine") from None
    try:
        if sys.platform == "win32":  # SO_REUSEADDR would take a port from another program there
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if sys.platform == "linux":  # all connections of this socket inherit it
            milliseconds = math.ceil(1000 * send_timeout)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
        opened.bind(address)
        opened.listen(_BACKLOG)
    except OSError as error:
        opened.close()
        raise ServiceError(_why(error, host, port)) from None
    return opened


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use; choose another, or any that is free with --port 0"
    if error.errno == errno.EACCES:
        return f"port {port} is not allowed for ordinary users; choose one from 1024 on"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"there is no address '{host}' on this machine"
    return f"port {port} of '{host}' cannot be opened: {error.strerror}"


class Server(uvicorn.Server):
    """An HTTP server that leaves signals to its caller.

    Args:
        app: The service.
        settings: Settings of the service.
        certificate: For https; None for http.
        started: Called once, when requests are answered.
    """

    def __init__(
        self,
        app: App,
        settings: Settings,
        certificate: Certificate | None,
        started: Callable[[], None],
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                ws="websockets-sansio",
                loop="asyncio",
                log_config=None,
                access_log=False,
                server_header=False,
                ws_max_size=settings.max_frame_bytes,
                ws_per_message_deflate=False,
                proxy_headers=bool(settings.trusted_proxies),
                forwarded_allow_ips=list(settings.trusted_proxies),
                ssl_certfile=None if certificate is None else certificate.certificate,
                ssl_keyfile=None if certificate is None else certificate.key,
                timeout_graceful_shutdown=settings.grace,
            )
        )
        self._tell_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to answer, and calls ``started``."""
        await super().startup(sockets)
        self._tell_started()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals alone."""
        yield

    def stop(self) -> None:
        """Ends in good order; may be called from a signal handler or another thread."""
        self.should_exit = True
