"""Capture in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from devices import Socket, until

from mien.errors import VideoError
from mien.video.io.capture import Capture
from mien.video.io.frames import Frame
from mien.video.io.live import LiveSource
from mien.video.io.sources import open_source


class Counting:
    """Gives so many frames at once, and knows how many were taken."""

    name = "counting"
    fps: float | None = None

    def __init__(self, count: int, *, live: bool, error: Exception | None = None) -> None:
        self.live = live
        self.given = 0
        self._count = count
        self._error = error
        self._closed = threading.Event()

    def frames(self) -> Iterator[Frame]:
        pixels = np.zeros((4, 4, 3), np.uint8)
        while self.given < self._count and not self._closed.is_set():
            self.given += 1
            yield Frame(pixels, self.given - 1, (self.given - 1) / 25, time.monotonic())
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        self._closed.set()


class Stepwise(Counting):
    """A camera that gives a frame when it is told to."""

    def __init__(self) -> None:
        super().__init__(10**9, live=True)
        self._steps = threading.Semaphore(0)

    def frames(self) -> Iterator[Frame]:
        for frame in super().frames():
            self._steps.acquire()
            yield frame

    def show(self, count: int) -> None:
        """Gives so many frames and returns once they were captured, when the next is wanted."""
        expected = self.given + count
        for _ in range(count):
            self._steps.release()
        until(lambda: self.given == expected)

    def close(self) -> None:
        super().close()
        self._steps.release()


def test_a_slow_reader_gets_the_newest_frame_of_a_camera_and_not_older_ones() -> None:
    source = Stepwise()
    capture = Capture(source)
    frames = iter(capture)
    until(lambda: source.given == 1)
    newest = -1
    for count in (1, 5, 30):
        source.show(count)
        newest += count
        assert next(frames).index == newest
    assert capture.dropped == 4 + 29
    capture.close()


def test_every_frame_of_a_camera_is_taken_or_counted_as_dropped() -> None:
    source = Counting(1000, live=True)
    capture = Capture(source)
    until(lambda: source.given == 1000)
    taken = list(capture)
    assert taken[-1].index == 999
    assert len(taken) + capture.dropped == 1000


def test_all_frames_of_a_recording_come_in_order_however_slow_it_is_taken() -> None:
    capture = Capture(Counting(40, live=False))
    indices = []
    for frame in capture:
        indices.append(frame.index)
        time.sleep(0.002)
    assert indices == list(range(40))
    assert capture.dropped == 0


def test_of_a_recording_only_a_few_frames_wait() -> None:
    source = Counting(1000, live=False)
    capture = Capture(source)
    next(iter(capture))
    until(lambda: source.given >= 5)
    time.sleep(0.05)
    assert source.given <= 6
    capture.close()


@pytest.mark.parametrize("error", [VideoError("it broke"), RuntimeError("a mistake of ours")])
def test_an_error_of_the_source_comes_after_its_frames(error: Exception) -> None:
    capture = Capture(Counting(3, live=False, error=error))
    indices = []
    with pytest.raises(type(error), match=str(error)):
        indices.extend(frame.index for frame in capture)
    assert indices == [0, 1, 2]


@pytest.mark.parametrize("live", [True, False])
def test_closing_ends_the_thread_and_the_iteration_at_once(live: bool) -> None:
    threads = set(threading.enumerate())
    capture = Capture(Counting(10**9, live=live))
    frames = iter(capture)
    next(frames)
    capture.close()
    assert list(frames) == []
    assert set(threading.enumerate()) <= threads


def test_a_reader_that_waits_for_a_frame_is_woken_by_the_end() -> None:
    socket = Socket(1)
    capture = Capture(LiveSource("camera 0", socket.open))
    until(lambda: len(socket.opened) == 2)
    ended = threading.Event()

    def take() -> None:
        for _ in capture:
            pass
        ended.set()

    threading.Thread(target=take).start()
    capture.stop()
    assert ended.wait(2)
    capture.close()


def test_a_video_file(avi: Path) -> None:
    assert [frame.index for frame in Capture(open_source(avi))] == list(range(50))
