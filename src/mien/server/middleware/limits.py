"""Limits: requests per second of a client, requests at a time, size and time of bodies."""

from __future__ import annotations

import asyncio
import ipaddress
import time as clock
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from mien.server.hosting.metrics import Metrics
from mien.server.middleware.asgi import App, Message, Receive, Scope, Send, header
from mien.server.problems import Problem, refuse

_CLIENTS = 10_000  # how many buckets are kept
_RETRY_AFTER = 1.0  # seconds until the service is probably less busy
_DIGITS = 18  # of a number of bytes; Python takes no number of thousands of digits


class TokenBuckets:
    """A bucket of tokens for each client; each request takes a token.

    Args:
        rate: Tokens per second that a bucket gains.
        burst: How many tokens a bucket holds at most.
        clients: How many buckets are kept, those used last.
    """

    def __init__(self, rate: float, burst: float, clients: int = _CLIENTS) -> None:
        self._rate = rate
        self._burst = burst
        self._clients = clients
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, now: float) -> float:
        """Takes a token from a client's bucket.

        Args:
            client: Names the bucket.
            now: Seconds of a clock that never falls.

        Returns:
            0 if there was a token, or the seconds until there is one.
        """
        tokens, since = self._buckets.pop(client, (self._burst, now))
        tokens = min(self._burst, tokens + (now - since) * self._rate)
        wait = max(0.0, (1 - tokens) / self._rate)
        self._buckets[client] = (tokens if wait else tokens - 1, now)
        if len(self._buckets) > self._clients:
            self._buckets.popitem(last=False)
        return wait


class RateLimit:
    """Refuses requests of a client that sends too many.

    Args:
        rate: Requests per second of a client; 0 for any number.
        burst: Requests that a client may send at once.
    """

    def __init__(self, app: App, rate: float, burst: float) -> None:
        self._app = app
        self._buckets = TokenBuckets(rate, burst) if rate else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or refuses it."""
        limited = scope["type"] != "lifespan" and scope["path"].startswith("/v1/")
        if self._buckets and limited:
            wait = self._buckets.take(_client(scope), clock.monotonic())
            if wait:
                detail = "Too many requests came from this address; wait a moment."
                problem = Problem("rate_limited", detail, retry_after=wait)
                await refuse(problem, scope, receive, send)
                return
        await self._app(scope, receive, send)


def _client(scope: Scope) -> str:
    """Returns the client's address; of IPv6 its network, which is one household's."""
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(host)


class ConcurrencyLimit:
    """Limits how many requests are worked on or wait at a time; more are refused at once.

    Args:
        most: How many.
        metrics: Counts them.
    """

    def __init__(self, most: int, metrics: Metrics) -> None:
        self._most = most
        self._working = 0
        self._metrics = metrics

    def check(self) -> None:
        """Finds out whether one more request may be worked on.

        Raises:
            Problem: There are as many as there may be.
        """
        if self._working >= self._most:
            detail = "The service has as much to do as it can take; try again in a moment."
            raise Problem("overloaded", detail, retry_after=_RETRY_AFTER)

    @contextmanager
    def take(self) -> Iterator[None]:
        """Counts a request for the length of a ``with`` statement.

        Raises:
            Problem: There are as many as there may be.
        """
        self.check()
        self._working += 1
        self._metrics.working.inc()
        try:
            yield
        finally:
            self._working -= 1
            self._metrics.working.dec()


class BodyLimit:
    """Limits bodies while they come: the size of one, the time it takes, and the size of all.

    Args:
        most: The greatest size of a body in bytes.
        total: The greatest size of all bodies at a time in bytes.
        timeout: Seconds within which a body must come.
    """

    def __init__(self, app: App, most: int, total: int, timeout: float) -> None:
        self._app = app
        self._most = most
        self._total = total
        self._timeout = timeout
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request; its body's bytes count until it is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = header(scope, "content-length") or ""
        if length.isdecimal() and (len(length) > _DIGITS or int(length) > self._most):
            await refuse(self._too_large(), scope, receive, send)
            return
        size = 0
        ended = False
        latest = asyncio.get_running_loop().time() + self._timeout

        async def receive_within_limits() -> Message:
            nonlocal size, ended
            if ended:
                return await receive()
            try:
                async with asyncio.timeout_at(latest):
                    message = await receive()
            except TimeoutError:
                detail = f"The request's body did not come within {self._timeout:g} seconds."
                raise Problem("timeout", detail, status=408) from None
            size += len(message.get("body", b""))
            self._held += len(message.get("body", b""))
            ended = not message.get("more_body", False)
            if size > self._most:
                raise self._too_large()
            if self._held > self._total:
                detail = "The service holds as many pictures as it can take; try again in a moment."
                raise Problem("overloaded", detail, retry_after=_RETRY_AFTER)
            return message

        try:
            await self._app(scope, receive_within_limits, send)
        finally:
            self._held -= size

    def _too_large(self) -> Problem:
        return Problem("too_large", f"A request may have {self._most / 1e6:g} MB at most.")
