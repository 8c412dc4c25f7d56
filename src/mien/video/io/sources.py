"""Where frames come from: cameras, files, streams and folders of pictures."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from mien.errors import OptionError, PictureError, VideoError
from mien.images import MAX_PIXELS, PICTURE_SUFFIXES, Picture, read_picture
from mien.video.io.frames import Frame, Source

_SCHEMES = ("rtsp", "rtsps", "rtmp", "http", "https", "udp", "tcp")
_TIMEOUT_MS = 5_000  # of opening a stream and of waiting for its next frame
_FIRST_PAUSE = 0.25  # seconds before the first attempt to connect again; doubled each time
_LONGEST_PAUSE = 4.0
_FOLDER_FPS = 25.0
_TEXT = cv2.VideoWriter.fourcc(*"ansi")  # FFmpeg takes a text file for a video of its letters
_JUMP = 10.0  # seconds between two frames of a file that are taken for a fault of its clock

RECONNECT_FOR = 30.0
"""Seconds after which a live source that was lost is given up."""


class Device(Protocol):
    """The part of ``cv2.VideoCapture`` that is used."""

    def isOpened(self) -> bool:  # noqa: N802
        """Whether frames can be read."""

    def read(self) -> tuple[bool, Any]:
        """Returns whether there was a frame, and the frame in BGR."""

    def get(self, key: int, /) -> float:
        """Returns a property."""

    def set(self, key: int, value: float, /) -> bool:
        """Asks for a value of a property; returns whether it was taken."""

    def release(self) -> None:
        """Closes the device."""


def open_source(
    source: str | int | Path,
    *,
    real_time: bool = False,
    reconnect_for: float = RECONNECT_FOR,
    size: tuple[int, int] | None = None,
    max_pixels: int = MAX_PIXELS,
) -> Source:
    """Opens a camera, a stream, a file or a folder.

    Args:
        source: A camera's number or device, a stream's address, a video file, or a folder of
            numbered pictures.
        real_time: Whether a file is played at its own rate, and frames that are late are dropped.
        reconnect_for: Seconds after which a live source that was lost is given up.
        size: Width and height in pixels that a camera is asked for. It may give another size; other
            sources are not asked.
        max_pixels: How many pixels a picture of a folder may have, at least 1.

    Raises:
        OptionError: The size is less than 1 x 1.
        VideoError: There is no such file or folder.
    """
    if size is not None and min(size) < 1:
        raise OptionError(f"size must be at least 1 x 1 pixels; it is {size[0]} x {size[1]}")
    text = str(source)
    if text.isdecimal():
        return LiveSource(f"camera {text}", lambda: _open_camera(int(text), size), reconnect_for)
    if text.startswith("/dev/"):
        return LiveSource(f"camera {text}", lambda: _open_camera(text, size), reconnect_for)
    scheme, sign, rest = text.partition("://")
    if sign and scheme.lower() in _SCHEMES:
        address = f"{scheme.lower()}://{rest}"  # FFmpeg knows no capitals
        return LiveSource(_without_secrets(address), lambda: _open_stream(address), reconnect_for)
    path = Path(text)
    if path.is_dir():
        return FolderSource(path, max_pixels)
    if not path.is_file():
        name = _without_secrets(text) if sign else text
        raise VideoError(f"there is no video, folder or camera '{name}'")
    return FileSource(path, real_time=real_time)


def _open_camera(camera: int | str, size: tuple[int, int] | None) -> Device:
    device = cv2.VideoCapture(camera)
    if size is not None:
        # Most cameras send large pictures at full rate only if they are compressed.
        device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        device.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        device.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
    return device


def _without_secrets(address: str) -> str:
    """Leaves out the name, the password and the values of parameters, which may be secrets too."""
    place = re.sub(r"//([^/]*|[^/:]*:(?!\d+/).*)@", "//", address)
    # Digits between a colon and a slash are a port, or the beginning of a password with a slash.
    place = re.sub(r"//[^/:]*:\d+/.*@", "//...@", place)
    return re.sub(r"=[^&]*", "=...", place)


def _open_stream(address: str) -> Device:
    # Streams over RTSP come by TCP: lost packets of UDP would be torn pictures.
    os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp")
    options = [
        *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _TIMEOUT_MS),
        *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, _TIMEOUT_MS),
    ]
    return cv2.VideoCapture(address, cv2.CAP_FFMPEG, options)


def _to_rgb(pixels: Any) -> Picture:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)


class _Closing:
    """A source that another thread may end."""

    def __init__(self) -> None:
        self._closed = threading.Event()

    def close(self) -> None:
        """Ends ``frames``."""
        self._closed.set()


class LiveSource(_Closing):
    """A camera or a stream. If it is lost it is opened again, with growing pauses.

    Args:
        name: Its name in messages.
        opener: Opens the device; called again after a loss.
        reconnect_for: Seconds after which it is given up.
    """

    live = True
    fps: float | None = None

    def __init__(
        self, name: str, opener: Callable[[], Device], reconnect_for: float = RECONNECT_FOR
    ) -> None:
        super().__init__()
        self.name = name
        self._opener = opener
        self._reconnect_for = reconnect_for

    def frames(self) -> Iterator[Frame]:
        """Yields frames, timed by their arrival."""
        device = self._opener()
        index, started = 0, 0.0
        try:
            if not device.isOpened():
                raise VideoError(
                    f"{self.name} cannot be opened: it is not there, or something else uses it"
                )
            while not self._closed.is_set():
                there, pixels = device.read()
                if not there:
                    device.release()
                    if (back := self._reconnect()) is None:
                        return
                    device, pixels = back
                now = time.monotonic()
                started = started or now
                yield Frame(_to_rgb(pixels), index, now - started, now)
                index += 1
        finally:
            device.release()

    def _reconnect(self) -> tuple[Device, Any] | None:
        """Opens the device again until it gives a frame; returns None if closed meanwhile."""
        deadline = time.monotonic() + self._reconnect_for
        pause = _FIRST_PAUSE
        while True:
            if self._closed.wait(min(pause, max(0.0, deadline - time.monotonic()))):
                return None
            device = self._opener()
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


class FileSource(_Closing):
    """A video file.

    Args:
        path: The file.
        real_time: Whether it is played at its own rate.

    Raises:
        VideoError: It cannot be read, or there is no picture in it.
    """

    def __init__(self, path: Path, *, real_time: bool = False) -> None:
        super().__init__()
        self.name = str(path)
        self.live = real_time
        if path.stat().st_size == 0:
            raise VideoError(f"'{path}' is empty")
        # In a relative path, FFmpeg would take the part before a colon for a protocol.
        self._device = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG)
        if not self._device.isOpened() or self._device.get(cv2.CAP_PROP_FOURCC) == _TEXT:
            raise VideoError(f"'{path}' is not a video that can be read, or has no picture in it")
        fps = self._device.get(cv2.CAP_PROP_FPS)
        self.fps: float | None = fps if 0.1 < fps < 1000 else None

    def frames(self) -> Iterator[Frame]:
        """Yields frames with the file's own times; where those jump or fall, they are corrected."""
        usual = 1 / (self.fps or _FOLDER_FPS)
        shown = first = 0.0
        started = time.monotonic()
        index = 0
        try:
            while not self._closed.is_set():
                there, pixels = self._device.read()
                if not there:
                    break
                stamp = self._device.get(cv2.CAP_PROP_POS_MSEC) / 1000
                if index == 0:
                    first = stamp
                elif 0 < stamp - first - shown < _JUMP:
                    shown = stamp - first
                else:
                    shown += usual
                    first = stamp - shown
                if self.live and self._closed.wait(max(0.0, started + shown - time.monotonic())):
                    break
                yield Frame(_to_rgb(pixels), index, shown, time.monotonic())
                index += 1
        finally:
            self._device.release()
        if index == 0 and not self._closed.is_set():
            raise VideoError(f"there is no picture in '{self.name}'")


