"""The sound of a video is added to what was made of its pictures."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from films import change, make_film, needs_ffmpeg

from mien.errors import VideoError
from mien.video.io.recording import VideoFile
from mien.video.io.sound import add_sound, can_add_sound

pytestmark = needs_ffmpeg


def _tracks(path: Path) -> dict[str, float]:
    """Returns how many seconds each kind of track lasts."""
    show = ("-show_entries", "packet=codec_type,pts_time,duration_time", "-of", "json")
    done = subprocess.run(
        ["ffprobe", "-v", "error", *show, str(path)], capture_output=True, check=True
    )
    lasts: dict[str, float] = {}
    for packet in json.loads(done.stdout)["packets"]:
        end = float(packet["pts_time"]) + float(packet.get("duration_time", 0))
        lasts[packet["codec_type"]] = max(end, lasts.get(packet["codec_type"], 0))
    return lasts


@pytest.fixture(scope="module")
def talkie(walk: list[np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds, with a tone."""
    tone = ("-f", "lavfi", "-i", "sine=d=2", "-c:v", "mpeg4", "-c:a", "aac")
    return make_film(tmp_path_factory.mktemp("talkie") / "talkie.mp4", walk, *tone)


def _silent(path: Path, frames: int = 50) -> Path:
    with VideoFile(path, 25) as video:
        for number in range(frames):
            video.write(np.full((48, 64, 3), 5 * number, np.uint8), number / 25)
    assert video.seconds == pytest.approx(frames / 25)
    return path


@pytest.mark.parametrize("name", ["out.mp4", "out.webm", "out.avi"])
def test_sound_is_added_to_each_kind_of_file(talkie: Path, tmp_path: Path, name: str) -> None:
    video = _silent(tmp_path / name)
    mode = video.stat().st_mode
    assert add_sound(video, talkie, 2)
    lasts = _tracks(video)
    assert lasts["video"] == pytest.approx(2, abs=0.1)
    assert lasts["audio"] == pytest.approx(2, abs=0.15)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert video.stat().st_mode == mode


def test_sound_is_as_long_as_the_pictures(talkie: Path, tmp_path: Path) -> None:
    video = _silent(tmp_path / "out.mp4", 20)
    assert add_sound(video, talkie, 0.8)
    assert _tracks(video)["audio"] == pytest.approx(0.8, abs=0.1)


def test_sound_before_the_first_picture_is_left_out(talkie: Path, tmp_path: Path) -> None:
    late = tmp_path / "late.mkv"
    change(talkie, late, "-itsoffset", "0.7", "-i", str(talkie), "-map", "0:a", "-map", "1:v")
    video = _silent(tmp_path / "out.mp4")
    assert add_sound(video, late, 2)
    assert _tracks(video)["audio"] == pytest.approx(1.3, abs=0.1)


def test_a_film_without_sound(mp4: Path, tmp_path: Path) -> None:
    video = _silent(tmp_path / "out.mp4")
    before = video.read_bytes()
    assert not add_sound(video, mp4, 2)
    assert video.read_bytes() == before


def test_what_goes_wrong_leaves_the_video_as_it_is(talkie: Path, tmp_path: Path) -> None:
    video = tmp_path / "out.mp4"
    video.write_text("no video")
    with pytest.raises(VideoError, match=r"^its sound cannot be added: .*[Ii]nvalid data"):
        add_sound(video, talkie, 2)
    assert video.read_text() == "no video"
    with pytest.raises(VideoError, match=r"^its sound cannot be read: No such file"):
        add_sound(video, tmp_path / "none.mp4", 2)
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_a_name_as_long_as_names_can_be(talkie: Path, tmp_path: Path) -> None:
    video = tmp_path / ("n" * 245 + ".mp4")
    try:
        _silent(video)
    except OSError:
        pytest.skip("this disk takes no such names")
    assert add_sound(video, talkie, 2)
    assert set(_tracks(video)) == {"video", "audio"}


def test_names_that_look_like_something_else(
    talkie: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(talkie, "-i.mp4")
    video = _silent(Path("12:30 %d.mp4"))
    assert add_sound(video, Path("-i.mp4"), 2)
    assert set(_tracks(video.absolute())) == {"video", "audio"}


def test_both_programs_are_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert can_add_sound()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not can_add_sound()
