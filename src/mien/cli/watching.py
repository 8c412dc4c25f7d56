"""All that ``mien watch`` shows and writes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console

from mien.attributes.heads import Head, notices_of
from mien.cli.interruption import Interruption
from mien.cli.outputs import check_outputs
from mien.cli.sinks.live_table import LiveTable
from mien.cli.sinks.sink import FrameResult, Sink
from mien.cli.sinks.video import AudienceFile, FrameLines, LabelledVideo
from mien.cli.text import shown
from mien.drawing.hiding import FrameHider
from mien.errors import MienError, VideoError
from mien.video.audience import Audience
from mien.video.audience_files import check_audience_suffix
from mien.video.io.base import BaseSource
from mien.video.io.devices import INSTALL_FFMPEG
from mien.video.io.frames import Source
from mien.video.io.recording import check_video_suffix
from mien.video.io.sound import can_add_sound
from mien.video.watcher import Watched, Watcher

if TYPE_CHECKING:
    from mien.cli.sinks.window import FrameWindow

_USUAL_FPS = 25.0  # of the written video, where the source does not say
_LEAST_FPS = 0.5  # of the written video, which shows each frame as long as it lasts
_LOST = 1.5  # seconds without a frame before it is said


@dataclass(frozen=True, slots=True)
class Files:
    """The files to write; None for each that is not wanted.

    Attributes:
        video: The labelled video.
        jsonl: A line for each frame.
        summary: The audience over time.
    """

    video: Path | None = None
    jsonl: Path | None = None
    summary: Path | None = None

    def check(self, *inputs: str) -> None:
        """Makes sure that the files can be written.

        Args:
            inputs: What is watched and the model; they are not written over.

        Raises:
            MienError: One of them cannot be written.
        """
        wanted = [path for path in (self.video, self.jsonl, self.summary) if path is not None]
        check_outputs(wanted, inputs)
        if self.video is not None:
            check_video_suffix(self.video)
        if self.summary is not None:
            check_audience_suffix(self.summary)


class Outputs:
    """The window or the live table, and the files, of one run.

    Use it in a ``with`` statement: at its end, whatever ends it, the files are whole. Then a line
    says what was seen and written.

    Args:
        files: What to write.
        interval: Length of the audience's intervals in seconds.
        heads: The attributes that are shown.
        window: Whether a window is wanted.
        interruption: It ends a pause.
        messages: Where messages and the live table go.
        hider: Hides faces in the frames that are shown and written; None hides none.

    Raises:
        MissingExtraError: The packages for the window are not installed.
    """

    def __init__(
        self,
        files: Files,
        interval: float,
        heads: Sequence[Head],
        *,
        window: bool,
        interruption: Interruption,
        messages: Console,
        hider: FrameHider | None = None,
    ) -> None:
        if window:
            import mien.cli.window  # noqa: F401 (says now what is not installed)
        self._files, self._heads, self._wants_window = files, heads, window
        self._interruption, self._messages = interruption, messages
        self._hider = hider
        self._audience = Audience(interval, heads)
        self._frames = 0
        self._stack = ExitStack()
        self._sinks: list[Sink[FrameResult]] = []
        self._window: FrameWindow | None = None
        self._said_lost = False
        self.failed = False

    def begin(self, watcher: Watcher) -> None:
        """Connects what is watched; it is stopped when the window is closed."""
        self._watcher = watcher

    def take(self, watched: Watched) -> None:
        """Shows and writes what is known after a frame."""
        if self._frames == 0:
            self._open()
        self._frames += 1
        self._audience.add(watched.time, watched.faces)
        for ready in [watched] if self._hider is None else self._hider.add(watched):
            self._give(ready)

    def _give(self, watched: Watched) -> None:
        result = FrameResult(watched, self._watcher.status, self._audience)
        for sink in list(self._sinks):
            try:
                sink.take(result)
            except (MienError, BrokenPipeError) as error:
                self._drop(sink, error)

    def _drop(self, sink: Sink[FrameResult], error: MienError | BrokenPipeError) -> None:
        """Goes on without a sink that fails, unless it was the last that was asked for."""
        self._sinks.remove(sink)
        if all(isinstance(other, LiveTable) for other in self._sinks):
            raise error
        if isinstance(error, MienError):  # else the reader of the standard output wants no more
            self._say_failure(error)

    def _say_failure(self, error: MienError) -> None:
        self.failed = True
        self._messages.print(f"mien: {shown(str(error))}")

    def _open(self) -> None:
        """Opens all sinks: a run without a frame leaves the files of an earlier run alone."""
        source = self._watcher.source
        if isinstance(source, BaseSource) and source.remark:
            self._messages.print(source.remark)
        if self._files.summary is not None:
            self._add(AudienceFile(self._files.summary))
        if self._files.jsonl is not None:
            self._add(FrameLines(self._files.jsonl, notices_of(self._heads)))
        if self._files.video is not None:
            fps = max(source.fps or _USUAL_FPS, _LEAST_FPS)
            sound = self._sound(source, self._files.video)
            self._add(LabelledVideo(self._files.video, fps, sound, self._messages.print))
        if self._wants_window:
            self._open_window()
        if self._window is None and self._messages.is_terminal:
            self._add(LiveTable(self._messages, self._heads))

    def _sound(self, source: Source, video: Path) -> str | Path | None:
        """Returns where the sound for the labelled video is; says so if it is not kept."""
        if not (isinstance(source, BaseSource) and source.may_have_sound):
            return None
        if source.origin is None:
            self._messages.print(
                f"'{video}' will be without sound: its source cannot be read twice"
            )
        elif not can_add_sound():
            self._messages.print(f"'{video}' will be without sound: {INSTALL_FFMPEG} to keep it")
        else:
            return source.origin
        return None

    def _open_window(self) -> None:
        """Opens a window; where there is no screen it says so and goes on without."""
        from mien.cli.sinks.window import FrameWindow

        title = f"mien: {self._watcher.source.name}"
        window = FrameWindow(title, self._interruption, self._messages, self._watcher.stop)
        try:
            self._add(window)
        except VideoError as error:
            self._messages.print(f"{error}; going on without a window")
        else:
            self._window = window

    def _add(self, sink: Sink[FrameResult]) -> None:
        sink.__enter__()
        self._stack.push(partial(self._close, sink))
        self._sinks.append(sink)

    def _close(self, sink: Sink[FrameResult], *reason: Any) -> None:
        """Closes a sink; what goes wrong there harms no other."""
        try:
            sink.__exit__(*reason)
        except MienError as error:
            if sink in self._sinks:  # what was dropped has been said
                self._sinks.remove(sink)
                self._say_failure(error)

    def wait(self, seconds: float) -> None:
        """Says once that no frame comes, and keeps the window alive.

        Args:
            seconds: Since the last frame.
        """
        if seconds < _LOST:
            self._said_lost = False
        elif not self._said_lost:
            self._said_lost = True
            self._messages.print(f"no picture from {self._watcher.source.name}; waiting for it")
        if self._window is not None:
            self._window.poll()

    def _report(self) -> str:
        """Returns a line about what was seen and what was written."""
        people = self._audience.people
        line = f"{self._frames} frame{'s' * (self._frames != 1)}"
        line += f", {people} {'person' if people == 1 else 'people'}"
        written = ", ".join(sink.wrote for sink in self._sinks if sink.wrote)
        return f"{line}; wrote {written}" if written else line

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._stack:
            for ready in self._hider.rest() if self._hider is not None else ():
                self._give(ready)
        # A source that fails leaves whole files too.
        if kind is None or (self._frames and issubclass(kind, MienError)):
            self._messages.print(self._report())
