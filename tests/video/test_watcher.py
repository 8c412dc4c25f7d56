"""The loop itself, on the astronaut's picture and the small clips."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

import mien
from mien.analyzer import Analyzer
from mien.results import TrackedFace
from mien.video import watch
from mien.video.io.frames import Frame
from mien.video.people_finder import FaceWatcher
from mien.video.watcher import Watcher

_FPS = 25.0


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer()


def _walk(picture: np.ndarray, count: int, size: int = 320) -> Iterator[np.ndarray]:
    """Moves a window over the astronaut, and makes it lighter and darker."""
    for index in range(count):
        left, top = 20 + index, 4 + index // 4
        light = 1 + 0.2 * np.sin(index / 5)
        frame = picture[top : top + size, left : left + size] * light
        yield frame.clip(0, 255).astype(np.uint8)


def _process(watcher: FaceWatcher, frames: Iterator[np.ndarray]) -> list[list[TrackedFace]]:
    return [watcher.process(frame, index / _FPS) for index, frame in enumerate(frames)]


def test_one_person_keeps_a_number_and_steady_labels(
    analyzer: Analyzer, astronaut: np.ndarray
) -> None:
    shown = _process(FaceWatcher(analyzer), _walk(astronaut, 60))
    assert [[face.track_id for face in faces] for faces in shown] == [[1]] * 60
    alone = [analyzer.analyze(frame)[0] for frame in list(_walk(astronaut, 60))[::6]]
    years = [faces[0].age.years for faces in shown if faces[0].age]
    assert np.std(years) < np.std([face.age.years for face in alone]) / 2
    assert np.median(years) == pytest.approx(np.median([f.age.years for f in alone]), abs=2)


def test_the_first_frame_has_a_label(analyzer: Analyzer, astronaut: np.ndarray) -> None:
    (face,) = FaceWatcher(analyzer).process(astronaut, 0.0)
    (alone,) = analyzer.analyze(astronaut)
    assert face.age is not None
    assert face.gender is not None
    assert face.age.years == pytest.approx(alone.age.years, abs=2)
    assert face.gender.female == pytest.approx(alone.gender.female, abs=0.1)


def test_an_empty_picture_has_nobody(analyzer: Analyzer) -> None:
    watcher = FaceWatcher(analyzer)
    assert watcher.process(np.zeros((240, 320, 3), np.uint8), 0.0) == []


def test_someone_who_leaves_is_not_shown_any_more(
    analyzer: Analyzer, astronaut: np.ndarray
) -> None:
    watcher = FaceWatcher(analyzer)
    _process(watcher, _walk(astronaut, 10))
    empty = np.full((320, 320, 3), 120, np.uint8)
    shown = [watcher.process(empty, (10 + i) / _FPS) for i in range(20)]
    assert shown[-1] == []


def test_a_change_of_resolution_keeps_the_person(analyzer: Analyzer, astronaut: np.ndarray) -> None:
    watcher = FaceWatcher(analyzer)
    _process(watcher, _walk(astronaut, 10))
    large = cv2.resize(astronaut[6:326, 30:350], (640, 640), interpolation=cv2.INTER_LINEAR)
    (face,) = watcher.process(np.asarray(large, np.uint8), 10 / _FPS)
    assert face.track_id == 1
    assert face.box.width > 120


def test_many_faces_are_judged_a_few_at_a_time(
    analyzer: Analyzer, astronaut: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = np.tile(astronaut[0:224, 110:334], (3, 4, 1))
    watcher = FaceWatcher(analyzer)
    judged = []
    predict = analyzer.model.predict
    monkeypatch.setattr(
        analyzer.model, "predict", lambda chips: judged.append(len(chips)) or predict(chips)
    )
    for index in range(25):  # they look alike: each waits until it is known who is who
        faces = watcher.process(crowd, index / _FPS)
    assert max(judged) == watcher.effort.judged
    assert [face.age is not None for face in faces] == [True] * 12


def test_watch_gives_frame_time_and_faces(
    tmp_path: Path, analyzer: Analyzer, astronaut: np.ndarray
) -> None:
    path = str(tmp_path / "walk.avi")
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"MJPG"), _FPS, (320, 320))
    for frame in _walk(astronaut, 12):
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    seen = list(watch(path, analyzer=analyzer))
    assert len(seen) == 12
    for index, (frame, when, faces) in enumerate(seen):
        assert frame.shape == (320, 320, 3)
        assert when == pytest.approx(index / _FPS, abs=1e-3)
        assert [face.track_id for face in faces] == [1]


def test_the_boxes_are_those_of_the_frame(analyzer: Analyzer, astronaut: np.ndarray) -> None:
    watcher = FaceWatcher(analyzer)
    for index, frame in enumerate(_walk(astronaut, 40)):
        (face,) = watcher.process(frame, index / _FPS)
        (alone,) = analyzer.detector.detect(frame)
        assert abs(face.box.x + face.box.width / 2 - alone.box.x - alone.box.width / 2) < 8


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


def test_what_is_done_with_frames_counts_as_work(analyzer: Analyzer) -> None:
    watcher = FaceWatcher(analyzer, fps=10.0)
    empty = np.full((64, 64, 3), 90, np.uint8)
    for index in range(60):
        watcher.process(empty, index / 10)
        watcher.charge(60.0)  # a pause, for all it knows
    assert watcher.reduced
    for index in range(60, 200):
        watcher.process(empty, index / 10)
    assert not watcher.reduced


def test_a_machine_far_too_slow_still_shows_who_is_there(
    analyzer: Analyzer, astronaut: np.ndarray
) -> None:
    watcher = FaceWatcher(analyzer, fps=30.0)
    shown = []
    for index in range(100):
        watcher.charge(0.1)
        shown.append(watcher.process(astronaut, index / 2))
    assert watcher.effort.interval == 4
    assert {face.track_id for faces in shown for face in faces} == {1}
    assert all(shown)


def test_who_waits_for_a_silent_source_is_told_and_can_end_it(analyzer: Analyzer) -> None:
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
def test_people_of_real_clips_are_told_apart(
    shared_data: Path, analyzer: Analyzer, clip: str, people: int
) -> None:
    numbers = {
        face.track_id
        for _, _, faces in watch(shared_data / "video" / f"{clip}.mp4", analyzer=analyzer)
        for face in faces
    }
    assert numbers == set(range(1, people + 1))


def test_the_video_room_is_public() -> None:
    assert mien.video.watch is watch
