"""The real-time loop over a source: it yields the people of each frame."""

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
from mien.video.rate_controller import Effort, frame_rate

_LIVE_FPS = 30.0
_IDLE_EVERY = 0.1
"""Seconds between two calls of ``idle`` while no frame comes."""


class Watched(NamedTuple):
    """A frame and its people.

    Attributes:
        frame: The frame that was analysed, RGB, uint8, height x width x 3.
        time: Time of the frame in seconds since the first frame.
        faces: The people in the frame.
    """

    frame: Picture
    time: float
    faces: list[TrackedFace]


@dataclass(slots=True)
class Status:
    """The status of the loop.

    Attributes:
        live: Whether the source is a camera or a stream; the latency of a recording has no meaning.
        index: Number of the newest frame in the source, from 0; -1 before the first frame.
        fps: Analysed frames per second, as a moving average.
        latency: Seconds from the capture of the newest frame to its result.
        dropped: Number of frames of a live source that were not analysed.
        effort: Effort for the next frame; None before the first frame.
        reduced: Whether the effort is less than the maximum, to hold the rate.
    """

    live: bool = False
    index: int = -1
    fps: float = 0.0
    latency: float = 0.0
    dropped: int = 0
    effort: Effort | None = None
    reduced: bool = False


class Watcher:
    """An iterator over the :class:`Watched` frames of a source, which a thread captures.

    Use it in a ``with`` statement, or call :meth:`close`.

    Args:
        source: Number of a camera, path of a file or a folder, address of a stream, ``-`` for the
            standard input, or a :class:`~mien.video.io.frames.Source`.
        analyzer: Analyzer for the frames; None for the default one.
        fps: Frames per second to hold, more than 0. None means 30 for a live source, and as many as
            possible for a recording.
        real_time: Whether a file is played at its own rate and late frames are dropped.
        size: Width and height in pixels to request from a camera, which may give another size.
            Other sources ignore it.
        aspect: Width over height of the upright frames, 0.1..10; None for that of the source.
        idle: Function that is called several times a second while no frame comes, with the seconds
            since the last frame.

    Raises:
        OptionError: ``fps`` or ``size`` is not more than 0, or ``aspect`` is out of its range.
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
        aspect: float | None = None,
        idle: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        analyzer = analyzer or Analyzer()
        if isinstance(source, (str, int, Path)):
            source = open_source(
                source,
                real_time=real_time,
                size=size,
                max_pixels=analyzer.max_pixels,
                aspect=aspect,
            )
        self.source = source
        self.status = Status(live=source.live)
        self._analyzer = analyzer
        self._fps = fps
        self._finder = PeopleFinder(analyzer, fps)
        self._idle = idle
        self._capture = Capture(source)

    def __iter__(self) -> Iterator[Watched]:
        """Yields each frame with its people.

        Raises:
            PictureError: A frame has too many pixels.
            VideoError: The source failed, and cannot be opened again.
        """
        last = None
        started = clock.monotonic()
        for frame in self._capture.frames(_IDLE_EVERY):
            if frame is None:
                self._idle(clock.monotonic() - (last or started))
                continue
            if last is None:
                self._begin()
            faces = self._finder.process(frame.pixels, frame.time)
            now = clock.monotonic()
            self._update_status(frame, now, last)
            last = now
            yield Watched(frame.pixels, frame.time, faces)
            self._finder.add_cost(clock.monotonic() - now)

    def _begin(self) -> None:
        """Follows the source, which now is known to be live or not."""
        self.status.live = self.source.live
        if self._fps is None and self.source.live:
            fps = min(self.source.fps or _LIVE_FPS, _LIVE_FPS)
            self._finder = PeopleFinder(self._analyzer, fps)

    def _update_status(self, frame: Frame, now: float, last: float | None) -> None:
        status = self.status
        if last is not None:
            status.fps = frame_rate(status.fps, now - last)
        status.index = frame.index
        status.latency = now - frame.captured
        status.dropped = self._capture.dropped
        status.effort = self._finder.effort
        status.reduced = self._finder.reduced

    def stop(self) -> None:
        """Ends the iteration. Another thread or a signal handler may call it."""
        self._capture.stop()

    def close(self) -> None:
        """Ends the capture and closes the source."""
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
    aspect: float | None = None,
) -> Iterator[Watched]:
    """Yields each frame of a video with its people, as ``(frame, time, faces)``.

    Args:
        source: Number of a camera, path of a file or a folder, address of a stream, ``-`` for the
            standard input, or a :class:`~mien.video.io.frames.Source`.
        analyzer: Analyzer for the frames; None for the default one.
        fps: Frames per second to hold, more than 0; for None see :class:`Watcher`.
        real_time: Whether a file is played at its own rate and late frames are dropped.
        size: Width and height in pixels to request from a camera, which may give another size.
        aspect: Width over height of the upright frames, 0.1..10; None for that of the source.

    Raises:
        OptionError: ``fps`` or ``size`` is not more than 0, or ``aspect`` is out of its range.
        PictureError: A frame has too many pixels.
        VideoError: The source cannot be opened; or it failed, and cannot be opened again.

    Example:
        >>> from mien import watch
        >>> for frame, time, faces in watch("film.avi"):
        ...     for face in faces:
        ...         print(time, face.person_id, sorted(face.estimates))
        0.0 1 ['age', 'gender']
        0.1 1 ['age', 'gender']
        0.2 1 ['age', 'gender']
    """
    with Watcher(
        source, analyzer=analyzer, fps=fps, real_time=real_time, size=size, aspect=aspect
    ) as watcher:
        yield from watcher
