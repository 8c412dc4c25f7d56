"""Ending in good order when asked to by Ctrl-C, by SIGTERM, or by closing the terminal.

Until a command takes the signals over, each of them ends the process at once (``mien.cli.main``).
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

EXIT_CODE = 130
"""Exit code of a command that was interrupted, as shells count it."""


class Interruption:
    """Within it, the first signal asks to stop; a second one interrupts at once.

    Attributes:
        asked: Whether there was a signal.
    """

    def __init__(self) -> None:
        self._stop: Callable[[], None] | None = None
        self._previous: dict[signal.Signals, Any] = {}
        self.asked = False

    def call(self, stop: Callable[[], None]) -> None:
        """Sets the function to call at the first signal; it is called now if that has come.

        Args:
            stop: The function; it may not wait for anything.
        """
        self._stop = stop
        if self.asked:
            stop()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if self._stop is not None:
            self._stop()

    def __enter__(self) -> Interruption:
        numbers = [signal.SIGINT, signal.SIGTERM]
        if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            numbers.append(signal.SIGHUP)  # which nohup ignores
        for number in numbers:
            self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Within it, a first Ctrl-C waits for the end; a second one interrupts at once."""
    previous = signal.getsignal(signal.SIGINT)
    asked = False

    def wait(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    if previous is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, wait)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
    if asked:
        raise KeyboardInterrupt


@contextmanager
def interruptible() -> Iterator[None]:
    """Within it, Ctrl-C raises KeyboardInterrupt, so that what is being written is finished."""
    previous = signal.getsignal(signal.SIGINT)
    if previous is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
