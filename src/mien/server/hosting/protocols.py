"""Connections that end where a client does not do its part. Knows uvicorn.

Left alone, a client that sends no request, or takes no answer, keeps its connection and whatever is
buffered for it for ever.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    _Base = H11Protocol
else:
    _Base = object

_REQUEST_WITHIN = 20.0
"""Seconds from a connection's beginning, or its last answer, to the next request."""

_CLOSED_WITHIN = 5.0
"""Seconds from a stream's end to its connection's."""


class _Patience(_Base):
    """Ends a connection whose client has taken nothing for a while, though there is something.

    Attributes:
        seconds: How long that may be.
    """

    seconds: float
    _untaken: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._untaken = self.loop.call_later(self.seconds, self.transport.abort)

    def resume_writing(self) -> None:
        if self._untaken is not None:
            self._untaken.cancel()
        super().resume_writing()


class HttpProtocol(_Patience, H11Protocol):
    """HTTP/1.1 whose connections also end where no whole request comes for a while."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for a request."""
        super().connection_made(transport)
        self._expect()

    def on_response_complete(self) -> None:
        """Begins to wait for the next request."""
        super().on_response_complete()
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no more."""
        super().connection_lost(exc)
        if self._deadline is not None:
            self._deadline.cancel()

    def _expect(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(_REQUEST_WITHIN, self._expire)

    def _expire(self) -> None:
        waiting = self.cycle is None or self.cycle.response_complete
        if waiting and self.transport.get_protocol() is self:  # a WebSocket has another
            self.transport.abort()


class SocketProtocol(_Patience, WebSocketsSansIOProtocol):  # type: ignore[misc]
    """WebSockets whose connections also end soon after the service is done with them."""

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """Gives the client a moment to take what is left."""
        super().on_task_complete(task)
        self.loop.call_later(_CLOSED_WITHIN, self.transport.abort)


def patient(protocol: type[asyncio.Protocol], seconds: float) -> type[asyncio.Protocol]:
    """Returns a protocol whose clients must take what they are sent within so many seconds."""
    return type(protocol.__name__, (protocol,), {"seconds": seconds})
