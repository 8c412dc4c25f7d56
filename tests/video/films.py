"""Films that ffmpeg makes of real pictures, of kinds that OpenCV cannot write."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

FFMPEG = shutil.which("ffmpeg")
needs_ffmpeg = pytest.mark.skipif(FFMPEG is None, reason="ffmpeg, which makes the film, is missing")

_WEAVE = ("-vf", "tinterlace=interleave_top,setfield=tff,format=yuv420p", "-flags", "+ildct+ilme")
_QUICK = ("-preset", "ultrafast")
INTERLACED = {
    "h264.mp4": (*_WEAVE, "-c:v", "libx264", "-x264opts", "interlaced=1", *_QUICK),
    "h264.ts": (*_WEAVE, "-c:v", "libx264", "-x264opts", "tff=1", *_QUICK),
    "mpeg2.mpg": (*_WEAVE, "-c:v", "mpeg2video", "-q:v", "2"),
    "mpeg4.avi": (*_WEAVE, "-c:v", "mpeg4", "-q:v", "2"),
    "ffv1.mkv": (*_WEAVE, "-c:v", "ffv1"),
    "dv.avi": (
        *("-vf", "scale=720:576,tinterlace=interleave_bottom,setfield=bff,format=yuv420p"),
        *("-r", "25", "-c:v", "dvvideo", "-flags", "+ildct+ilme"),
    ),
}
"""Arguments for interlaced films, by name; of two frames each makes one."""


def make_film(path: Path, frames: Sequence[np.ndarray], *arguments: str, fps: float = 25) -> Path:
    """Writes frames (RGB, of one size) with ffmpeg's arguments for the file."""
    assert FFMPEG is not None
    height, width = frames[0].shape[:2]
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", f"{fps:g}")
    done = subprocess.run(
        [FFMPEG, "-v", "error", "-y", "-threads", "1", *raw, "-i", "-", *arguments, str(path)],
        input=b"".join(frame.tobytes() for frame in frames),
        capture_output=True,
        check=False,
    )
    if b"nknown encoder" in done.stderr:
        pytest.skip("this ffmpeg lacks an encoder")
    assert done.returncode == 0, done.stderr
    return path


def change(path: Path, target: Path, *arguments: str) -> Path:
    """Has ffmpeg write another file from a file, without decoding it."""
    assert FFMPEG is not None
    command = [FFMPEG, "-v", "error", "-y", "-i", str(path), *arguments, "-c", "copy", str(target)]
    subprocess.run(command, check=True)
    return target


def unlike(frame: np.ndarray, picture: np.ndarray) -> float:
    """Returns the mean difference of two pictures."""
    assert frame.shape == picture.shape
    return float(np.abs(frame.astype(int) - picture).mean())
