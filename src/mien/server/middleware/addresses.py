"""Addresses and methods of requests: the path of a proxy, and HEAD as GET."""

from __future__ import annotations

from urllib.parse import quote

from mien.server.middleware.asgi import App, Receive, Scope, Send


class PathPrefix:
    """Takes a prefix off the paths of requests, if the proxy has not done so.

    Args:
        app: The application; it sees no prefix.
        prefix: Such as ``/mien``; an empty one changes nothing.
    """

    def __init__(self, app: App, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        prefix = self._prefix
        if not prefix or scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["path"] == prefix and scope.get("method") in ("GET", "HEAD"):
            await self._redirect(scope, send)
        else:
            if scope["path"].startswith(f"{prefix}/"):
                path = scope["path"].removeprefix(prefix)
                scope = {**scope, "path": path, "raw_path": quote(path).encode("ascii")}
            await self._app(scope, receive, send)

    async def _redirect(self, scope: Scope, send: Send) -> None:
        """Sends a browser to the address with a slash at its end, as the page's files need it."""
        query = scope.get("query_string", b"")
        location = f"{self._prefix}/".encode("ascii") + (b"?" + query if query else b"")
        headers = [(b"location", location), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


class HeadAsGet:
    """Answers HEAD as it would GET; the HTTP server leaves the body out."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope.get("method") == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)
