"""What a source's name leads to."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
from devices import Socket
from PIL import Image

from mien.errors import OptionError, VideoError
from mien.video.io.folder import FolderSource
from mien.video.io.pipe import PipeSource
from mien.video.io.recorded import FileSource
from mien.video.io.sources import open_source


def test_a_number_is_a_camera(tmp_path: Path) -> None:
    for given in (99, "99", "/dev/video99"):
        source = open_source(given)
        assert source.live
        assert source.name == f"camera {given}"
        with pytest.raises(VideoError, match=f"^camera {given} cannot be opened"):
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


_WATCHED = "rtsp, rtsps, rtmp, rtmps, rtp, srt, udp, tcp, http, https"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("file:///tmp/a%20b.mp4", "is an address; give the path of the file: /tmp/a b.mp4"),
        ("data:video/mp4;base64,AAAA", "is an address; save the video that it holds and give its"),
        (
            "ftp://me:secret@cam/x.mp4?key=secret",
            "an address; download the video and give its path"
            f" (addresses that can be watched: {_WATCHED})",
        ),
        ("film*.mp4", "'film*.mp4' is no file; a pattern is not searched: name one video"),
    ],
)
def test_what_to_do_instead(given: str, message: str) -> None:
    with pytest.raises(VideoError) as caught:
        open_source(given)
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "AAAA" not in str(caught.value)


@pytest.mark.parametrize("scheme", _WATCHED.split(", "))
def test_addresses_that_can_be_watched(scheme: str) -> None:
    name = f"{scheme}://127.0.0.1:9/live"
    source = open_source(name)
    assert source.live
    assert source.name == name


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no memory with names here")
def test_a_file_in_dev_is_no_camera(avi: Path) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        film = Path(shutil.copy(avi, folder))
        source = open_source(film)
        assert isinstance(source, FileSource)
        assert len(list(source.frames())) == 50
        film.unlink()
        Image.new("RGB", (32, 24)).save(Path(folder, "1.png"))
        assert isinstance(open_source(folder), FolderSource)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_named_pipe_is_neither_a_file_nor_missing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "camera")
    source = open_source(tmp_path / "camera")
    assert isinstance(source, PipeSource)
    assert not source.live


@pytest.mark.parametrize("name", ["x" * 5000, "none.mp4/film.mp4", "none\0.mp4"])
def test_names_that_no_file_can_have(name: str) -> None:
    with pytest.raises(VideoError, match=r"^there is no video, folder or camera '"):
        open_source(name)


@pytest.mark.skipif(sys.platform == "win32", reason="names are always text there")
@pytest.mark.parametrize("name", [b"caf\xe9.avi", b"\xa4\xce\xfd.avi", "caf\u00e9.avi".encode()])
def test_names_in_any_encoding(avi: Path, tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    try:
        shutil.copy(avi, path)
    except OSError:
        pytest.skip("this disk takes only names in UTF-8")
    assert len(list(open_source(path).frames())) == 50
    path.write_text("no video")
    with pytest.raises(VideoError, match="is not a video that can be read"):
        open_source(path)
    with pytest.raises(VideoError, match="cannot be opened"):
        next(open_source(os.fsdecode(b"/dev/" + name)).frames())


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="nothing is forbidden here")
def test_what_may_not_be_read(avi: Path, tmp_path: Path) -> None:
    film = Path(shutil.copy(avi, tmp_path))
    film.chmod(0)
    with pytest.raises(VideoError, match="cannot be read: Permission denied"):
        open_source(film)
    tmp_path.chmod(0o300)
    with pytest.raises(VideoError, match="cannot be read: Permission denied"):
        open_source(tmp_path)
    tmp_path.chmod(0o700)


def test_the_user_may_say_the_proportions_of_any_source(
    avi: Path, tmp_path: Path, walk: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.fromarray(walk[0]).save(tmp_path / "1.png")
    monkeypatch.setattr(cv2, "VideoCapture", lambda camera: Socket(1).open())
    shapes = [next(open_source(given, aspect=2.0).frames()).pixels.shape for given in (0, tmp_path)]
    monkeypatch.undo()
    shapes.append(next(open_source(avi, aspect=2.0).frames()).pixels.shape)
    assert shapes == [(24, 48, 3), (240, 480, 3), (240, 480, 3)]
    for given in (0, "http://cam/live", avi, tmp_path):
        with pytest.raises(OptionError, match=r"^aspect must be between 0\.1 and 10; it is -1$"):
            open_source(given, aspect=-1)
