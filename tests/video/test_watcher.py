"""The loop over a source."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from devices import Socket
from moving import FPS, walk_over

import mien
from mien.analyzer import Analyzer
from mien.errors import OptionError
from mien.video import Watcher, watch
from mien.video.io.frames import Frame


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(threads=1)


def test_watch_gives_frame_time_and_faces(
    tmp_path: Path, analyzer: Analyzer, astronaut: np.ndarray
) -> None:
    path = str(tmp_path / "walk.avi")
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"MJPG"), FPS, (320, 320))
    for frame in walk_over(astronaut, 12):
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    seen = list(watch(path, analyzer=analyzer))
    assert len(seen) == 12
    for index, (frame, when, faces) in enumerate(seen):
        assert frame.shape == (320, 320, 3)
        assert when == pytest.approx(index / FPS, abs=1e-3)
        assert [face.person_id for face in faces] == [1]


class Silent:
    """A live source that gives one frame and then none until it is closed."""

    name = "silent"
    live = True
    fps: float | None = None

    def __init__(self) -> None:
        self._closed = threading.Event()

    def frames(self) -> Iterator[Frame]:
        yield Frame(np.zeros((120, 160, 3), np.uint8), 0, 0.0, time.monotonic())
        self._closed.wait(20)

    def close(self) -> None:
        self._closed.set()


def test_the_loop_can_be_stopped_while_no_frame_comes(analyzer: Analyzer) -> None:
    waited: list[float] = []

    def idle(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            watcher.stop()

    watcher = Watcher(Silent(), analyzer=analyzer, idle=idle)
    started = time.monotonic()
    with watcher:
        assert len(list(watcher)) == 1
    assert waited == sorted(waited)
    assert time.monotonic() - started < 10


@pytest.mark.data
@pytest.mark.parametrize(
    ("clip", "people"),
    [("head-pose-face-detection-female-and-male", 2), ("classroom", 4)],
)
def test_people_of_real_clips_have_different_numbers(
    shared_data: Path, analyzer: Analyzer, clip: str, people: int
) -> None:
    numbers = {
        face.person_id
        for _, _, faces in watch(shared_data / "video" / f"{clip}.mp4", analyzer=analyzer)
        for face in faces
    }
    assert numbers == set(range(1, people + 1))


def test_the_size_is_requested_from_a_camera(
    analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = Socket(1000)
    monkeypatch.setattr(cv2, "VideoCapture", lambda camera: socket.open())
    with Watcher(0, analyzer=analyzer, size=(1280, 720)) as watcher:
        next(iter(watcher))
    (device,) = socket.devices
    assert device.asked[cv2.CAP_PROP_FRAME_WIDTH] == 1280
    assert device.asked[cv2.CAP_PROP_FRAME_HEIGHT] == 720


def test_a_negative_rate_is_refused(analyzer: Analyzer, avi: Path) -> None:
    with pytest.raises(OptionError, match="fps must be more than 0; it is -1"):
        Watcher(avi, analyzer=analyzer, fps=-1)


def test_watch_and_watcher_are_public() -> None:
    assert mien.watch is mien.video.watch is watch
    assert mien.Watcher is Watcher
