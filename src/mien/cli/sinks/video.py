"""The files of ``mien watch``: the labelled video, a line for each frame, the audience."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from mien import schema
from mien.cli.sinks.files import TextFile
from mien.cli.sinks.sink import FrameResult
from mien.cli.text import to_json
from mien.drawing.frame import draw_frame
from mien.errors import VideoError
from mien.results import SCHEMA
from mien.video.audience import Audience
from mien.video.audience_files import check_audience_suffix, write_audience
from mien.video.io.recording import VideoFile, check_video_suffix
from mien.video.io.sound import add_sound


class LabelledVideo:
    """Writes the labelled video.

    Args:
        path: The file.
        fps: Frames a second.
        sound: File or address of the video whose sound is added at the end; None for no sound.
        say: Prints a message.

    Raises:
        VideoError: There is no codec for the suffix.
    """

    def __init__(
        self, path: Path, fps: float, sound: str | Path | None, say: Callable[[str], None]
    ) -> None:
        check_video_suffix(path)
        self._path = path
        self.wrote = ""
        self._fps = fps
        self._sound = sound
        self._say = say

    def take(self, result: FrameResult) -> None:
        """Writes a frame."""
        self._video.write(draw_frame(result.watched), result.watched.time)

    def __enter__(self) -> Self:
        self._video = VideoFile(self._path, self._fps)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._video.close()
        self.wrote = f"'{self._path}'"
        if kind is None and self._sound is not None:
            try:
                if add_sound(self._path, self._sound, self._video.seconds):
                    self.wrote += " with its sound"
            except VideoError as error:
                self._say(f"'{self._path}' is without sound: {error}")


class FrameLines:
    """Writes a line of JSON for each frame.

    Args:
        path: The file; ``-`` is the standard output.
        notices: Notices of the shown attributes, by the attribute's name.
    """

    def __init__(self, path: Path, notices: Mapping[str, str]) -> None:
        self._path = path
        self._notices = dict(notices)

    @property
    def wrote(self) -> str:
        """The file's name, if it is whole."""
        return self._file.wrote

    def take(self, result: FrameResult) -> None:
        """Writes a frame's line."""
        line: schema.FrameLineJson = {
            "schema": SCHEMA,
            "frame": result.status.index,
            "time": round(result.watched.time, 4),
            "faces": [face.to_dict() for face in result.watched.faces],
        }
        if self._notices:
            line["notices"] = self._notices
        self._file.write(to_json(line) + "\n")

    def __enter__(self) -> Self:
        self._file = TextFile(self._path)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


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
        self.wrote = ""
        self._audience: Audience | None = None

    def take(self, result: FrameResult) -> None:
        """Keeps the audience so far."""
        self._audience = result.audience

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._audience is not None:
            write_audience(self._audience.rows(), self._path)
            self.wrote = f"'{self._path}'"