class FolderSource(_Closing):
    """A folder of numbered pictures, shown in the order of their numbers.

    Args:
        path: The folder.
        max_pixels: How many pixels a picture may have, at least 1.

    Raises:
        VideoError: There is no picture in it.
    """

    live = False
    fps: float | None = _FOLDER_FPS

    def __init__(self, path: Path, max_pixels: int = MAX_PIXELS) -> None:
        super().__init__()
        self.name = str(path)
        self._max_pixels = max_pixels
        files = (p for p in path.iterdir() if p.suffix.lower() in PICTURE_SUFFIXES and p.is_file())
        self._pictures = sorted(files, key=_number)
        if not self._pictures:
            raise VideoError(f"there is no picture in the folder '{path}'")

    def frames(self) -> Iterator[Frame]:
        """Yields the pictures, 25 to a second."""
        for index, path in enumerate(self._pictures):
            if self._closed.is_set():
                return
            try:
                pixels = read_picture(path, self._max_pixels)
            except PictureError as error:
                raise VideoError(f"'{path}': {error}") from None
            yield Frame(pixels, index, index / _FOLDER_FPS, time.monotonic())


def _number(path: Path) -> tuple[int, str]:
    numbers = re.findall(r"\d+", path.stem)
    return (int(numbers[-1]) if numbers else -1, path.name)
