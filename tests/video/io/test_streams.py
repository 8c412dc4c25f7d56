"""Streams from real servers, which go away and come back."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from http.server import SimpleHTTPRequestHandler
from itertools import islice, pairwise
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import pytest
from films import change, make_film, needs_ffmpeg, unlike
from loopback import FileServer, HttpCamera, Loopback
from rtsp import RtspCamera

from mien.errors import VideoError
from mien.video import watch
from mien.video.io import devices
from mien.video.io.sources import open_source

Camera: TypeAlias = Callable[..., Loopback]
CAMERAS = pytest.mark.parametrize(
    ("scheme", "camera"), [("http", HttpCamera), ("rtsp", RtspCamera)], ids=["http", "rtsp"]
)


def _nearest(frame: np.ndarray, pictures: list[np.ndarray]) -> int:
    differences = [np.abs(frame.astype(int) - picture).mean() for picture in pictures]
    assert min(differences) < 8
    return int(np.argmin(differences))


@CAMERAS
def test_pictures_of_a_stream_come_in_order(
    scheme: str, camera: Camera, walk: list[np.ndarray]
) -> None:
    with camera(walk) as server:
        source = open_source(f"{scheme}://127.0.0.1:{server.port}/live")
        frames = list(islice(source.frames(), 12))
    assert source.live
    shown = [_nearest(frame.pixels, walk) for frame in frames]
    assert shown == list(range(shown[0], shown[0] + 12))
    assert [frame.index for frame in frames] == list(range(12))
    assert all(before.time < after.time for before, after in pairwise(frames))


@CAMERAS
def test_an_address_in_capitals(scheme: str, camera: Camera, walk: list[np.ndarray]) -> None:
    with camera(walk) as server:
        source = open_source(f"{scheme.upper()}://127.0.0.1:{server.port}/live")
        assert next(source.frames()).pixels.shape == (240, 320, 3)


@CAMERAS
def test_a_server_that_goes_away_and_comes_back(
    scheme: str, camera: Camera, walk: list[np.ndarray]
) -> None:
    with camera(walk) as server:
        frames = open_source(f"{scheme}://127.0.0.1:{server.port}/live").frames()
        before = list(islice(frames, 3))
        server.vanish()
        with camera(walk, server.port):
            # What had arrived before is still to come; then the new server's pictures.
            after = list(islice(frames, 60))
    indices = [frame.index for frame in (*before, *after)]
    assert indices == list(range(63))
    gaps = [b.time - a.time for a, b in pairwise([*before, *after])]
    assert min(gaps) > 0
    assert max(gaps) > 0.25  # the pause before it was opened again


@CAMERAS
def test_a_server_that_goes_away_for_good(
    scheme: str, camera: Camera, walk: list[np.ndarray]
) -> None:
    with camera(walk) as server:
        address = f"{scheme}://me:secret@127.0.0.1:{server.port}/live"
        frames = open_source(address, reconnect_for=0.5).frames()
        next(frames)
        server.vanish()
        with pytest.raises(VideoError) as caught:
            list(frames)
    assert str(caught.value) == (
        f"{scheme}://127.0.0.1:{server.port}/live was lost and did not come back within 0.5 seconds"
    )


@CAMERAS
def test_a_server_that_was_never_there(scheme: str, camera: Camera) -> None:
    with camera([]) as server:
        pass
    name = f"{scheme}://127.0.0.1:{server.port}/live"
    with pytest.raises(VideoError, match=f"^{name} cannot be opened"):
        next(open_source(name).frames())


def test_a_server_that_falls_silent_is_given_up_and_sought_again(
    walk: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "TIMEOUT", 0.5)
    with HttpCamera(walk) as server:
        address = f"http://127.0.0.1:{server.port}/live"
        frames = open_source(address, reconnect_for=0.1).frames()
        next(frames)
        server.speaking.clear()
        began = time.monotonic()
        with pytest.raises(VideoError, match="was lost and did not come back"):
            list(frames)
        assert 0.5 < time.monotonic() - began < 4


def test_name_and_password_are_used_but_not_told(walk: list[np.ndarray]) -> None:
    with HttpCamera(walk, user="me:secret") as server:
        address = f"127.0.0.1:{server.port}/live"
        source = open_source(f"http://me:secret@{address}")
        assert next(source.frames()).index == 0
        assert source.name == f"http://{address}"
        with pytest.raises(VideoError, match=f"^http://{address} cannot be opened") as caught:
            next(open_source(f"http://me:wrong@{address}").frames())
        assert "wrong" not in str(caught.value)


def test_people_of_a_stream_are_watched_before_and_after_a_loss(walk: list[np.ndarray]) -> None:
    with RtspCamera(walk[:1]) as server:
        watched = watch(f"rtsp://127.0.0.1:{server.port}/live")
        before = next(watched)
        server.vanish()
        with RtspCamera(walk[:1], server.port):
            after = next(seen for seen in watched if seen.time - before.time > 1)
            watched.close()
    for seen in (before, after):
        assert seen.frame.shape == (240, 320, 3)
        assert len(seen.faces) == 1


@pytest.mark.parametrize("name", ["walk.avi", "walk.mjpg"])
def test_a_finished_film_is_read_once_and_whole(
    name: str, avi: Path, walk: list[np.ndarray], tmp_path: Path
) -> None:
    if name.endswith("avi"):
        shutil.copy(avi, tmp_path / name)
    else:  # which does not say how long it lasts
        pictures = [cv2.imencode(".jpg", frame[..., ::-1])[1].tobytes() for frame in walk]
        (tmp_path / name).write_bytes(b"".join(pictures))
    with FileServer(tmp_path) as server:
        source = open_source(f"http://127.0.0.1:{server.port}/{name}")
        assert source.live
        frames = list(source.frames())
    assert not source.live
    assert [frame.index for frame in frames] == list(range(50))
    assert [frame.time for frame in frames] == pytest.approx([i / 25 for i in range(50)])
    for frame, written in zip(frames, walk, strict=True):
        assert unlike(frame.pixels, written) < 8


_MPEG2 = ("-c:v", "mpeg2video", "-q:v", "2", "-g", "5")
_LIST = (*_MPEG2, "-hls_time", "1", "-hls_list_size", "0")


@needs_ffmpeg
@pytest.mark.parametrize("name", ["walk.ts", "list.m3u8", "several.m3u8", "walk.mp4"])
def test_finished_films_of_several_kinds(
    name: str, walk: list[np.ndarray], mp4: Path, tmp_path: Path
) -> None:
    if name.endswith("m3u8"):
        make_film(tmp_path / "list.m3u8", walk, *_LIST)
        best = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=100000\nlist.m3u8\n"
        (tmp_path / "several.m3u8").write_text(best)
    elif name.endswith("ts"):
        make_film(tmp_path / name, walk, *_MPEG2)
    else:
        change(mp4, tmp_path / name, "-movflags", "+faststart")
    with FileServer(tmp_path) as server:
        source = open_source(f"http://127.0.0.1:{server.port}/{name}")
        assert len(list(source.frames())) == 50
    assert not source.live


def test_a_film_with_its_index_last_needs_a_server_that_sends_parts(
    mp4: Path, tmp_path: Path
) -> None:
    shutil.copy(mp4, tmp_path / "film.mp4")
    with FileServer(tmp_path) as server:
        address = f"http://127.0.0.1:{server.port}/film.mp4"
        with pytest.raises(VideoError, match=f"^.*{address}.*; .*download it and give the file$"):
            list(open_source(address).frames())


def test_a_film_that_breaks_off_is_not_taken_for_whole(avi: Path) -> None:
    class Half(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            content = avi.read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with Loopback(Half) as server:
        address = f"http://127.0.0.1:{server.port}/film.avi"
        with pytest.raises(VideoError, match=rf"^{address} was lost after [01]\.\d seconds$"):
            list(open_source(address).frames())


@needs_ffmpeg
def test_a_list_that_goes_on_is_live_until_it_ends(walk: list[np.ndarray], tmp_path: Path) -> None:
    make_film(tmp_path / "ended.m3u8", walk, *_LIST)
    ended = (tmp_path / "ended.m3u8").read_text()
    playlist = tmp_path / "live.m3u8"
    playlist.write_text(ended.replace("#EXT-X-ENDLIST", ""))
    with FileServer(tmp_path) as server:
        source = open_source(f"http://127.0.0.1:{server.port}/live.m3u8")
        frames = source.frames()
        next(frames)
        assert source.live
        playlist.write_text(ended)
        list(frames)  # it does not begin again
