"""The command that users run, and videos for it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest

MIEN = str(Path(sys.executable).with_name("mien"))


FULL = Path("/dev/full")
NO_SPACE = "mien: the standard output cannot be written: No space left on device\n"


class Ended(NamedTuple):
    """A command that ended."""

    code: int
    out: str
    err: str


Mien = Callable[..., Ended]
"""Runs the command with arguments, in a folder if one is given."""


def write_video(path: Path, frames: Sequence[np.ndarray]) -> Path:
    """Writes a video of 25 frames a second, as Motion JPEG."""
    height, width = frames[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (width, height))
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in _SCREENS}


def watch(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command in a folder, without a screen."""
    command = [MIEN, "watch", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, env=ENVIRONMENT, cwd=folder, check=False
    )


def run_into_full_disk(
    *arguments: object, folder: Path, stream: str = "stdout"
) -> subprocess.CompletedProcess[str]:
    """Runs the command in a folder; its standard output, or error, is a disk that is full."""
    if not FULL.exists():
        pytest.skip("there is no disk that is always full")
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with FULL.open("w") as full:
        return subprocess.run(
            [MIEN, *map(str, arguments)],
            **{**streams, stream: full},
            text=True,
            env=ENVIRONMENT,
            cwd=folder,
            check=False,
        )


def count_frames(path: Path) -> int:
    # OpenCV crashes at a name that is not UTF-8 unless it is bytes.
    capture = cv2.VideoCapture(str(path) if path.name.isascii() else os.fsencode(path))
    assert capture.isOpened()
    count = 0
    while capture.read()[0]:
        count += 1
    return count


def read_lines(path: Path) -> list[dict]:
    text = path.read_text()
    assert not text or text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def read_people(path: Path) -> list[int]:
    """Reads a summary that is whole, and returns how many people each interval had."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    starts = sorted({float(row["start"]) for row in rows})
    cells = {(row["start"], row["gender"], row["age_group"]) for row in rows}
    assert len(rows) == len(cells) == len(starts) * 30
    return [next(int(r["people"]) for r in rows if float(r["start"]) == start) for start in starts]
