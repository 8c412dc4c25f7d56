"""``mien watch`` of films that are not as usual: real files, real programs, a real process."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
from running import ENVIRONMENT, MIEN, Mien, count_frames, read_lines, watch
from video.films import INTERLACED, make_film, needs_ffmpeg

from mien.video.io import devices

JSONL = ("--headless", "--jsonl", "out.jsonl")


def _watch_without_ffmpeg(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [MIEN, "watch", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**ENVIRONMENT, "PATH": str(folder)},
        cwd=folder,
        check=False,
    )


@pytest.fixture(scope="module")
def interlaced(frames: list[np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("interlaced") / "film.mp4"
    return make_film(path, frames, *INTERLACED["h264.mp4"], fps=50)


@needs_ffmpeg
def test_an_interlaced_film_shows_its_people(interlaced: Path, tmp_path: Path) -> None:
    result = watch(interlaced, *JSONL, "--output", "out.avi", folder=tmp_path)
    assert result.returncode == 0
    assert result.stderr == (
        f"{interlaced}, model default, device cpu\n"
        f"'{interlaced}' is interlaced, which OpenCV cannot decode; ffmpeg does\n"
        "15 frames, 0 people; wrote 'out.jsonl', 'out.avi'\n"
    )
    lines = read_lines(tmp_path / "out.jsonl")
    assert [len(line["faces"]) for line in lines] == [1] * 15
    assert count_frames(tmp_path / "out.avi") == 15


@needs_ffmpeg
@pytest.mark.skipif(not devices._LOSES_FIELDS, reason="this OpenCV shows interlaced pictures")
def test_without_ffmpeg_an_interlaced_film_is_refused(interlaced: Path, tmp_path: Path) -> None:
    result = _watch_without_ffmpeg(interlaced, *JSONL, folder=tmp_path)
    assert result.returncode == 1
    assert result.stderr == (
        f"mien: '{interlaced}' is interlaced, which OpenCV cannot decode; "
        "install ffmpeg (https://ffmpeg.org)\n"
    )


def test_proportions(walk: Path, tmp_path: Path) -> None:
    arguments = (walk, "--headless", "--aspect", "16:9", "--output", "out.avi")
    assert watch(*arguments, folder=tmp_path).returncode == 0
    video = cv2.VideoCapture(str(tmp_path / "out.avi"))
    size = (video.get(cv2.CAP_PROP_FRAME_WIDTH), video.get(cv2.CAP_PROP_FRAME_HEIGHT))
    assert size == (426, 240)


@pytest.mark.parametrize("aspect", ["16x9", "16", "0:9", "16:0", "-16:9", "1:100", "a:b", "16:9:1"])
def test_proportions_that_are_none(mien: Mien, aspect: str) -> None:
    result = mien("watch", "--headless", "--aspect", aspect)
    assert result.code == 2
    assert "is not a width and a height" in result.err


@pytest.mark.parametrize("redirected", [True, False], ids=["file", "pipe"])
def test_a_video_on_the_standard_input(walk: Path, tmp_path: Path, redirected: bool) -> None:
    with walk.open("rb") as file:
        result = subprocess.run(
            [MIEN, "watch", "-", *JSONL, "--output", "out.avi"],
            **({"stdin": file} if redirected else {"input": file.read()}),
            capture_output=True,
            cwd=tmp_path,
            check=False,
        )
    assert result.returncode == 0
    silent = b"'out.avi' will be without sound: its source cannot be read twice\n"
    assert (silent in result.stderr) != redirected
    assert b"30 frames, 1 person; wrote 'out.jsonl', 'out.avi'\n" in result.stderr
    lines = read_lines(tmp_path / "out.jsonl")
    assert [line["time"] for line in lines] == pytest.approx([i / 25 for i in range(30)], abs=1e-3)
    assert count_frames(tmp_path / "out.avi") == 30


@pytest.fixture(scope="module")
def talkie(frames: list[np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The frames, with a tone."""
    tone = ("-f", "lavfi", "-i", "sine=d=1.2", "-c:v", "mpeg4", "-q:v", "2", "-c:a", "aac")
    return make_film(tmp_path_factory.mktemp("talkie") / "talkie.mp4", frames, *tone)


@needs_ffmpeg
def test_sound_is_kept(talkie: Path, tmp_path: Path) -> None:
    result = watch(talkie, "--headless", "--output", "out.avi", folder=tmp_path)
    assert result.stderr == (
        f"{talkie}, model default, device cpu\n"
        "30 frames, 1 person; wrote 'out.avi' with its sound\n"
    )
    kinds = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0"]
    found = subprocess.run([*kinds, str(tmp_path / "out.avi")], capture_output=True, check=True)
    assert found.stdout.decode().split() == ["video", "audio"]
    assert count_frames(tmp_path / "out.avi") == 30


@needs_ffmpeg
@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="open files have no names here")
def test_an_open_file_that_ffmpeg_decodes(
    frames: list[np.ndarray], talkie: Path, tmp_path: Path
) -> None:
    film = tmp_path / "film.mkv"
    sound = ("-i", str(talkie), "-map", "0:v", "-map", "1:a")
    make_film(film, frames, *sound, *INTERLACED["ffv1.mkv"], fps=50)
    with film.open("rb") as file:
        number = file.fileno()
        result = subprocess.run(
            [MIEN, "watch", f"/dev/fd/{number}", "--headless", "--output", "out.avi"],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            pass_fds=(number,),
            check=False,
        )
    assert result.returncode == 0
    assert result.stderr.endswith("wrote 'out.avi' with its sound\n")
    assert count_frames(tmp_path / "out.avi") == 15


@needs_ffmpeg
def test_without_ffmpeg_it_is_said_that_sound_is_not_kept(talkie: Path, tmp_path: Path) -> None:
    result = _watch_without_ffmpeg(talkie, "--headless", "--output", "out.avi", folder=tmp_path)
    assert result.returncode == 0
    assert result.stderr == (
        f"{talkie}, model default, device cpu\n"
        "'out.avi' will be without sound: install ffmpeg (https://ffmpeg.org) to keep it\n"
        "30 frames, 1 person; wrote 'out.avi'\n"
    )


def test_frames_far_apart(frames: list[np.ndarray], tmp_path: Path) -> None:
    film = tmp_path / "film.avi"
    size = frames[0].shape[1::-1]
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), 0.05, size)
    for frame in frames[:4]:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    result = watch(film, *JSONL, "--output", "out.avi", folder=tmp_path)
    assert result.returncode == 0
    assert [line["time"] for line in read_lines(tmp_path / "out.jsonl")] == [0, 20, 40, 60]
    video = cv2.VideoCapture(str(tmp_path / "out.avi"))
    lasts = video.get(cv2.CAP_PROP_FRAME_COUNT) / video.get(cv2.CAP_PROP_FPS)
    assert lasts == pytest.approx(60, abs=3)


def test_a_film_whose_name_is_not_utf_8(walk: Path, tmp_path: Path) -> None:
    try:
        shutil.copy(walk, tmp_path / "caf\udce9.avi")
    except OSError:
        pytest.skip("this disk takes only names in UTF-8")
    result = watch("caf\udce9.avi", *JSONL, "--output", "l\udce9.avi", folder=tmp_path)
    assert result.returncode == 0
    assert count_frames(tmp_path / "l\udce9.avi") == 30
