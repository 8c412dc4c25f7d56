"""Streams from real servers, which go away and come back."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice, pairwise
from typing import TypeAlias

import numpy as np
import pytest
from loopback import HttpCamera, Loopback
from rtsp import RtspCamera

from mien.errors import VideoError
from mien.video import watch
from mien.video.io import sources
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
        place = f"{scheme}://me:secret@127.0.0.1:{server.port}/live"
        frames = open_source(place, reconnect_for=0.5).frames()
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
    monkeypatch.setattr(sources, "_TIMEOUT_MS", 500)
    with HttpCamera(walk) as server:
        place = f"http://127.0.0.1:{server.port}/live"
        frames = open_source(place, reconnect_for=0.1).frames()
        next(frames)
        server.speaking.clear()
        began = time.monotonic()
        with pytest.raises(VideoError, match="was lost and did not come back"):
            list(frames)
        assert 0.5 < time.monotonic() - began < 4


def test_name_and_password_are_used_but_not_told(walk: list[np.ndarray]) -> None:
    with HttpCamera(walk, user="me:secret") as server:
        place = f"127.0.0.1:{server.port}/live"
        source = open_source(f"http://me:secret@{place}")
        assert next(source.frames()).index == 0
        assert source.name == f"http://{place}"
        with pytest.raises(VideoError, match=f"^http://{place} cannot be opened") as caught:
            next(open_source(f"http://me:wrong@{place}").frames())
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
