"""Where frames come from, and what becomes of it when that fails."""

from __future__ import annotations

import time
import wave
from itertools import islice, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from devices import Socket, until
from matroska import write_matroska
from PIL import Image

from mien.errors import OptionError, VideoError
from mien.video.io.capture import Capture
from mien.video.io.sources import FileSource, FolderSource, LiveSource, open_source


def _times(path: Path) -> list[float]:
    return [frame.time for frame in open_source(path).frames()]


# Cameras


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
    # The pauses were 0.25, 0.5 and 1 second.
    assert 1.7 < gaps[2] < 3
    assert all(after > 1.7 * before for before, after in pairwise(socket.pauses[1:]))
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


def test_a_camera_that_is_closed_while_it_is_sought() -> None:
    socket = Socket(2)
    capture = Capture(LiveSource("camera 0", socket.open))
    until(lambda: len(socket.opened) == 3)
    began = time.monotonic()
    capture.close()
    assert time.monotonic() - began < 0.4  # the next attempt would have been after half a second
    assert list(capture) == []
    assert len(socket.opened) == 3
    assert all(device.released for device in socket.devices)


def test_a_number_is_a_camera(tmp_path: Path) -> None:
    for place in (99, "99", "/dev/video99"):
        source = open_source(place)
        assert source.live
        assert source.name == f"camera {place}"
        with pytest.raises(VideoError, match=f"^camera {place} cannot be opened"):
            next(source.frames())


def test_a_camera_is_asked_for_a_size_each_time_it_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    socket = Socket(1, 2)
    opened: list[int | str] = []
    monkeypatch.setattr(cv2, "VideoCapture", lambda camera: opened.append(camera) or socket.open())
    for camera, size in ((0, (1280, 720)), ("/dev/video1", None)):
        frames = open_source(camera, size=size).frames()
        next(frames)
        frames.close()
    assert opened == [0, "/dev/video1"]
    first, second = socket.devices
    assert first.asked[cv2.CAP_PROP_FRAME_WIDTH] == 1280
    assert first.asked[cv2.CAP_PROP_FRAME_HEIGHT] == 720
    assert second.asked == {}
    socket = Socket(1, 1)
    assert len(list(islice(open_source(0, size=(640, 480)).frames(), 2))) == 2  # lost in between
    assert [d.asked[cv2.CAP_PROP_FRAME_WIDTH] for d in socket.devices] == [640, 640]


def test_a_size_of_nothing_is_refused() -> None:
    with pytest.raises(OptionError, match=r"^size must be at least 1 x 1 pixels; it is 0 x 720$"):
        open_source(0, size=(0, 720))


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("rtsp://me:secret@cam/live", "rtsp://cam/live"),
        ("rtsp://me:sec@ret@cam/live", "rtsp://cam/live"),
        ("http://cam/video?user=me&pwd=secret", "http://cam/video?user=...&pwd=..."),
        (
            "rtsp://cam/user=me&password=secret&channel=1",
            "rtsp://cam/user=...&password=...&channel=...",
        ),
        ("https://cam:8080/a.mjpg", "https://cam:8080/a.mjpg"),
        ("https://cam:8080/a@b.mjpg", "https://...@b.mjpg"),
        ("rtsp://me:12/secret@cam/live", "rtsp://...@cam/live"),
        ("rtsp://me:sec/ret@cam/live", "rtsp://cam/live"),
        ("RTSP://me:secret@cam/Live", "rtsp://cam/Live"),
    ],
)
def test_the_name_of_a_stream_has_no_secrets(address: str, name: str) -> None:
    assert open_source(address).name == name


def test_an_address_of_a_kind_that_is_not_known_is_told_without_its_secrets() -> None:
    with pytest.raises(VideoError) as caught:
        open_source("srt://me:secret@cam/live?passphrase=secret")
    assert str(caught.value) == (
        "there is no video, folder or camera 'srt://cam/live?passphrase=...'"
    )


# Files


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


# Folders


def test_a_folder_shows_its_pictures_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for number in (10, 2, 1, 33):
        Image.new("RGB", (32, 24), (number, 0, 0)).save(tmp_path / f"shot{number}.png")
    (tmp_path / "notes7.txt").write_text("no picture")
    (tmp_path / "album8.png").mkdir()
    frames = list(open_source(tmp_path).frames())
    assert [int(frame.pixels[0, 0, 0]) for frame in frames] == [1, 2, 10, 33]
    assert [frame.time for frame in frames] == pytest.approx([0, 0.04, 0.08, 0.12])
    assert [frame.index for frame in frames] == [0, 1, 2, 3]


def test_a_folder_of_pictures_of_several_sizes(tmp_path: Path) -> None:
    sizes = [(32, 24), (64, 48), (17, 40)]
    for number, size in enumerate(sizes):
        Image.new("RGB", size).save(tmp_path / f"{number}.png")
    shapes = [frame.pixels.shape for frame in FolderSource(tmp_path).frames()]
    assert shapes == [(height, width, 3) for width, height in sizes]


def test_a_folder_has_a_limit_on_pixels(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "1.png")
    assert len(list(open_source(tmp_path, max_pixels=1200).frames())) == 1
    with pytest.raises(VideoError, match=r"1\.png': the picture has 40 x 30 pixels; at most"):
        next(open_source(tmp_path, max_pixels=1199).frames())


def test_a_folder_without_pictures(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.raises(VideoError, match="there is no picture in the folder"):
        open_source(tmp_path)


def test_a_damaged_picture_in_a_folder_is_named(tmp_path: Path, walk: list[np.ndarray]) -> None:
    for number in (1, 2, 3):
        Image.fromarray(walk[number]).save(tmp_path / f"{number}.jpg")
    whole = (tmp_path / "2.jpg").read_bytes()
    (tmp_path / "2.jpg").write_bytes(whole[: len(whole) // 2])
    frames = open_source(tmp_path).frames()
    assert next(frames).index == 0
    with pytest.raises(VideoError, match=r"2\.jpg': the picture is damaged"):
        next(frames)
