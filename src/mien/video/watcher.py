"""The real-time loop over a source: frames in, steady answers about people out."""

from __future__ import annotations

import time as clock
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mien.analyzer import Analyzer
from mien.images import Picture
from mien.results import TrackedFace
from mien.video.io.capture import Capture
from mien.video.io.frames import Frame, Source
from mien.video.io.sources import open_source
from mien.video.people_finder import PeopleFinder
from mien.video.rate_controller import Effort

_IDLE_EVERY = 0.1
"""Seconds between two calls while no frame comes."""


class Watched(NamedTuple):
    """What is known after a frame.

    Attributes:
        frame: The picture that was analysed, RGB, uint8, height x width x 3.
        time: Of the frame, seconds since the first one.
        faces: The people in it.
    """

    frame: Picture
    time: float
    faces: list[TrackedFace]


@dataclass(slots=True)
class Status:
    """How the loop is doing.

    Attributes:
        live: Whether the source is a camera or a stream, so that latency means something.
        index: Number of the newest frame in the source, from 0; -1 before the first.
        fps: Frames analysed per second, lately.
        latency: Seconds from the capture of the newest frame to its answer.
        dropped: How many frames of a live source were not analysed.
        effort: What is done in a frame.
        reduced: Whether that is less than usual, to hold the rate.
    """

    live: bool = False
    index: int = -1
    fps: float = 0.0
    latency: float = 0.0
    dropped: int = 0
    effort: Effort | None = None
    reduced: bool = False


class Watcher:
    """An iterator over :class:`Watched` frames of a source, captured in a thread of its own.

    Use it in a ``with`` statement, or call :meth:`close`.

    Args:
        source: A camera's number, a file, an address, a folder, or a
            :class:`~mien.video.io.frames.Source`.
        analyzer: Detects and describes faces; the default one if not given.
        fps: Frames per second to hold, more than 0; 30 for live sources if not given, as many as
            possible for recordings.
        real_time: Whether a file is played at its own rate, and frames that are late are dropped.
        size: Width and height in pixels that a camera is asked for. It may give another size; other
            sources are not asked.
        idle: Called several times a second while no frame comes, with the seconds since the last.

    Raises:
        OptionError: ``fps`` or ``size`` is not more than 0.
        VideoError: The source cannot be opened.

    Example:
        >>> with Watcher("film.avi") as watcher:
        ...     frames = sum(1 for watched in watcher)
        >>> frames, watcher.status.dropped
        (3, 0)
    """

    def __init__(
        self,
        source: str | int | Path | Source,
        *,
        analyzer: Analyzer | None = None,
        fps: float | None = None,
        real_time: bool = False,
        size: tuple[int, int] | None = None,
        idle: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        analyzer = analyzer or Analyzer()
        if isinstance(source, (str, int, Path)):
            source = open_source(
                source, real_time=real_time, size=size, max_pixels=analyzer.max_pixels
            )
        self.source = source
        self.status = Status(live=source.live)
        if fps is None and source.live:
            fps = min(source.fps or 30.0, 30.0)
        self._finder = PeopleFinder(analyzer, fps)
        self._idle = idle
        self._capture = Capture(source)

    def __iter__(self) -> Iterator[Watched]:
        """Yields what is known after each frame.

        Raises:
            PictureError: A frame has too many pixels.
            VideoError: The source failed for good.
        """
        last = None
        started = clock.monotonic()
        for frame in self._capture.frames(_IDLE_EVERY):
            if frame is None:
                self._idle(clock.monotonic() - (last or started))
                continue
            faces = self._finder.process(frame.pixels, frame.time)
            now = clock.monotonic()
            self._note(frame, now, last)
            last = now
            yield Watched(frame.pixels, frame.time, faces)
            self._finder.add_cost(clock.monotonic() - now)

    def _note(self, frame: Frame, now: float, last: float | None) -> None:
        status = self.status
        if last is not None:
            rate = 1 / max(now - last, 1e-6)
            status.fps += (0.1 if status.fps else 1.0) * (rate - status.fps)
        status.index = frame.index
        status.latency = now - frame.captured
        status.dropped = self._capture.dropped
        status.effort = self._finder.effort
        status.reduced = self._finder.reduced

    def stop(self) -> None:
        """Ends the iteration from another thread or from a signal handler."""
        self._capture.stop()

    def close(self) -> None:
        """Ends capture and closes the source."""
        self._capture.close()

    def __enter__(self) -> Watcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def watch(
    source: str | int | Path | Source,
    *,
    analyzer: Analyzer | None = None,
    fps: float | None = None,
    real_time: bool = False,
    size: tuple[int, int] | None = None,
) -> Iterator[Watched]:
    """Yields ``(frame, time, faces)`` of a video, until it ends.

    Args:
        source: As in :class:`Watcher`, like all other arguments.
        analyzer: Detects and describes faces.
        fps: Frames per second to hold.
        real_time: Whether a file is played at its own rate.
        size: Width and height in pixels that a camera is asked for.

    Raises:
        OptionError: ``fps`` or ``size`` is not more than 0.
        PictureError: A frame has too many pixels.
        VideoError: The source cannot be opened, or failed for good.

    Example:
        >>> from mien import watch
        >>> for frame, time, faces in watch("film.avi"):
        ...     for face in faces:
        ...         print(time, face.person_id, sorted(face.estimates))
        0.0 1 ['age', 'gender']
        0.1 1 ['age', 'gender']
        0.2 1 ['age', 'gender']
    """
    with Watcher(source, analyzer=analyzer, fps=fps, real_time=real_time, size=size) as watcher:
        yield from watcher
