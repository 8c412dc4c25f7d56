"""The files of ``mien watch``: the labelled video, a line for each frame, the audience."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from mien.cli.sinks.sink import FrameResult
from mien.drawing.frame import draw_frame
from mien.video.audience import Audience, check_audience_suffix, write_audience
from mien.video.io.recording import LinesFile, VideoFile, check_video_suffix


class LabelledVideo:
    """Writes the labelled video.

    Args:
        path: The file.
        fps: Frames a second.

    Raises:
        VideoError: There is no codec for the suffix.
    """

    def __init__(self, path: Path, fps: float) -> None:
        check_video_suffix(path)
        self._path = path
        self.wrote = f"'{path}'"
        self._fps = fps

    def take(self, result: FrameResult) -> None:
        """Writes a frame."""
        self._video.write(draw_frame(result.watched), result.watched.time)

    def __enter__(self) -> Self:
        self._video = VideoFile(self._path, self._fps)
        return self

    def __exit__(self, *_: object) -> None:
        self._video.close()


class FrameLines:
    """Writes a line of JSON for each frame.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.wrote = f"'{path}'"

    def take(self, result: FrameResult) -> None:
        """Writes a frame's line."""
        self._lines.write(result.status.index, result.watched.time, result.watched.faces)

    def __enter__(self) -> Self:
        self._lines = LinesFile(self._path)
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.__exit__()


class AudienceFile:
    """Writes the audience over time when the video is over, whatever ends it.

    Args:
        path: The file.

    Raises:
        VideoError: It can be written neither as CSV nor as JSON.
    """

    def __init__(self, path: Path) -> None:
        check_audience_suffix(path)
        self._path = path
        self.wrote = f"'{path}'"
        self._audience: Audience | None = None

    def take(self, result: FrameResult) -> None:
        """Keeps the audience so far."""
        self._audience = result.audience

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._audience is not None:
            write_audience(self._audience.rows(), self._path)
