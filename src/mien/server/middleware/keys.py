"""The API key: in a header, a query, a cookie, or the first message of a stream."""

from __future__ import annotations

import hashlib
import hmac
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from mien.server.middleware.asgi import App, Receive, Scope, Send, header
from mien.server.problems import Problem, refuse

COOKIE = "mien_key"

AUTHORISED = "mien.authorised"
"""In a WebSocket's scope: whether a key came with it; if not, its first message must hold one."""

_PROTECTED = ("/v1/", "/metrics", "/openapi.json")


class Key:
    """The key that clients must send.

    Args:
        secret: The key itself.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        # The key cannot be found from what a browser keeps.
        self.cookie = hmac.digest(self._secret, b"mien cookie", hashlib.sha256).hex()

    def matches(self, given: str) -> bool:
        """Returns whether it is the key, in a time that tells nothing about it."""
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._secret)

    def matches_cookie(self, given: str) -> bool:
        """Returns whether it is what a browser got for the key."""
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self.cookie.encode())


class KeyCheck:
    """Refuses requests without the key, but for the page itself, which is no secret.

    Opened with ``?key=`` the page is reloaded without it, and the browser keeps a cookie.

    Args:
        key: The key.
        prefix: The path at which browsers see the service; empty if there is none.
    """

    def __init__(self, app: App, key: Key, prefix: str = "") -> None:
        self._app = app
        self._key = key
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or refuses it."""
        kind = scope["type"]
        if kind == "lifespan":
            await self._app(scope, receive, send)
            return
        given = self._given(scope)
        protected = scope["path"].startswith(_PROTECTED)
        if given is False or (protected and given is None and kind == "http"):
            detail = "Send the API key that the service printed or was given when it started."
            await refuse(Problem("unauthorised", detail), scope, receive, send)
        elif given and not protected and _key_in_query(scope) is not None:
            await self._keep(scope, send)
        else:
            scope[AUTHORISED] = bool(given)
            await self._app(scope, receive, send)

    def _given(self, scope: Scope) -> bool | None:
        """Returns whether the key that came is right; None if none came."""
        authorization = header(scope, "authorization") or ""
        scheme, _, token = authorization.partition(" ")
        bearer = token.strip() if scheme.lower() == "bearer" else None
        for key in (bearer, header(scope, "x-api-key"), _key_in_query(scope)):
            if key is not None:
                return self._key.matches(key)
        cookie = _cookie(scope)
        # One of another service on this machine, or of an earlier run, is as good as none.
        return True if cookie is not None and self._key.matches_cookie(cookie) else None

    async def _keep(self, scope: Scope, send: Send) -> None:
        """Sets the browser's cookie, and reloads the page without the key in its address."""
        pairs = [pair for pair in _query(scope) if pair[0] != "key"]
        path = scope.get("raw_path", b"/").decode("latin-1").split("?")[0]
        path = f"{self._prefix}/" + path.lstrip("/\\")  # always an address of this service
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        cookie = f"{COOKIE}={self._key.cookie}; Path={self._prefix or '/'}; HttpOnly"
        cookie += f"; SameSite=Strict{secure}"
        location = path + (f"?{urlencode(pairs)}" if pairs else "")
        headers = [
            (b"location", location.encode("latin-1")),
            (b"set-cookie", cookie.encode("ascii")),
            (b"cache-control", b"no-store"),
            (b"content-length", b"0"),
        ]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def _query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)


def _key_in_query(scope: Scope) -> str | None:
    return next((value for name, value in _query(scope) if name == "key"), None)


def _cookie(scope: Scope) -> str | None:
    try:
        morsel = SimpleCookie(header(scope, "cookie") or "").get(COOKIE)
    except CookieError:
        return None
    return None if morsel is None else morsel.value
