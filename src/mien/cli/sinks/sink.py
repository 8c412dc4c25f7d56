"""The protocol of sinks, and the results that the sinks of a video take."""

from __future__ import annotations

from types import TracebackType
from typing import NamedTuple, Protocol, Self, TypeVar

from mien.video.audience import Audience
from mien.video.watcher import Status, Watched

Result = TypeVar("Result", contravariant=True)


class Sink(Protocol[Result]):
    """A destination of results: a file, a folder, the terminal, a window.

    It is opened by a ``with`` statement before the first result. At the end of that statement,
    whatever ends it, all that was written is whole.
    """

    @property
    def wrote(self) -> str:
        """The written files, to follow the word "wrote"; empty if it only shows results."""

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
    """The result of a frame of a video.

    Attributes:
        watched: The frame and its people.
        status: How the loop is doing.
        audience: The people so far.
    """

    watched: Watched
    status: Status
    audience: Audience
