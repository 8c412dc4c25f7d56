"""A video that comes through a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from mien.errors import VideoError
from mien.video.io.devices import VideoDevice, is_av1, open_with_opencv, trouble_with
from mien.video.io.ffmpeg import FfmpegDevice, find_ffmpeg
from mien.video.io.frames import Frame
from mien.video.io.next_frames import NextFrames
from mien.video.io.recorded import Recording

_FOREVER = 2e6  # seconds; OpenCV would take a pipe into which nothing comes for ended


class PipeSource(Recording):
    """A video that comes through a pipe: only once, and no faster than it is taken.

    ffmpeg reads it if it is installed, as only ffmpeg can begin without a look at the frames.

    Args:
        path: A named pipe; None for the standard input.
        real_time: Whether frames that are late are dropped.
        aspect: Width over height of the upright pictures; None if they are as they say.

    Raises:
        OptionError: The aspect is not between 0.1 and 10.
        VideoError: The standard input is closed, or it is a terminal.
    """

    def __init__(
        self, path: Path | None = None, *, real_time: bool = False, aspect: float | None = None
    ) -> None:
        name = "standard input" if path is None else str(path)
        called = name if path is None else f"'{path}'"
        super().__init__(name, called, real_time=real_time, aspect=aspect)
        self._path = path
        if path is None:
            _check_standard_input()

    def frames(self) -> Iterator[Frame]:
        """Yields frames with the recording's own times, as far as those can be right.

        Raises:
            VideoError: It cannot be read as it comes.
        """
        with ExitStack() as stack:
            device = self._open(stack)
            stack.callback(device.release)
            self._take(device)
            if not device.isOpened():
                if self._closed.is_set():
                    return
                raise self._not_as_it_comes()
            if isinstance(device, NextFrames):
                trouble = trouble_with(device, self._called)
                if trouble is not None:
                    raise VideoError(trouble.refusal)
            yield from self._play(device)

    def _no_picture(self, device: VideoDevice) -> VideoError:
        return super()._no_picture(device) if is_av1(device) else self._not_as_it_comes()

    def _not_as_it_comes(self) -> VideoError:
        return VideoError(
            f"{self._called} is empty, or not a video that can be read as it comes; MP4 must have"
            " its index first (ffmpeg: -movflags +faststart), or be given as a file"
        )

    def _open(self, stack: ExitStack) -> VideoDevice:
        ffmpeg = find_ffmpeg()
        if ffmpeg is None:
            return open_with_opencv("pipe:0" if self._path is None else self._path, _FOREVER)
        if self._path is None:
            return FfmpegDevice(ffmpeg, None)
        return FfmpegDevice(ffmpeg, None, standard_input=stack.enter_context(self._path.open("rb")))


def _check_standard_input() -> None:
    if sys.stdin is None:
        raise VideoError("standard input is closed; pipe a video into it")
    if os.isatty(0):
        raise VideoError("standard input is a terminal; pipe a video into it")
