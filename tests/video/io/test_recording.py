"""Files that are written, read again by OpenCV."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest
from devices import until

from mien.errors import VideoError
from mien.video.io.recording import VideoFile, fitted


def _read(path: Path) -> list[np.ndarray]:
    capture = cv2.VideoCapture(os.fsencode(path.absolute()))
    assert capture.isOpened()
    frames = []
    while True:
        there, pixels = capture.read()
        if not there:
            return frames
        frames.append(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))


def _grey(value: int, width: int = 64, height: int = 48) -> np.ndarray:
    return np.full((height, width, 3), value, np.uint8)


def _write(path: Path, shown: list[tuple[float, int]], fps: float = 25) -> list[int]:
    """Writes frames of one grey each at times, and returns the greys that are read again."""
    with VideoFile(path, fps) as video:
        for time, value in shown:
            video.write(_grey(value), time)
    return [round(frame.mean()) for frame in _read(path)]


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".mp4", "VP90"), (".webm", "VP90"), (".avi", "MJPG"), (".MP4", "VP90")]
)
def test_a_video_has_the_codec_of_its_suffix_and_all_frames(
    tmp_path: Path, walk: list[np.ndarray], suffix: str, codec: str
) -> None:
    path = tmp_path / f"out{suffix}"
    with VideoFile(path, 25) as video:
        for index, frame in enumerate(walk[:15]):
            video.write(frame, index / 25)
    capture = cv2.VideoCapture(str(path))
    assert int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little").decode() == codec
    assert capture.get(cv2.CAP_PROP_FPS) == 25
    frames = _read(path)
    assert len(frames) == 15
    for frame, written in zip(frames, walk, strict=False):
        assert np.abs(frame.astype(int) - written).mean() < 8


def test_a_frame_is_shown_until_the_next_is_due(tmp_path: Path) -> None:
    greys = _write(tmp_path / "out.avi", [(0, 40), (0.04, 80), (0.2, 120), (0.24, 200)])
    assert greys == pytest.approx([40, 80, 80, 80, 80, 120, 200], abs=4)


def test_of_frames_that_come_too_fast_some_are_left_out(tmp_path: Path) -> None:
    greys = _write(tmp_path / "out.avi", [(i / 100, i) for i in range(100)])
    assert len(greys) == pytest.approx(25, abs=1)
    assert greys == pytest.approx(range(0, 4 * len(greys), 4), abs=6)


def test_irregular_times_keep_the_duration(tmp_path: Path) -> None:
    times = np.cumsum(np.random.default_rng(0).exponential(0.05, 80))
    greys = _write(tmp_path / "out.avi", [(time, i) for i, time in enumerate(times - times[0])])
    assert len(greys) / 25 == pytest.approx(times[-1] - times[0], abs=0.05)


def test_odd_sizes_lose_a_pixel_at_most(tmp_path: Path, walk: list[np.ndarray]) -> None:
    odd = walk[0][:235, :317]
    with VideoFile(tmp_path / "odd.mp4", 25) as video:
        for index in range(3):
            video.write(odd, index / 25)
    frames = _read(tmp_path / "odd.mp4")
    assert [frame.shape for frame in frames] == [(234, 316, 3)] * 3
    assert np.abs(frames[0].astype(int) - odd[:234, :316]).mean() < 8


def test_frames_of_another_size_are_fitted_into_the_first(tmp_path: Path) -> None:
    path = tmp_path / "out.avi"
    with VideoFile(path, 25) as video:
        video.write(_grey(100), 0)
        video.write(_grey(200, 48, 96), 0.04)
        video.write(_grey(50, 640, 480), 0.08)
    first, tall, large = _read(path)
    assert first.shape == tall.shape == large.shape == (48, 64, 3)
    assert tall[24, 32].mean() == pytest.approx(200, abs=5)
    assert tall[24, 5].mean() < 10
    assert large.mean() == pytest.approx(50, abs=5)


def test_fitting_keeps_proportions_and_leaves_the_right_size_alone() -> None:
    picture = _grey(255, 40, 20)
    assert fitted(picture, (40, 20)) is picture
    small = fitted(picture, (20, 20))
    assert np.flatnonzero(small[:, 10, 0]).tolist() == list(range(5, 15))


def test_without_a_frame_there_is_no_file(tmp_path: Path) -> None:
    with VideoFile(tmp_path / "out.mp4", 25):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_video_is_whole_whatever_ends_it(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with suppress(KeyboardInterrupt), VideoFile(path, 25) as video:
        for index in range(10):
            video.write(_grey(20 * index), index / 25)
        raise KeyboardInterrupt
    assert len(_read(path)) == 10
    until(lambda: "mien video" not in [thread.name for thread in threading.enumerate()])


def test_a_name_that_looks_like_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(_write(Path("12:30.mp4"), [(0, 10), (0.04, 20)])) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="names are always text there")
@pytest.mark.parametrize("name", [b"caf\xe9.mp4", b"\xa4\xce.avi"])
def test_a_name_that_is_not_utf_8(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    try:
        path.touch()
    except OSError:
        pytest.skip("this disk takes only names in UTF-8")
    assert len(_write(path, [(0, 10), (0.04, 20)])) == 2


def test_a_suffix_that_is_not_known(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"written as \.mp4, \.webm, \.avi, not 'out\.mov'"):
        VideoFile(tmp_path / "out.mov", 25)


def test_a_video_that_cannot_be_written(tmp_path: Path) -> None:
    video = VideoFile(tmp_path / "none" / "out.mp4", 25)
    with pytest.raises(VideoError, match=r"out\.mp4' cannot be written"):
        video.write(_grey(0), 0)
