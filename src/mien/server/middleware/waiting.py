"""Ending work that takes too long, or that no client waits for any more."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from mien.server.middleware.asgi import Receive
from mien.server.problems import Problem

T = TypeVar("T")


class ClientGone(Exception):  # noqa: N818 (it is no error)
    """The client has closed the connection."""


async def work_for(receive: Receive, work: Coroutine[Any, Any, T], timeout: float) -> T:
    """Waits for work until it is done, takes too long, or the client goes.

    Args:
        receive: ASGI's function that receives messages; the body has been read.
        work: Cancelled if it takes too long or the client goes.
        timeout: Seconds.

    Raises:
        Problem: It took too long.
        ClientGone: The client has closed the connection.
    """
    working = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_until_gone(receive))
    try:
        done, _ = await asyncio.wait(
            (working, gone), timeout=timeout, return_when=asyncio.FIRST_COMPLETED
        )
        if working in done:
            return working.result()
        if gone in done:
            raise ClientGone
        detail = f"It took longer than {timeout:g} seconds; try fewer or smaller pictures."
        raise Problem("timeout", detail)
    finally:
        gone.cancel()
        working.cancel()
        await asyncio.gather(working, gone, return_exceptions=True)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
