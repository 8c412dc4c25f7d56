"""Films that OpenCV decodes wrongly or not at all."""

from __future__ import annotations

import os
import sys
import time
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
from films import FFMPEG, INTERLACED, make_film, needs_ffmpeg, unlike

from mien.errors import VideoError
from mien.video.io import devices
from mien.video.io.base import BaseSource
from mien.video.io.ffmpeg import FfmpegDevice, last_words
from mien.video.io.sources import open_source

pytestmark = needs_ffmpeg


@pytest.fixture
def without_ffmpeg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture(scope="module", params=INTERLACED)
def interlaced(
    request: pytest.FixtureRequest, walk: list[np.ndarray], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("interlaced") / request.param
    return make_film(path, walk[:24], *INTERLACED[request.param], fps=50)


def test_interlaced_films_are_decoded_and_made_whole(
    interlaced: Path, walk: list[np.ndarray]
) -> None:
    source = open_source(interlaced)
    frames = list(source.frames())
    assert isinstance(source, BaseSource)
    assert source.remark.endswith("interlaced, which OpenCV cannot decode; ffmpeg does")
    assert source.fps == 25
    assert [frame.index for frame in frames] == list(range(12))
    assert [frame.time for frame in frames] == pytest.approx([i / 25 for i in range(12)], abs=2e-3)
    for frame, first in zip(frames, walk[::2], strict=False):
        height, width = first.shape[:2]
        pixels = cv2.resize(frame.pixels, (width, height), interpolation=cv2.INTER_AREA)
        assert unlike(pixels, first) < 4.6  # 5.5 if two frames are woven


@pytest.mark.skipif(not devices._LOSES_FIELDS, reason="this OpenCV shows interlaced pictures")
def test_without_ffmpeg_interlaced_films_are_refused(
    interlaced: Path, without_ffmpeg: None
) -> None:
    with pytest.raises(VideoError) as caught:
        open_source(interlaced)
    seems = "seems to be" if interlaced.name in ("ffv1.mkv", "dv.avi") else "is"
    assert str(caught.value) == (
        f"'{interlaced}' {seems} interlaced, which OpenCV cannot decode; "
        "install ffmpeg (https://ffmpeg.org)"
    )


@pytest.mark.parametrize(
    "arguments",
    [("-c:v", "libx264", "-preset", "ultrafast"), ("-c:v", "mpeg2video"), ("-c:v", "mpeg4")],
    ids=lambda arguments: arguments[1],
)
def test_a_picture_that_stands_still_is_not_taken_for_an_interlaced_one(
    tmp_path: Path, walk: list[np.ndarray], without_ffmpeg: None, arguments: tuple[str, ...]
) -> None:
    film = make_film(tmp_path / "still.mkv", walk[:1] * 12, *arguments)
    source = open_source(film)
    assert len(list(source.frames())) == 12
    assert isinstance(source, BaseSource)
    assert source.remark == ""


@pytest.fixture(scope="module")
def av1(walk: list[np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("av1") / "walk.mp4"
    return make_film(path, walk[:6], "-c:v", "libaom-av1", "-cpu-used", "8", "-crf", "20")


@pytest.fixture
def opencv_without_av1(av1: Path) -> None:
    if cv2.VideoCapture(str(av1), cv2.CAP_FFMPEG).read()[0]:
        pytest.skip("this OpenCV decodes AV1")


def test_av1(av1: Path, walk: list[np.ndarray]) -> None:
    frames = list(open_source(av1).frames())
    assert [frame.time for frame in frames] == pytest.approx([i / 25 for i in range(6)])
    for frame, written in zip(frames, walk, strict=False):
        assert unlike(frame.pixels, written) < 6


def test_without_ffmpeg_av1_is_named(
    av1: Path, opencv_without_av1: None, without_ffmpeg: None
) -> None:
    with pytest.raises(VideoError) as caught:
        open_source(av1)
    assert str(caught.value) == (
        f"'{av1}' is coded in AV1, which this OpenCV cannot decode; "
        "install ffmpeg (https://ffmpeg.org)"
    )


def test_pixels_that_are_not_square(
    tmp_path: Path, walk: list[np.ndarray], av1: Path, opencv_without_av1: None
) -> None:
    narrow = [cv2.resize(frame, (160, 240), interpolation=cv2.INTER_AREA) for frame in walk[:4]]
    for name, codec in (("a.mp4", "mpeg4"), ("b.mkv", "mpeg4"), ("c.mp4", "libaom-av1")):
        quick = ("-cpu-used", "8") if codec == "libaom-av1" else ("-q:v", "2")
        film = make_film(tmp_path / name, narrow, "-vf", "setsar=2", "-c:v", codec, *quick)
        assert unlike(next(open_source(film).frames()).pixels, walk[0]) < 9
        frame = next(open_source(film, aspect=1.0).frames())
        assert frame.pixels.shape == (240, 240, 3)


def test_a_damaged_film_is_read_as_far_as_it_goes(tmp_path: Path, walk: list[np.ndarray]) -> None:
    film = make_film(tmp_path / "film.ts", walk[:24], *INTERLACED["h264.ts"], fps=50)
    film.write_bytes(film.read_bytes()[: film.stat().st_size // 2])
    times = [frame.time for frame in open_source(film).frames()]
    assert 3 < len(times) < 12
    assert times == sorted(times)


def test_closing_ends_ffmpeg(tmp_path: Path, walk: list[np.ndarray]) -> None:
    film = make_film(tmp_path / "film.mkv", walk * 4, *INTERLACED["ffv1.mkv"], fps=50)
    source = open_source(film)
    frames = source.frames()
    next(frames)
    assert isinstance(source, BaseSource)
    assert isinstance(source._device, FfmpegDevice)
    source.close()
    assert len(list(frames)) == 0
    assert source._device._process.poll() is not None


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_ffmpeg_that_gives_up(
    tmp_path: Path, walk: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program is ffmpeg, but for its end."""
    film = make_film(tmp_path / "film.mkv", walk[:24], *INTERLACED["ffv1.mkv"], fps=50)
    program = tmp_path / "ffmpeg"
    program.write_text(
        f'#!/bin/sh\n"{FFMPEG}" "$@"\necho "[x @ 1] {film}: no memory" >&2; exit 7\n'
    )
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    frames = open_source(film).frames()
    assert len(list(islice(frames, 12))) == 12
    with pytest.raises(VideoError) as caught:
        next(frames)
    assert str(caught.value) == f"'{film}' cannot be read further: no memory"
    program.write_text("#!/none\n")
    with pytest.raises(VideoError, match="ffmpeg' cannot be started: No such file or directory"):
        open_source(film)


def test_what_ffmpeg_says() -> None:
    assert last_words(["[h264 @ 0x55] error", "file:/a: b.mp4: Invalid data", ""]) == "Invalid data"
    assert last_words([]) == ""


def test_a_stream_that_falls_silent_ends(tmp_path: Path, walk: list[np.ndarray]) -> None:
    film = make_film(tmp_path / "film.mkv", walk[:24], *INTERLACED["ffv1.mkv"], fps=50)
    assert FFMPEG is not None
    read, write = os.pipe()
    with os.fdopen(read, "rb") as ours, os.fdopen(write, "wb") as theirs:
        theirs.write(film.read_bytes()[:1000])
        theirs.flush()
        device = FfmpegDevice(FFMPEG, None, standard_input=ours, timeout=1.0)
        began = time.monotonic()
        assert device.read() == (False, None)
        assert time.monotonic() - began >= 1.0
        device.release()
    assert device.failure == ""
