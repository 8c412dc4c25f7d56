"""What ``mien watch`` shows and writes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from rich.console import Console
from rich.live import Live
from rich.table import Table

from mien.cli.interruption import Interruption
from mien.cli.sinks.pictures import estimate_cells
from mien.drawing.frame import draw_frame, status_line
from mien.errors import VideoError
from mien.images import Picture
from mien.video.audience import Audience, check_audience_suffix, write_audience
from mien.video.io.recording import LinesFile, VideoFile, check_video_suffix
from mien.video.watcher import Status, Watched, Watcher

if TYPE_CHECKING:
    from mien.cli.sinks.window import Window

_USUAL_FPS = 25.0  # of the written video, where the source does not say
_LOST = 1.5  # seconds without a frame before it is said
_PAUSE = 0.03  # seconds between two looks at the keys while paused


class Outputs:
    """The window or the live table, and the files.

    Use it in a ``with`` statement: at its end, whatever ends it, the files are whole.

    Args:
        source: What is watched; nothing is written over it.
        video: The labelled video.
        jsonl: A line for each frame.
        summary: The audience over time.
        interval: Seconds of the audience that are told apart.

    Raises:
        VideoError: One of the files cannot be written.
    """

    def __init__(
        self,
        source: str,
        video: Path | None,
        jsonl: Path | None,
        summary: Path | None,
        interval: float,
    ) -> None:
        _check_places(source, [path for path in (video, jsonl, summary) if path is not None])
        if video is not None:
            check_video_suffix(video)
        if summary is not None:
            check_audience_suffix(summary)
        self._stack = ExitStack()
        self._video_path, self._jsonl, self._summary = video, jsonl, summary
        self._audience = Audience(interval)
        self._frames = 0
        self._lines: LinesFile | None = None
        self._video: VideoFile | None = None
        self._window: Window | None = None
        self._table: Live | None = None
        self._told_lost = False

    def begin(
        self, watcher: Watcher, interruption: Interruption, messages: Console, window: bool
    ) -> None:
        """Opens the window or the live table; the files only once there is a frame.

        A run that finds no camera leaves the files of an earlier one as they are.

        Args:
            watcher: Its status is shown.
            interruption: It ends a pause.
            messages: Where messages and the live table go.
            window: Whether a window is wanted.
        """
        self._watcher, self._interruption, self._messages = watcher, interruption, messages
        if window:
            self._window = self._open_window()
        if self._window is None and messages.is_terminal:
            self._table = self._stack.enter_context(Live(console=messages, refresh_per_second=4))

    def _open_files(self) -> None:
        if self._summary is not None:
            self._stack.callback(self._write_summary, self._summary)
        if self._jsonl is not None:
            self._lines = self._stack.enter_context(LinesFile(self._jsonl))
        if self._video_path is not None:
            video = VideoFile(self._video_path, self._watcher.source.fps or _USUAL_FPS)
            self._video = self._stack.enter_context(video)

    def _open_window(self) -> Window | None:
        """Opens a window; where there is no screen it says so and goes on without."""
        from mien.cli.sinks.window import Window

        try:
            return self._stack.enter_context(Window(f"mien: {self._watcher.source.name}"))
        except VideoError as error:
            self._messages.print(f"{error}; going on without a window")
            return None

    def take(self, watched: Watched) -> bool:
        """Shows and writes a frame's answer.

        Returns:
            Whether to go on; not if the window was closed.
        """
        if self._frames == 0:
            self._open_files()
        self._frames += 1
        self._audience.add(watched.time, watched.faces)
        status = self._watcher.status
        if self._lines is not None:
            self._lines.write(status.index, watched.time, watched.faces)
        if self._video is not None:
            self._video.write(draw_frame(watched), watched.time)
        if self._table is not None:
            self._table.update(_people_table(watched, status))
        if self._window is not None:
            labelled = draw_frame(watched, status, self._audience.current)
            return self._show(self._window, watched.frame, labelled)
        return True

    def wait(self, seconds: float) -> None:
        """Keeps the window alive while no frame comes, and says so once.

        Args:
            seconds: Since the last frame.
        """
        if seconds < _LOST:
            self._told_lost = False
        elif not self._told_lost:
            self._told_lost = True
            self._messages.print(f"no picture from {self._watcher.source.name}; waiting for it")
        if self._window is not None and self._window.poll().quit:
            self._watcher.stop()

    def _show(self, window: Window, plain: Picture, labelled: Picture) -> bool:
        """Shows a frame until it is time for the next; returns whether to go on."""
        while True:
            picture = plain if window.wishes.hidden else labelled
            wishes = window.show(picture)
            if wishes.save:
                path = _free_name()
                Image.fromarray(picture).save(path)
                self._messages.print(f"saved '{path}'")
            if wishes.quit or not wishes.paused or self._interruption.asked:
                return not wishes.quit
            time.sleep(_PAUSE)

    def _write_summary(self, path: Path) -> None:
        write_audience(self._audience.rows(), path)

    @property
    def told(self) -> str:
        """A line about what was seen."""
        people = self._audience.people
        frames = f"{self._frames} frame{'s' * (self._frames != 1)}"
        return f"{frames}, {people} {'person' if people == 1 else 'people'}"

    def __enter__(self) -> Outputs:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def _check_places(source: str, paths: Sequence[Path]) -> None:
    """Raises VideoError where a file cannot be written, or only over another."""
    taken = set()
    for path in paths:
        if not path.parent.is_dir():
            raise VideoError(f"there is no folder '{path.parent}' to write '{path.name}' into")
        if path.exists() and Path(source).exists() and path.samefile(source):
            raise VideoError(f"'{path}' is what is watched; write to another file")
        if path.resolve() in taken:
            raise VideoError(f"'{path}' cannot hold two outputs; give each a file of its own")
        taken.add(path.resolve())


def _free_name() -> Path:
    number = 1
    while (path := Path(f"mien-{number:03}.png")).exists():
        number += 1
    return path


def _people_table(watched: Watched, status: Status) -> Table:
    table = Table(title=status_line(status), title_justify="left", box=None, padding=(0, 2, 0, 0))
    for heading in ("person", "looks", "80 % interval", "gender"):
        table.add_column(heading)
    for face in watched.faces:
        if face.age is None or face.gender is None:
            table.add_row(str(face.track_id))
        else:
            table.add_row(str(face.track_id), *estimate_cells(face.age, face.gender))
    return table
