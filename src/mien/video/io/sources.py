"""Sources of frames: cameras, files, streams, pipes and folders of pictures."""

from __future__ import annotations

import stat
import sys
from glob import has_magic
from pathlib import Path

from mien.errors import OptionError, VideoError
from mien.images import MAX_PIXELS
from mien.video.io.addresses import WATCHED, scheme_of, what_to_do, without_secrets
from mien.video.io.devices import open_camera
from mien.video.io.folder import FolderSource
from mien.video.io.frames import Source
from mien.video.io.live import RECONNECT_FOR, LiveSource, StreamSource
from mien.video.io.pipe import PipeSource
from mien.video.io.recorded import FileSource

_STANDARD_INPUT = "-"


def open_source(
    source: str | int | Path,
    *,
    real_time: bool = False,
    reconnect_for: float = RECONNECT_FOR,
    size: tuple[int, int] | None = None,
    max_pixels: int = MAX_PIXELS,
    aspect: float | None = None,
) -> Source:
    """Opens a camera, a stream, a file, a pipe or a folder.

    Args:
        source: A camera's number or device, a stream's address, a video file, a named pipe, ``-``
            for a video on the standard input, or a folder of numbered pictures.
        real_time: Whether a file is played at its own rate, and frames that are late are dropped.
        reconnect_for: Seconds after which a live source that was lost is given up.
        size: Width and height in pixels that a camera is asked for. It may give another size; other
            sources are not asked.
        max_pixels: How many pixels a picture of a folder may have, at least 1.
        aspect: Width over height that the upright pictures have, 0.1..10, whatever the source says;
            None believes the source.

    Raises:
        OptionError: The size is less than 1 x 1, or the aspect is out of its range.
        VideoError: There is no such file or folder, or one may not look there.
    """
    if size is not None and min(size) < 1:
        raise OptionError(f"size must be at least 1 x 1 pixels; it is {size[0]} x {size[1]}")
    text = str(source)
    scheme = scheme_of(text)
    if scheme in WATCHED:
        address = f"{scheme}{text[len(scheme) :]}"  # FFmpeg knows no capitals
        return StreamSource(
            address, without_secrets(address), reconnect_for, real_time=real_time, aspect=aspect
        )
    if text == _STANDARD_INPUT and not _redirected_file():
        return PipeSource(real_time=real_time, aspect=aspect)
    path = Path("/dev/stdin" if text == _STANDARD_INPUT else text)
    mode = _mode(path)
    if text.isdecimal() or (text.startswith("/dev/") and not _holds_pictures(mode)):
        camera = int(text) if text.isdecimal() else text
        return LiveSource(
            f"camera {text}", lambda: open_camera(camera, size), reconnect_for, aspect
        )
    if stat.S_ISDIR(mode):
        return FolderSource(path, max_pixels, aspect)
    if stat.S_ISFIFO(mode):
        return PipeSource(path, real_time=real_time, aspect=aspect)
    if not stat.S_ISREG(mode):
        raise _not_there(text)
    return FileSource(path, real_time=real_time, aspect=aspect)


def _mode(path: Path) -> int:
    """Returns what kind of file is at a path; 0 if there is none.

    Raises:
        VideoError: One may not look there.
    """
    try:
        return path.stat().st_mode
    except PermissionError as error:
        raise VideoError(f"'{path}' cannot be read: {error.strerror}") from None
    except (OSError, ValueError):
        return 0


def _holds_pictures(mode: int) -> bool:
    return stat.S_ISDIR(mode) or stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


def _redirected_file() -> bool:
    """Returns whether the standard input is a file that can be opened again."""
    return sys.platform == "linux" and stat.S_ISREG(_mode(Path("/dev/stdin")))


def _not_there(text: str) -> VideoError:
    scheme = scheme_of(text)
    if scheme is not None:
        name = text if scheme == "file" else without_secrets(text)
        known = (
            ""
            if scheme in ("file", "data")
            else f" (addresses that can be watched: {', '.join(WATCHED)})"
        )
        return VideoError(f"'{name}' {what_to_do(text, 'video')}{known}")
    if has_magic(text):
        return VideoError(f"'{text}' is no file; a pattern is not searched: name one video")
    return VideoError(f"there is no video, folder or camera '{text}'")
