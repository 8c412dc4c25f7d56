"""Files."""

from __future__ import annotations

import time
import wave
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from films import change, make_film, needs_ffmpeg
from matroska import write_matroska

from mien.errors import VideoError
from mien.video.io.recorded import FileSource
from mien.video.io.sources import open_source


def _times(path: Path) -> list[float]:
    return [frame.time for frame in open_source(path).frames()]


@pytest.mark.parametrize("suffix", ["avi", "mp4"])
def test_a_file_gives_all_frames_with_its_own_times(
    suffix: str, request: pytest.FixtureRequest, walk: list[np.ndarray]
) -> None:
    source = open_source(request.getfixturevalue(suffix))
    assert not source.live
    assert source.fps == 25
    frames = list(source.frames())
    assert [frame.index for frame in frames] == list(range(50))
    assert [frame.time for frame in frames] == pytest.approx([i / 25 for i in range(50)])
    for frame, written in zip(frames, walk, strict=True):
        assert np.abs(frame.pixels.astype(int) - written).mean() < 6


def test_played_in_real_time_a_file_takes_as_long_as_it_lasts(avi: Path) -> None:
    source = open_source(avi, real_time=True)
    assert source.live
    began = time.monotonic()
    for frame in islice(source.frames(), 20):
        assert frame.captured - began == pytest.approx(frame.time, abs=0.15)
    assert time.monotonic() - began >= 19 / 25


def test_a_truncated_file_ends_in_good_order_at_the_damage(avi: Path, tmp_path: Path) -> None:
    part = tmp_path / "part.avi"
    part.write_bytes(avi.read_bytes()[: avi.stat().st_size // 2])
    times = _times(part)
    assert 15 < len(times) < 35
    assert times == pytest.approx([i / 25 for i in range(len(times))])


def test_a_truncated_file_that_cannot_be_understood(mp4: Path, tmp_path: Path) -> None:
    part = tmp_path / "part.mp4"
    part.write_bytes(mp4.read_bytes()[: mp4.stat().st_size // 2])
    with pytest.raises(VideoError, match=r"part\.mp4' is not a video that can be read"):
        open_source(part)


def test_damage_in_the_middle_loses_frames_but_neither_the_rest_nor_the_time(
    avi: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.avi"
    content = bytearray(avi.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2000] = bytes(2000)
    damaged.write_bytes(content)
    times = _times(damaged)
    assert 45 <= len(times) <= 50
    assert times[-1] == pytest.approx(49 / 25, abs=0.1)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("nothing.mp4", b"", "is empty"),
        ("text.mp4", b"not a video\n" * 100, "is not a video that can be read"),
        ("text.txt", b"not a video\n" * 100, "is not a video that can be read"),
    ],
)
def test_a_file_that_is_not_a_video(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(VideoError, match=message):
        open_source(path)


def test_a_file_with_sound_alone(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(16_000))
    with pytest.raises(VideoError, match="or has no picture in it"):
        open_source(path)


def test_a_place_where_nothing_is() -> None:
    with pytest.raises(VideoError, match=r"there is no video, folder or camera 'none\.mp4'"):
        open_source("none.mp4")


def test_a_file_whose_name_looks_like_an_address(
    avi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("concat:a.avi").write_bytes(avi.read_bytes())
    assert len(_times(Path("concat:a.avi"))) == 50


@pytest.mark.parametrize(
    ("milliseconds", "seconds"),
    [
        # A variable frame rate; a start elsewhere than at 0.
        ([0, 20, 100, 110, 400, 900], [0, 0.02, 0.1, 0.11, 0.4, 0.9]),
        ([5000, 5040, 5080, 5120], [0, 0.04, 0.08, 0.12]),
        # A jump ahead, a fall and a frame without a time of its own: the usual step is taken.
        ([0, 40, 60_000, 60_040, 60_080, 60_120], [0, 0.04, 0.08, 0.12, 0.16, 0.2]),
        ([0, 40, 80, 120, 120, 160], [0, 0.04, 0.08, 0.12, 0.16, 0.2]),
    ],
)
def test_times_of_a_file(
    tmp_path: Path, walk: list[np.ndarray], milliseconds: list[int], seconds: list[float]
) -> None:
    path = tmp_path / "odd.mkv"
    write_matroska(path, list(zip(walk, milliseconds, strict=False)))
    assert _times(path) == pytest.approx(seconds, abs=1e-3)


def test_after_a_jump_the_steps_of_the_file_count_again(
    tmp_path: Path, walk: list[np.ndarray]
) -> None:
    path = tmp_path / "jump.mkv"
    write_matroska(path, list(zip(walk, [0, 40, 60_000, 60_100, 60_250, 60_260], strict=False)))
    steps = np.diff(_times(path))
    assert 0 < steps[1] < 0.2
    assert steps[2:].tolist() == pytest.approx([0.1, 0.15, 0.01])


def test_time_never_falls(tmp_path: Path, walk: list[np.ndarray]) -> None:
    path = tmp_path / "fall.mkv"
    stamps = [4000, 4040, 4080, 1000, 1040, 1080, 900_000, 20, 60, 100]
    write_matroska(path, list(zip(walk, stamps, strict=False)))
    steps = np.diff(_times(path))
    assert len(steps) == 9
    assert steps.min() > 0
    assert steps.max() < 0.1


def test_a_file_that_is_closed_ends(avi: Path) -> None:
    source = FileSource(avi)
    frames = source.frames()
    next(frames)
    source.close()
    assert list(frames) == []


@needs_ffmpeg
def test_frames_that_are_minutes_apart_in_a_film_that_says_another_rate(
    walk: list[np.ndarray], tmp_path: Path
) -> None:
    quick = make_film(tmp_path / "quick.ts", walk[:5], "-c:v", "mpeg2video", "-g", "1")
    film = change(quick, tmp_path / "slow.ts", "-bsf:v", "setts=ts=60*N/TB")
    assert _times(film) == pytest.approx([0, 60, 120, 180, 240])
