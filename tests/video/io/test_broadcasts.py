"""Broadcasts from real servers, which only ffmpeg decodes."""

from __future__ import annotations

import subprocess
import time
from itertools import islice
from pathlib import Path
from socketserver import BaseRequestHandler

import cv2
import numpy as np
import pytest
from films import FFMPEG, INTERLACED, make_film, needs_ffmpeg, unlike
from loopback import EndlessFilm, Loopback

from mien.errors import VideoError
from mien.video.io import devices
from mien.video.io.base import BaseSource
from mien.video.io.sources import open_source

pytestmark = needs_ffmpeg

_ENDLESS = {"matroska": ("-live", "1")}  # it says no length


def test_an_interlaced_broadcast(
    walk: list[np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = make_film(tmp_path / "film.ts", walk, *INTERLACED["h264.ts"], fps=50)
    with EndlessFilm(film.read_bytes()) as server:
        source = open_source(f"http://127.0.0.1:{server.port}/live")
        frames = list(islice(source.frames(), 10))
        assert source.live
        assert unlike(frames[0].pixels, walk[0]) < 4.6
        if devices._LOSES_FIELDS:
            monkeypatch.setenv("PATH", str(tmp_path))
            with pytest.raises(VideoError, match="is interlaced, which OpenCV cannot decode; inst"):
                next(open_source(f"http://127.0.0.1:{server.port}/live").frames())


@pytest.mark.skipif(not devices._LOSES_FIELDS, reason="this OpenCV shows interlaced pictures")
@pytest.mark.parametrize("form", ["dv", "matroska"])
def test_an_interlaced_broadcast_whose_headers_leave_a_doubt(
    form: str, walk: list[np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coded = (*INTERLACED["dv.avi"], "-f", form, *_ENDLESS.get(form, ()))
    film = make_film(tmp_path / "film", walk[:24], *coded, fps=50)
    with EndlessFilm(film.read_bytes(), 0.1) as server:
        source = open_source(f"http://127.0.0.1:{server.port}/live")
        first = next(source.frames())
        assert isinstance(source, BaseSource)
        assert source.remark.endswith(
            "/live may be interlaced, which OpenCV cannot decode; ffmpeg does"
        )
        shown = cv2.resize(first.pixels, (320, 240), interpolation=cv2.INTER_AREA)
        assert unlike(shown, walk[0]) < 6
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(VideoError, match=r"/live seems to be interlaced, .*; install ffmpeg"):
            next(open_source(f"http://127.0.0.1:{server.port}/live").frames())


def test_without_ffmpeg_a_broadcast_is_shown_from_its_first_frame_in_spite_of_a_doubt(
    walk: list[np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = make_film(
        tmp_path / "film.mkv", walk[:12], "-c:v", "ffv1", "-f", "matroska", "-live", "1"
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    with EndlessFilm(film.read_bytes()) as server:
        frames = list(islice(open_source(f"http://127.0.0.1:{server.port}/live").frames(), 12))
    for frame, written in zip(frames, walk, strict=False):
        assert unlike(frame.pixels, written) < 4


def test_an_interlaced_broadcast_at_its_own_pace(
    walk: list[np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ffmpeg would look at five seconds of it, and pictures take as long to come."""
    tone = ("-f", "lavfi", "-i", "sine=d=10")
    film = make_film(tmp_path / "film.ts", walk * 10, *tone, *INTERLACED["mpeg2.mpg"], fps=50)
    with EndlessFilm(film.read_bytes(), 10) as server:
        address = f"http://127.0.0.1:{server.port}/live"
        frames = open_source(address).frames()
        assert next(frames).pixels.shape == (240, 320, 3)
        frames.close()
        if devices._LOSES_FIELDS:
            monkeypatch.setattr(devices, "FIRST_PICTURE", 0.1)
            with pytest.raises(VideoError) as caught:
                next(open_source(address).frames())
            assert str(caught.value) == (
                f"{address} cannot be opened: ffmpeg gave no picture within 0.1 seconds"
            )


@pytest.mark.skipif(not devices._LOSES_FIELDS, reason="this OpenCV shows interlaced pictures")
def test_a_server_that_speaks_to_one_connection_alone(
    walk: list[np.ndarray], tmp_path: Path
) -> None:
    film = make_film(tmp_path / "film.ts", walk, *INTERLACED["h264.ts"], fps=50).read_bytes()

    class Once(BaseRequestHandler):
        def handle(self) -> None:
            while self.request is server.connections[0]:
                self.request.sendall(film)

    with Loopback(Once) as server:
        address = f"tcp://127.0.0.1:{server.port}"
        with pytest.raises(VideoError, match=f"^{address} cannot be opened: ffmpeg says: Inval"):
            next(open_source(address).frames())


def test_a_broadcast_over_srt(
    walk: list[np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenCV's packages for Python lack it, and ffmpeg may."""
    film = make_film(tmp_path / "film.ts", walk, "-c:v", "mpeg2video")
    with Loopback(BaseRequestHandler) as free:
        address = f"srt://127.0.0.1:{free.port}"
    repeat = ("-stream_loop", "-1", "-i", str(film), "-c", "copy", "-f", "mpegts")
    command = [FFMPEG, "-v", "error", "-re", *repeat, f"{address}?mode=listener"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as server:
        try:
            time.sleep(1)
            if server.poll() is not None:
                pytest.skip("this ffmpeg lacks SRT")
            assert next(open_source(address).frames()).pixels.shape == (240, 320, 3)
        finally:
            server.kill()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VideoError, match=f"^{address} is not a video .*, install ffmpeg"):
        next(open_source(address).frames())
