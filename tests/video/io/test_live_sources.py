"""Cameras, and what becomes of them when they fail."""

from __future__ import annotations

import threading
import time
from itertools import islice, pairwise

import pytest
from devices import Socket, until

from mien.errors import VideoError
from mien.video.io import live
from mien.video.io.capture import Capture
from mien.video.io.live import LiveSource


def test_a_camera_gives_frames_in_rgb_with_the_time_at_which_they_came() -> None:
    socket = Socket(4)
    source = LiveSource("camera 0", socket.open)
    began = time.monotonic()
    frames = list(islice(source.frames(), 4))
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert frames[0].time == 0
    for before, after in pairwise(frames):
        assert after.time - before.time == pytest.approx(after.captured - before.captured)
        assert after.time - before.time >= 0.01
    assert began < frames[0].captured < time.monotonic()
    assert frames[0].pixels[0, 0].tolist() == [0, 0, 255]


def test_a_camera_that_is_busy_or_not_there() -> None:
    socket = Socket()
    with pytest.raises(VideoError, match=r"^camera 3 cannot be opened: it is not there, or"):
        next(LiveSource("camera 3", socket.open).frames())
    assert len(socket.opened) == 1
    assert socket.devices[0].released


def test_a_camera_that_is_unplugged_and_comes_back() -> None:
    socket = Socket(3, None, 0, 3)
    source = LiveSource("camera 0", socket.open).frames()
    frames = list(islice(source, 6))
    assert [frame.index for frame in frames] == list(range(6))
    gaps = [after.time - before.time for before, after in pairwise(frames)]
    assert min(gaps) > 0
    assert 1.7 < gaps[2] < 3
    for pause, least in zip(socket.pauses, (0.25, 0.5, 1.0), strict=True):
        assert pause > 0.95 * least
    assert [device.released for device in socket.devices] == [True, True, True, False]


def test_a_camera_that_is_unplugged_for_good() -> None:
    socket = Socket(2)
    source = LiveSource("camera 0", socket.open, reconnect_for=0.6)
    frames = source.frames()
    assert len(list(islice(frames, 2))) == 2
    began = time.monotonic()
    with pytest.raises(
        VideoError, match=r"^camera 0 was lost and did not come back within 0\.6 seconds$"
    ):
        next(frames)
    assert 0.6 <= time.monotonic() - began < 2
    assert len(socket.opened) == 3
    assert all(device.released for device in socket.devices)


def test_a_camera_that_is_closed_while_it_is_sought(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_FIRST_PAUSE", 20.0)  # longer than closing may wait
    threads = set(threading.enumerate())
    socket = Socket(2)
    capture = Capture(LiveSource("camera 0", socket.open))
    until(lambda: bool(socket.devices) and socket.devices[0].released)
    capture.close()
    assert set(threading.enumerate()) <= threads  # so that no attempt can follow
    assert list(capture) == []
    assert len(socket.opened) == 1


def test_a_broadcast_that_is_over_ends() -> None:
    socket = Socket(2)
    opener = iter([socket.open, lambda: None])
    frames = list(LiveSource("stream", lambda: next(opener)()).frames())
    assert len(frames) == 2
    assert all(device.released for device in socket.devices)
