"""Writing of a video that is whole when it ends."""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mien.errors import VideoError
from mien.images import Picture
from mien.video.io.devices import opencv_name

CODECS = {".mp4": "vp09", ".webm": "VP90", ".avi": "MJPG"}
"""Codec of each suffix: VP9, which browsers play and which costs no licence; or Motion JPEG."""

_AHEAD = 8  # frames that may wait for the encoder


def check_video_suffix(path: Path) -> None:
    """Checks that there is a codec for a video of that name.

    Raises:
        VideoError: There is none.
    """
    if path.suffix.lower() not in CODECS:
        raise VideoError(f"videos are written as {', '.join(CODECS)}, not '{path.name}'")


class VideoFile:
    """A video being written; it is whole once closed.

    Frames are encoded in a thread of its own. The file has a constant rate: a frame is repeated
    until the next one is due, and left out if the next one is due at once, so that it plays as
    fast as what was recorded. OpenCV 5 reports a full disk at once, OpenCV 4 only at the end.

    Args:
        path: Its suffix is one of :data:`CODECS`.
        fps: Frames per second, more than 0.

    Raises:
        VideoError: The suffix is another.
    """

    def __init__(self, path: Path, fps: float) -> None:
        check_video_suffix(path)
        self._path = path
        self._fps = fps
        self._written = 0
        self._latest: Picture | None = None
        self._waiting: deque[tuple[Picture, int]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._finished = False
        self._whole = False
        self._thread: threading.Thread | None = None

    def write(self, picture: Picture, time: float) -> None:
        """Adds a frame; one of another size than the first is fitted into that size.

        Args:
            picture: RGB, uint8, height x width x 3.
            time: Seconds since the first frame; never falls.

        Raises:
            VideoError: The file cannot be written.
        """
        if self._thread is None:
            self._open(picture)
        due = round(time * self._fps)
        if self._latest is not None and due > self._written:
            with self._changed:
                self._changed.wait_for(lambda: len(self._waiting) < _AHEAD or self._finished)
                if self._finished:
                    raise self._failure()
                self._waiting.append((self._latest, due - self._written))
                self._changed.notify_all()
            self._written = due
        self._latest = picture

    @property
    def seconds(self) -> float:
        """The length of what was written."""
        return (self._written + 1) / self._fps

    def _open(self, picture: Picture) -> None:
        # Codecs that subsample colour want even sides.
        size = (picture.shape[1] // 2 * 2, picture.shape[0] // 2 * 2)
        code = cv2.VideoWriter.fourcc(*CODECS[self._path.suffix.lower()])
        try:
            writer = cv2.VideoWriter(opencv_name(self._path), code, self._fps, size)
        except cv2.error:  # versions before 4.12 take only names in UTF-8
            writer = cv2.VideoWriter()
        if not writer.isOpened():
            raise VideoError(f"'{self._path}' cannot be written")
        self._thread = threading.Thread(target=self._encode, args=(writer, size), name="mien video")
        self._thread.start()

    def _encode(self, writer: Any, size: tuple[int, int]) -> None:
        try:
            while (waiting := self._next()) is not None:
                picture, times = waiting
                pixels = cv2.cvtColor(fitted(picture, size), cv2.COLOR_RGB2BGR)
                for _ in range(times):
                    if writer.write(pixels) is False:  # OpenCV 4 returns None
                        return
            writer.release()
            self._whole = _ends_well(self._path)
        finally:
            writer.release()
            with self._changed:
                self._finished = True
                self._changed.notify_all()

    def _next(self) -> tuple[Picture, int] | None:
        """Waits for a frame to encode; None if there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            self._changed.notify_all()
            return self._waiting.popleft() if self._waiting else None

    def close(self) -> None:
        """Finishes the file; if this is interrupted, the file is finished before the process ends.

        Raises:
            VideoError: Not all of it could be written.
        """
        if self._thread is None:
            return
        with self._changed:
            if self._latest is not None:
                self._waiting.append((self._latest, 1))
            self._closed = True
            self._changed.notify_all()
            # Not with join: if it is interrupted, Python forgets the thread and ends without it.
            self._changed.wait_for(lambda: self._finished)
        if not self._whole:
            raise self._failure()

    def _failure(self) -> VideoError:
        return VideoError(f"'{self._path}' cannot be written; the disk may be full")

    def __enter__(self) -> VideoFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _ends_well(path: Path) -> bool:
    """Returns whether the last frame of a video can be read: a full disk raises no error."""
    video = cv2.VideoCapture(opencv_name(path), cv2.CAP_FFMPEG)
    last = video.get(cv2.CAP_PROP_FRAME_COUNT) - 1
    return last >= 0 and video.set(cv2.CAP_PROP_POS_FRAMES, last) and video.grab()


def fitted(picture: Picture, size: tuple[int, int]) -> Picture:
    """Returns a picture scaled into a width and a height, black where it has other proportions."""
    height, width = picture.shape[:2]
    if (width, height) == size:
        return picture
    scale = min(size[0] / width, size[1] / height)
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    canvas = np.zeros((size[1], size[0], 3), np.uint8)
    left, top = (size[0] - small[0]) // 2, (size[1] - small[1]) // 2
    resized = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
    canvas[top : top + small[1], left : left + small[0]] = resized
    return canvas
