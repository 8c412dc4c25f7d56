"""Ending in good order when asked to by Ctrl-C or by SIGTERM."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any


class Interruption:
    """Within it, the first signal asks to stop; a second one interrupts at once, as usual.

    Attributes:
        asked: Whether there was a signal.
    """

    def __init__(self) -> None:
        self._stop: Callable[[], None] | None = None
        self._previous: dict[signal.Signals, Any] = {}
        self.asked = False

    def call(self, stop: Callable[[], None]) -> None:
        """Has something called at the first signal, or now if that has come already.

        Args:
            stop: It may not wait for anything.
        """
        self._stop = stop
        if self.asked:
            stop()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        self._restore()
        if self._stop is not None:
            self._stop()

    def _restore(self) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def __enter__(self) -> Interruption:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        self._restore()
