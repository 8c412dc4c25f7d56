"""Videos that come through a pipe."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from films import INTERLACED, change, make_film, needs_ffmpeg, unlike

from mien.errors import VideoError
from mien.video.io import devices
from mien.video.io.capture import Capture
from mien.video.io.frames import Frame
from mien.video.io.pipe import PipeSource
from mien.video.io.sources import open_source

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")

BOTH = pytest.mark.parametrize(
    "ffmpeg", [pytest.param(True, marks=needs_ffmpeg), False], ids=["ffmpeg", "opencv"]
)


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def _write(pipe: Path, content: bytes) -> None:
    def write() -> None:
        with suppress(BrokenPipeError), pipe.open("wb") as file:
            file.write(content)

    threading.Thread(target=write, daemon=True).start()


def _frames(pipe: Path, content: bytes) -> list[Frame]:
    _write(pipe, content)
    return list(open_source(pipe).frames())


def _choose(ffmpeg: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if not ffmpeg:
        monkeypatch.setenv("PATH", str(tmp_path))


@BOTH
def test_all_frames_come_with_their_times(
    ffmpeg: bool,
    pipe: Path,
    avi: Path,
    walk: list[np.ndarray],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _choose(ffmpeg, monkeypatch, tmp_path)
    frames = _frames(pipe, avi.read_bytes())
    assert [frame.time for frame in frames] == pytest.approx([i / 25 for i in range(50)], abs=1e-3)
    for frame, written in zip(frames, walk, strict=True):
        assert unlike(frame.pixels, written) < 6


@BOTH
@pytest.mark.parametrize("content", ["nothing", "text", "film"])
def test_what_cannot_be_read_as_it_comes(
    ffmpeg: bool,
    content: str,
    pipe: Path,
    mp4: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _choose(ffmpeg, monkeypatch, tmp_path)
    contents = {"nothing": b"", "text": b"no video\n" * 200, "film": mp4.read_bytes()}
    with pytest.raises(VideoError) as caught:
        _frames(pipe, contents[content])
    assert str(caught.value).startswith(f"'{pipe}' is empty, or not a video that can be read")


@needs_ffmpeg
def test_an_mp4_with_its_index_first(pipe: Path, mp4: Path, tmp_path: Path) -> None:
    fast = change(mp4, tmp_path / "fast.mp4", "-movflags", "+faststart")
    assert len(_frames(pipe, fast.read_bytes())) == 50


@needs_ffmpeg
def test_an_interlaced_film(
    pipe: Path, walk: list[np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = make_film(tmp_path / "film.ts", walk[:24], *INTERLACED["h264.ts"], fps=50)
    frames = _frames(pipe, film.read_bytes())
    assert len(frames) == 12
    assert unlike(frames[0].pixels, walk[0]) < 4.6
    if devices._LOSES_FIELDS:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(VideoError, match="is interlaced, which OpenCV cannot decode; install"):
            _frames(pipe, film.read_bytes())


@needs_ffmpeg
@pytest.mark.skipif(not devices._LOSES_FIELDS, reason="this OpenCV shows interlaced pictures")
@pytest.mark.parametrize(
    ("name", "kind"), [("film.dv", "dv.avi"), ("film.avi", "dv.avi"), ("film.mkv", "ffv1.mkv")]
)
def test_without_ffmpeg_an_interlaced_film_whose_headers_leave_a_doubt_is_refused(
    name: str,
    kind: str,
    pipe: Path,
    walk: list[np.ndarray],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    film = make_film(tmp_path / name, walk[:24], *INTERLACED[kind], fps=50)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VideoError, match=r"' seems to be interlaced, which OpenCV cannot .*; inst"):
        _frames(pipe, film.read_bytes())


@needs_ffmpeg
def test_without_ffmpeg_frames_that_were_compared_are_shown(
    pipe: Path, walk: list[np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = make_film(tmp_path / "film.mkv", walk[:12], "-c:v", "ffv1")
    monkeypatch.setenv("PATH", str(tmp_path))
    frames = _frames(pipe, film.read_bytes())
    assert [frame.time for frame in frames] == pytest.approx([i / 25 for i in range(12)], abs=1e-3)
    for frame, written in zip(frames, walk, strict=False):
        assert unlike(frame.pixels, written) < 4


@BOTH
def test_no_more_is_read_than_is_taken(
    ffmpeg: bool, pipe: Path, avi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer waits while no frame is taken, so that memory does not grow."""
    _choose(ffmpeg, monkeypatch, tmp_path)
    content = avi.read_bytes()
    written = 0

    def write() -> None:
        nonlocal written
        with suppress(BrokenPipeError), pipe.open("wb", buffering=0) as file:
            for start in range(0, len(content), 4096):
                written += file.write(content[start : start + 4096])

    threading.Thread(target=write, daemon=True).start()
    capture = Capture(open_source(pipe))
    next(iter(capture))
    before = -1
    while before < written:  # until it stands still
        before = written
        time.sleep(1)
    assert written < len(content)
    capture.close()


@needs_ffmpeg
def test_a_pipe_into_which_nothing_comes_can_be_closed(pipe: Path) -> None:
    source = open_source(pipe)
    capture = Capture(source)
    with pipe.open("wb"):
        time.sleep(0.5)
        capture.close()
        assert list(capture) == []
        assert isinstance(source, PipeSource)
        assert source._device is None or source._device._process.wait(5) != 0


@pytest.mark.parametrize(
    ("redirection", "message"),
    [
        ("<&-", "standard input is closed; pipe a video into it"),
        ("< /dev/null", "standard input is empty, or not a video that can be read as it comes;"),
    ],
)
def test_a_standard_input_without_a_video(redirection: str, message: str) -> None:
    code = "from mien.video.io.sources import open_source; list(open_source('-').frames())"
    done = subprocess.run(
        f'{sys.executable} -c "{code}" {redirection}',
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.splitlines()[-1].startswith(f"mien.errors.VideoError: {message}")
