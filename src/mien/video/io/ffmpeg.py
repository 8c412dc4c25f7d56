"""ffmpeg, a program that decodes what OpenCV cannot where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, cast

import cv2

from mien.errors import VideoError
from mien.video.io.matroska import RawVideo

QUIET = ("-hide_banner", "-loglevel", "error")
"""Options with which ffmpeg and ffprobe say nothing but errors."""

APART: dict[str, Any] = {
    "start_new_session": True,
    "creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    | getattr(subprocess, "CREATE_NO_WINDOW", 0),
}
"""Settings of a process that Ctrl-C in the terminal does not reach: mien itself ends it."""

_WHOLE_PICTURES = "bwdif=mode=send_frame:parity=auto:deint=interlaced"
_SHORT_LOOK = ("-analyzeduration", "1000000")  # microseconds; usual are 5 seconds of a broadcast
_PIPE_SIZE = 1 << 20  # bytes; less makes large pictures slow
_KEPT_LINES = 10  # of what ffmpeg says


def find_ffmpeg() -> str | None:
    """Returns the path of ffmpeg; None if it is not installed."""
    return shutil.which("ffmpeg")


def input_arguments(source: str | Path | None) -> list[str]:
    """Returns ffmpeg's arguments for its input.

    Args:
        source: Path of a file, or address as a text; None is the standard input.
    """
    if source is None:
        return ["-i", "pipe:0"]
    if isinstance(source, Path):
        return ["-i", f"file:{source.absolute()}"]  # whatever its name looks like
    transport = ["-rtsp_transport", "tcp"] if source.startswith("rtsp") else []
    return [*transport, "-i", source]


def open_files(*sources: str | Path | None) -> tuple[int, ...]:
    """Returns the open files that sources are, such as ``/dev/fd/3``, which a process must inherit.

    Args:
        sources: As in :func:`input_arguments`.
    """
    found = (re.fullmatch(r"/(?:dev|proc/self)/fd/(\d+)", str(source)) for source in sources)
    return tuple(int(one[1]) for one in found if one)


class FfmpegDevice:
    """Reads a video as ``cv2.VideoCapture`` does, by a process of ffmpeg.

    Pictures are upright, and interlaced ones are made whole from their fields.

    Args:
        ffmpeg: The program.
        source: Path of a file, or address as a text; None is the standard input.
        standard_input: The standard input of ffmpeg; None for that of this process.
        timeout: Seconds without a picture after which it ends; None waits without end.
        first_timeout: The same for the first picture; None for ``timeout``.

    Attributes:
        silent: What is said of it if it was ended because no picture came in time; else empty.

    Raises:
        VideoError: ffmpeg cannot be started.
    """

    def __init__(
        self,
        ffmpeg: str,
        source: str | Path | None,
        *,
        standard_input: BinaryIO | None = None,
        timeout: float | None = None,
        first_timeout: float | None = None,
    ) -> None:
        self._timeout = timeout
        self._first_timeout = first_timeout or timeout
        self._interrupted = False
        self.silent = ""
        self._time = 0.0
        picture = ("-map", "0:V:0", "-vf", _WHOLE_PICTURES, "-c:v", "rawvideo", "-pix_fmt", "bgr24")
        look = _SHORT_LOOK if isinstance(source, str) else ()
        into = ("-f", "matroska", "-allow_raw_vfw", "1", "-flush_packets", "1", "pipe:1")
        try:
            self._process = subprocess.Popen(  # noqa: S603 (no shell; what is read is one argument)
                [ffmpeg, *QUIET, "-nostdin", *look, *input_arguments(source), *picture, *into],
                stdin=standard_input,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pipesize=_PIPE_SIZE,
                pass_fds=open_files(source),
                **APART,
            )
        except OSError as error:
            raise VideoError(f"'{ffmpeg}' cannot be started: {error.strerror}") from None
        self._pictures = cast(BinaryIO, self._process.stdout)
        self._errors = cast(BinaryIO, self._process.stderr)
        self._said: deque[str] = deque(maxlen=_KEPT_LINES)
        self._listener = threading.Thread(target=self._listen, name="mien ffmpeg", daemon=True)
        self._listener.start()

    @cached_property
    def _video(self) -> RawVideo:
        """The pictures; this waits for the first."""
        with self._limited(self._first_timeout, "ffmpeg gave no picture within"):
            return RawVideo(self._pictures)

    def _listen(self) -> None:
        for line in self._errors:
            self._said.append(line.decode(errors="replace").strip())

    @contextmanager
    def _limited(self, seconds: float | None, silent: str) -> Iterator[None]:
        """Ends ffmpeg if what is done takes too long.

        Args:
            seconds: Seconds that it may take; None for any time.
            silent: The words for it, before the seconds.
        """
        if seconds is None:
            yield
            return
        timer = threading.Timer(seconds, self._give_up, [f"{silent} {seconds:g} seconds"])
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def isOpened(self) -> bool:  # noqa: N802 (as OpenCV calls it)
        """Returns whether there is a picture."""
        return self._video.readable

    def read(self) -> tuple[bool, Any]:
        """Returns whether there was a frame, and the frame in BGR."""
        video = self._video
        with self._limited(self._timeout, "nothing came for"):
            frame = video.read()
        if frame is None:
            return False, None
        self._time, pixels = frame
        return True, pixels

    def get(self, key: int, /) -> float:
        """Returns a property; 0 if it is unknown."""
        known = {
            cv2.CAP_PROP_POS_MSEC: self._time,
            cv2.CAP_PROP_FPS: self._video.fps,
            cv2.CAP_PROP_SAR_NUM: self._video.pixel_aspect,
            cv2.CAP_PROP_SAR_DEN: 1.0,
        }
        return known.get(key, 0.0)

    def _give_up(self, silent: str) -> None:
        self.silent = silent
        self._process.kill()

    def interrupt(self) -> None:
        """Ends ``read`` from another thread."""
        self._interrupted = True
        self._process.kill()

    def release(self) -> None:
        """Ends ffmpeg."""
        self.interrupt()
        self._process.wait()
        self._listener.join()
        self._pictures.close()
        self._errors.close()

    @property
    def failure(self) -> str:
        """The reason why ffmpeg gave up before the end, in its own words; empty if it did not."""
        code = self._process.wait()
        if code == 0 or self._interrupted:
            return ""
        if self.silent:
            return self.silent
        self._listener.join()
        return last_words(self._said) or f"it ended with {code}"


def last_words(lines: Sequence[str]) -> str:
    """Returns what ffmpeg said last, without the names of its parts and of the file."""
    said = next((line for line in reversed(lines) if line), "")
    return re.sub(r"^\[[^\]]*\] ", "", said).rpartition(": ")[2]
