"""Sources with a beginning and an end: files, and streams that are finished."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from math import inf
from pathlib import Path

import cv2

from mien.errors import VideoError
from mien.video.io.base import BaseSource
from mien.video.io.clock import Clock
from mien.video.io.devices import VideoDevice, no_picture, open_recording
from mien.video.io.ffmpeg import FfmpegDevice
from mien.video.io.frames import Frame
from mien.video.io.geometry import Turn
from mien.video.io.mp4 import read_mp4
from mien.video.io.next_frames import NextFrames

_USUAL_FPS = 25.0
_MOST_FPS = 1000.0
_MOST_OF = 0.8  # of the expected frames; fewer are a film that broke off


class Recording(BaseSource):
    """All of its frames are wanted, in their order.

    Args:
        name: Its name.
        called: What it is called in messages.
        real_time: Whether it is played at its own rate, and frames that are late are dropped.
        aspect: Width over height of the upright pictures; None if they are as they say.
    """

    may_have_sound = True

    def __init__(self, name: str, called: str, *, real_time: bool, aspect: float | None) -> None:
        super().__init__(name, aspect)
        self.live = real_time
        self._called = called

    def _take(self, device: VideoDevice, turn: Turn | None = None) -> None:
        super()._take(device, turn)
        fps = device.get(cv2.CAP_PROP_FPS)
        self.fps = fps if 0 < fps < _MOST_FPS else None

    def _play(self, device: VideoDevice, lasts: float | None = None) -> Iterator[Frame]:
        """Yields frames with the recording's own times, as far as those can be right.

        Args:
            device: What is taken.
            lasts: Seconds that the recording may last; None for what the device says.

        Raises:
            VideoError: ffmpeg gave up, or there was no frame.
        """
        if isinstance(device, FfmpegDevice):
            lasts = inf  # ffmpeg has corrected the times already
        clock = Clock(self.fps or _USUAL_FPS, _expected(device)[1] if lasts is None else lasts)
        following = partial(_next_stamp, device)
        started = time.monotonic()
        index, shown = 0, 0.0
        while not self._closed.is_set():
            there, pixels = device.read()
            if not there:
                break
            shown = clock.time(device.get(cv2.CAP_PROP_POS_MSEC) / 1000, following)
            if self.live and self._closed.wait(max(0.0, started + shown - time.monotonic())):
                break
            yield Frame(self._picture(pixels), index, shown, time.monotonic())
            index += 1
        if self._closed.is_set():
            return
        if isinstance(device, FfmpegDevice):
            if device.failure:
                raise VideoError(f"{self._called} cannot be read further: {device.failure}")
        elif index == 0:
            raise self._no_picture(device)
        elif isinstance(self.origin, str) and _is_cut_short(device, index, shown):
            raise VideoError(f"{self._called} was lost after {shown:.1f} seconds")

    def _no_picture(self, device: VideoDevice) -> VideoError:
        """Returns the error of a device of OpenCV that is open but gave no frame."""
        return VideoError(no_picture(device, self._called).refusal)


def _next_stamp(device: VideoDevice) -> float | None:
    """Returns the next frame's time in seconds; None if there is none, or it cannot be seen yet."""
    stamp = device.next_stamp() if isinstance(device, NextFrames) else None
    return stamp and stamp / 1000


def _expected(device: VideoDevice) -> tuple[float, float]:
    """Returns how many frames and seconds there may be; both 0 if that is unknown."""
    count, fps = device.get(cv2.CAP_PROP_FRAME_COUNT), device.get(cv2.CAP_PROP_FPS)
    return (count, count / fps) if count > 0 and fps > 0 else (0.0, 0.0)


def _is_cut_short(device: VideoDevice, frames: int, seconds: float) -> bool:
    """Returns whether far fewer frames came than expected, which may be wrong by a little."""
    expected = _expected(device)
    return frames < _MOST_OF * expected[0] and seconds < _MOST_OF * expected[1]


class RecordedSource(Recording):
    """A video file, or a stream that is finished.

    Args:
        name: Its name.
        called: What it is called in messages.
        source: A file, or an address.
        real_time: Whether it is played at its own rate, and frames that are late are dropped.
        aspect: Width over height of the upright pictures; None if they are as they say.

    Raises:
        OptionError: The aspect is not between 0.1 and 10.
        VideoError: It cannot be read, or there is no picture in it.
    """

    def __init__(
        self,
        name: str,
        called: str,
        source: str | Path,
        *,
        real_time: bool = False,
        aspect: float | None = None,
    ) -> None:
        super().__init__(name, called, real_time=real_time, aspect=aspect)
        self.origin = source
        self._opened, self.remark = open_recording(called, source)
        self._mp4 = read_mp4(source) if isinstance(source, Path) else None
        self.may_have_sound = self._mp4 is None or self._mp4.has_sound
        self._take(self._opened, self._mp4 and self._mp4.turn)

    def frames(self) -> Iterator[Frame]:
        """Yields frames with the recording's own times, as far as those can be right."""
        # MP4 has a table of times, which is always right.
        lasts = None if self._mp4 is None else inf
        try:
            yield from self._play(self._opened, lasts)
        finally:
            self._opened.release()


class FileSource(RecordedSource):
    """A video file.

    Args:
        path: The file.
        real_time: Whether it is played at its own rate, and frames that are late are dropped.
        aspect: Width over height of the upright pictures; None if they are as they say.

    Raises:
        OptionError: The aspect is not between 0.1 and 10.
        VideoError: It cannot be read, or there is no picture in it.
    """

    def __init__(self, path: Path, *, real_time: bool = False, aspect: float | None = None) -> None:
        try:
            with path.open("rb") as file:
                empty = not file.read(1)
        except OSError as error:
            raise VideoError(f"'{path}' cannot be read: {error.strerror}") from None
        if empty:
            raise VideoError(f"'{path}' is empty")
        super().__init__(str(path), f"'{path}'", path, real_time=real_time, aspect=aspect)
