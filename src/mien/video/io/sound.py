"""The sound of a video, which ffmpeg adds to a video that was made of its pictures."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from mien.errors import VideoError
from mien.video.io.ffmpeg import (
    APART,
    QUIET,
    find_ffmpeg,
    input_arguments,
    last_words,
    open_files,
)

_PREFIX = ".mien-"  # of the name of the video with sound before it is whole
_AT_ONCE = 0.02  # seconds by which pictures may begin after the sound as if with it


def can_add_sound() -> bool:
    """Returns whether ffmpeg and ffprobe, which comes with it, are installed."""
    return find_ffmpeg() is not None and shutil.which("ffprobe") is not None


def add_sound(video: Path, origin: str | Path, seconds: float) -> bool:
    """Adds the sound of another video from its first picture on.

    Args:
        video: File without sound; it stays as it is if anything goes wrong.
        origin: File or address of the video with the sound.
        seconds: Length of the sound.

    Returns:
        Whether there is any sound.

    Raises:
        VideoError: It cannot be added.
    """
    start = _start_of_pictures(origin)
    if start is None:
        return False
    video = video.resolve()
    try:
        handle, name = tempfile.mkstemp(video.suffix, _PREFIX, video.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            shutil.copymode(video, temporary)
            _write_with_sound(temporary, video, origin, start, seconds)
            temporary.replace(video)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        reason = f"in the folder '{video.parent}': {error.strerror or error}"
        raise VideoError(f"its sound cannot be added {reason}") from None
    return True


def _write_with_sound(
    target: Path, video: Path, origin: str | Path, start: float, seconds: float
) -> None:
    whole = start <= _AT_ONCE
    seek = [] if whole else ["-ss", f"{start:.3f}"]
    inputs = [*input_arguments(video), *seek, "-t", f"{seconds:.3f}", *input_arguments(origin)]
    # Not every kind of file takes every kind of sound as it is.
    for codec in (["-c:a", "copy"], []) if whole else ([],):
        streams = ["-map", "0:v:0", "-map", "1:a", "-c:v", "copy", *codec]
        done = _run("ffmpeg", origin, "-nostdin", "-y", *inputs, *streams, f"file:{target}")
        if done.returncode == 0:
            return
    raise VideoError(f"its sound cannot be added: {last_words(done.stderr.splitlines())}")


def _start_of_pictures(origin: str | Path) -> float | None:
    """Returns when the pictures begin, in seconds from the beginning; None without sound."""
    wanted = ["-show_entries", "stream=codec_type,start_time:format=start_time", "-of", "json"]
    done = _run("ffprobe", origin, *wanted, *input_arguments(origin))
    if done.returncode != 0:
        raise VideoError(f"its sound cannot be read: {last_words(done.stderr.splitlines())}")
    found = json.loads(done.stdout)
    begins: dict[str, float] = {}
    for stream in found["streams"]:
        begins.setdefault(stream.get("codec_type", ""), _seconds(stream))
    if "audio" not in begins:
        return None
    return max(0.0, begins.get("video", 0.0) - _seconds(found["format"]))


def _seconds(entry: dict[str, str]) -> float:
    try:
        return float(entry["start_time"])
    except (KeyError, ValueError):  # it is unknown
        return 0.0


def _run(program: str, origin: str | Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 (no shell; each name is one argument)
        [shutil.which(program) or program, *QUIET, *arguments],
        capture_output=True,
        encoding="utf-8",  # whatever that of the system is
        errors="replace",
        check=False,
        pass_fds=open_files(origin),
        **APART,
    )
