"""Cameras and streams without an end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from mien.errors import VideoError
from mien.video.io.base import BaseSource
from mien.video.io.devices import VideoDevice, open_live, open_with_opencv
from mien.video.io.ffmpeg import FfmpegDevice
from mien.video.io.finished import is_finished
from mien.video.io.frames import Frame
from mien.video.io.next_frames import NextFrames
from mien.video.io.recorded import RecordedSource

_FIRST_PAUSE = 0.25  # seconds before the first attempt to connect again; doubled each time
_LONGEST_PAUSE = 4.0

RECONNECT_FOR = 30.0
"""Seconds after which a live source that was lost is given up."""


class LiveSource(BaseSource):
    """A camera or a stream. If it is lost it is opened again, with growing pauses.

    Args:
        name: Its name in messages.
        opener: Opens the device; called again after a loss. None says that it is over.
        reconnect_for: Seconds after which it is given up.
        aspect: Width over height of the upright pictures; None if they are as they say.

    Raises:
        OptionError: The aspect is not between 0.1 and 10.
    """

    live = True

    def __init__(
        self,
        name: str,
        opener: Callable[[], VideoDevice | None],
        reconnect_for: float = RECONNECT_FOR,
        aspect: float | None = None,
    ) -> None:
        super().__init__(name, aspect)
        self._opener = opener
        self._reconnect_for = reconnect_for

    def frames(self) -> Iterator[Frame]:
        """Yields frames, timed by their arrival.

        Raises:
            VideoError: It cannot be opened, or it was lost for good.
        """
        device = self._open()
        index, started = 0, 0.0
        try:
            if device is None or not device.isOpened():
                if self._closed.is_set():
                    return
                raise _not_there(self.name, device)
            while not self._closed.is_set():
                there, pixels = device.read()
                if not there:
                    device.release()
                    if (back := self._reconnect()) is None:
                        return
                    device, pixels = back
                now = time.monotonic()
                started = started or now
                yield Frame(self._picture(pixels), index, now - started, now)
                index += 1
        finally:
            if device is not None:
                device.release()

    def _open(self) -> VideoDevice | None:
        """Opens the device; the wait for its first picture can be ended."""
        device = self._opener()
        if device is not None:
            self._take(device)
        return device

    def _reconnect(self) -> tuple[VideoDevice, Any] | None:
        """Opens the device again until it gives a frame; None if it is over or closed meanwhile."""
        deadline = time.monotonic() + self._reconnect_for
        pause = _FIRST_PAUSE
        while True:
            if self._closed.wait(min(pause, max(0.0, deadline - time.monotonic()))):
                return None
            device = self._open()
            if device is None:
                return None
            there, pixels = device.read() if device.isOpened() else (False, None)
            if there:
                return device, pixels
            device.release()
            if time.monotonic() >= deadline:
                raise VideoError(
                    f"{self.name} was lost and did not come back within "
                    f"{self._reconnect_for:g} seconds"
                )
            pause = min(2 * pause, _LONGEST_PAUSE)


class StreamSource(BaseSource):
    """A stream at an address, with or without an end.

    Which of the two is known after the first frame; until then it counts as one without an end.

    Args:
        address: Its address.
        name: Its name in messages.
        reconnect_for: Seconds after which a stream that was lost is given up.
        real_time: Whether a finished one is played at its own rate, and late frames are dropped.
        aspect: Width over height of the upright pictures; None if they are as they say.

    Raises:
        OptionError: The aspect is not between 0.1 and 10.
    """

    live = True
    may_have_sound = True

    def __init__(
        self,
        address: str,
        name: str,
        reconnect_for: float = RECONNECT_FOR,
        *,
        real_time: bool = False,
        aspect: float | None = None,
    ) -> None:
        super().__init__(name, aspect)
        self._address = address
        self._reconnect_for = reconnect_for
        self._real_time = real_time
        self._found: LiveSource | RecordedSource | None = None

    def frames(self) -> Iterator[Frame]:
        """Yields frames: all of a finished stream, the newest of one that goes on.

        Raises:
            VideoError: It cannot be opened, or it was lost for good.
        """
        device = open_with_opencv(self._address)
        if self._is_missing(device):
            raise _not_there(self.name, device)
        if is_finished(device, self._address):
            device.release()
            self._found = RecordedSource(
                self.name,
                self.name,
                self._address,
                real_time=self._real_time,
                aspect=self._aspect,
            )
        else:
            self._found = self._going_on(device)
        self.live, self.fps = self._found.live, self._found.fps
        self.origin = self._found.origin
        self.remark = self.remark or self._found.remark
        if self._closed.is_set():
            self._found.close()
        yield from self._found.frames()

    def _is_missing(self, device: NextFrames) -> bool:
        """Returns whether OpenCV reaches nothing, and may say so: it may lack SRT altogether."""
        return not (device.isOpened() or self._address.startswith("srt:"))

    def _going_on(self, device: NextFrames) -> LiveSource:
        opened = open_live(self.name, device, self._address)
        self.remark = opened.remark
        first = [opened.device]

        def opener() -> VideoDevice | None:
            if first:
                return first.pop()
            device = open_with_opencv(self._address)
            if self._is_missing(device):
                return device
            if is_finished(device, self._address):  # the broadcast has become a recording
                device.release()
                return None
            return open_live(self.name, device, self._address).device

        return LiveSource(self.name, opener, self._reconnect_for, self._aspect)

    def close(self) -> None:
        """Ends ``frames``."""
        super().close()
        if self._found is not None:
            self._found.close()


def _not_there(name: str, device: VideoDevice | None) -> VideoError:
    reason = "it is not there, or something else uses it"
    if isinstance(device, FfmpegDevice) and device.failure:
        reason = device.silent or f"ffmpeg says: {device.failure}"
    return VideoError(f"{name} cannot be opened: {reason}")
