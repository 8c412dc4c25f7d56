"""Writing the annotated video and the lines of answers, whole at whatever moment it ends."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import cv2
import numpy as np

from mien.errors import VideoError
from mien.images import Picture
from mien.results import TrackedFace

_CODECS = {".mp4": "vp09", ".webm": "VP90", ".avi": "MJPG"}

SCHEMA = 1
"""Version of the JSON of a frame's answer."""


class VideoFile:
    """A video being written; it is whole once closed.

    Args:
        path: ``.mp4`` or ``.webm`` (VP9, for browsers) or ``.avi`` (Motion JPEG, quick to write).
        fps: Frames a second.

    Raises:
        VideoError: The ending is another, or the file cannot be written.
    """

    def __init__(self, path: Path, fps: float) -> None:
        if path.suffix.lower() not in _CODECS:
            raise VideoError(f"'{path}' should end in {', '.join(_CODECS)}")
        self._path = path
        self._fps = fps
        self._writer: Any = None
        self._size = (0, 0)

    def write(self, picture: Picture) -> None:
        """Adds a frame; one of another size than the first is fitted into that size."""
        if self._writer is None:
            self._open(picture)
        if (picture.shape[1], picture.shape[0]) != self._size:
            picture = _fitted(picture, self._size)
        self._writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))

    def _open(self, picture: Picture) -> None:
        # Codecs that subsample colour want even sides.
        self._size = (picture.shape[1] // 2 * 2, picture.shape[0] // 2 * 2)
        code = cv2.VideoWriter.fourcc(*_CODECS[self._path.suffix.lower()])
        self._writer = cv2.VideoWriter(str(self._path), code, self._fps, self._size)
        if not self._writer.isOpened():
            raise VideoError(f"'{self._path}' cannot be written")

    def close(self) -> None:
        """Finishes the file."""
        if self._writer is not None:
            self._writer.release()

    def __enter__(self) -> VideoFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _fitted(picture: Picture, size: tuple[int, int]) -> Picture:
    height, width = picture.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    canvas = np.zeros((size[1], size[0], 3), np.uint8)
    left, top = (size[0] - small[0]) // 2, (size[1] - small[1]) // 2
    resized = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
    canvas[top : top + small[1], left : left + small[0]] = resized
    return canvas


def frame_line(index: int, time: float, faces: Sequence[TrackedFace]) -> str:
    """Returns a frame's answer as one JSON line."""
    return json.dumps(
        {
            "schema": SCHEMA,
            "frame": index,
            "time": round(time, 4),
            "faces": [face.to_dict() for face in faces],
        }
    )
