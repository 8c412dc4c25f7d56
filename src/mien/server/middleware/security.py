"""Headers for browsers, and the checks of Host and Origin.

The service answers every client that can reach it, so no site may have a browser reach it. A site
whose name points to this machine (DNS rebinding) is known by the Host header, and a page of another
site by its Origin.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from mien.server.hosting.addresses import is_address, is_loopback, machine_names
from mien.server.middleware.asgi import App, Message, Receive, Scope, Send, header
from mien.server.problems import Problem, refuse

_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self'{sockets}; object-src 'none'; base-uri {base}; form-action 'self'; "
    "frame-ancestors 'none'"
)

_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class SecurityHeaders:
    """Adds to every answer the headers that tell browsers what a page may do.

    Args:
        based: Whether the page says what its addresses are relative to.
    """

    def __init__(self, app: App, *, based: bool = False) -> None:
        self._app = app
        self._base = "'self'" if based else "'none'"
        self._headers = [(k.encode("ascii"), v.encode("ascii")) for k, v in _HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sockets = _sockets(header(scope, "host"))
        policy = _POLICY.format(sockets=sockets, base=self._base).encode("ascii")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = [*self._headers, (b"content-security-policy", policy)]
                kept = list(message.get("headers", []))
                if not any(name == b"cache-control" for name, _ in kept):
                    added.append((b"cache-control", b"no-cache"))
                message = {**message, "headers": kept + added}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _sockets(host: str | None) -> str:
    """Returns the WebSockets of this service as a policy names them.

    In older browsers ``'self'`` does not include them.
    """
    if host is None or host_name(host) is None:
        return ""
    return f" ws://{host} wss://{host}"


def host_name(host: str) -> str | None:
    """Returns the name or address in a Host header, in lower case; None if it is malformed."""
    if not host.isascii() or any(not (c.isalnum() or c in "-._:[]") for c in host):
        return None
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises where it is none
    except ValueError:
        return None
    return parts.hostname


class HostCheck:
    """Refuses requests for names that are not this service's.

    An address cannot be rebound. So any address is allowed if other machines can reach the service.

    Args:
        listening: The address that the service listens on.
        allowed: Further names; ``*`` allows any.
    """

    def __init__(self, app: App, listening: str, allowed: Collection[str]) -> None:
        self._app = app
        self._any = "*" in allowed
        self._addresses = not is_loopback(listening)
        self._names = {"localhost", listening, *(name.lower() for name in allowed)}
        if self._addresses:
            self._names.update(machine_names())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or refuses it."""
        if scope["type"] == "lifespan" or self._allowed(header(scope, "host")):
            await self._app(scope, receive, send)
            return
        detail = "The service does not answer to this name; allow it with --allowed-host NAME."
        await refuse(Problem("forbidden_host", detail), scope, receive, send)

    def _allowed(self, host: str | None) -> bool:
        if host is None:  # a client of HTTP/1.0, which is no browser
            return True
        name = host_name(host)
        if name is None:
            return False
        known = name in self._names or is_loopback(name)
        return self._any or known or (self._addresses and is_address(name))


class OriginCheck:
    """Refuses POST requests and streams of pages of other sites.

    Browsers send the page's origin; other clients send none and are let through.

    Args:
        allowed: Origins of other sites that may use the service.
    """

    def __init__(self, app: App, allowed: Collection[str]) -> None:
        self._app = app
        self._allowed_origins = {origin.lower().rstrip("/") for origin in allowed}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or refuses it."""
        if (
            scope["type"] == "lifespan"
            or (scope.get("method") in _SAFE_METHODS and not _asks_for_another(scope))
            or self._allowed(scope)
        ):
            await self._app(scope, receive, send)
            return
        detail = (
            "A page of another site may not use the service; allow it with --allowed-origin SITE."
        )
        await refuse(Problem("forbidden_origin", detail), scope, receive, send)

    def _allowed(self, scope: Scope) -> bool:
        origin = header(scope, "origin")
        if origin is None:
            return header(scope, "sec-fetch-site") in (None, "same-origin", "none")
        if origin.lower() in self._allowed_origins:
            return True
        # Not the scheme: behind a proxy that ends TLS it is another one here.
        own = (header(scope, "host") or "").lower()
        return bool(own) and origin.lower().partition("://")[2] == own


def _asks_for_another(scope: Scope) -> bool:
    """Returns whether a browser asks if a page may send a request that is not safe."""
    return header(scope, "access-control-request-method") is not None
