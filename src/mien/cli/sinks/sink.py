"""What all sinks have in common, and what those of a video take."""

from __future__ import annotations

from types import TracebackType
from typing import NamedTuple, Protocol, Self, TypeVar

from mien.video.audience import Audience
from mien.video.watcher import Status, Watched

Result = TypeVar("Result", contravariant=True)


class Sink(Protocol[Result]):
    """Where results go: a file, a folder, the terminal, a window.

    It is opened by a ``with`` statement before the first result. At the end of that statement,
    whatever ends it, all that was written is whole.
    """

    @property
    def wrote(self) -> str:
        """What it wrote and where, to follow the word "wrote"; empty if it only shows."""

    def take(self, result: Result) -> None:
        """Shows or writes a result."""

    def __enter__(self) -> Self:
        """Opens the sink."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Closes the sink."""


class FrameResult(NamedTuple):
    """What is known after a frame of a video.

    Attributes:
        watched: The frame and its people.
        status: How the loop is doing.
        audience: The people so far.
    """

    watched: Watched
    status: Status
    audience: Audience
