"""What ``mien watch`` cannot watch and cannot write: real files, real limits of the disk."""

from __future__ import annotations

import resource
import subprocess
import wave
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from running import MIEN, Mien, count_frames, read_lines, read_people, watch


def test_no_camera(tmp_path: Path) -> None:
    result = watch("99", "--headless", folder=tmp_path)
    assert result.returncode == 1
    assert result.stderr == (
        "mien: camera 99 cannot be opened: it is not there, or something else uses it\n"
    )


def test_a_run_without_a_frame_leaves_earlier_files_alone(tmp_path: Path) -> None:
    names = ("out.mp4", "out.jsonl", "s.csv")
    for name in names:
        (tmp_path / name).write_text("earlier")
    result = watch(
        *("99", "--headless", "--output", "out.mp4", "--jsonl", "out.jsonl", "--summary", "s.csv"),
        folder=tmp_path,
    )
    assert result.returncode == 1
    assert [(tmp_path / name).read_text() for name in names] == ["earlier"] * 3


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_stream_that_is_not_there_and_its_password(scheme: str, tmp_path: Path) -> None:
    result = watch(f"{scheme}://me:secret@127.0.0.1:9/live", "--headless", folder=tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith(f"mien: {scheme}://127.0.0.1:9/live cannot be opened")
    assert result.stderr.count("\n") == 1
    assert "secret" not in result.stdout + result.stderr


def _truncated(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes()[: source.stat().st_size // 2])


def _sound(source: Path, target: Path) -> None:
    with wave.open(str(target), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16_000))


def _unfinished(source: Path, target: Path) -> None:
    writer = cv2.VideoWriter(str(target), cv2.VideoWriter.fourcc(*"mp4v"), 25.0, (64, 64))
    for _ in range(20):
        writer.write(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8))
    writer.release()
    _truncated(target, target)


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("empty.mp4", lambda _, target: target.touch(), "is empty"),
        ("text.mp4", lambda _, target: target.write_text("no video"), "is not a video that can be"),
        ("sound.wav", _sound, "is not a video that can be read, or has no picture in it"),
        ("unfinished.mp4", _unfinished, "is not a video that can be read"),
        ("folder", lambda _, target: target.mkdir(), "there is no picture in the folder"),
        ("none.mp4", lambda *_: None, "there is no video, folder or camera 'none.mp4'"),
    ],
)
def test_what_cannot_be_watched(
    walk: Path, tmp_path: Path, name: str, make: Callable[[Path, Path], None], message: str
) -> None:
    make(walk, tmp_path / name)
    result = watch(name, "--headless", folder=tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith("mien: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_truncated_video_is_watched_up_to_the_damage(walk: Path, tmp_path: Path) -> None:
    _truncated(walk, tmp_path / "[part].avi")
    result = watch("[part].avi", "--headless", "--jsonl", "out.jsonl", folder=tmp_path)
    assert result.returncode == 0
    frames = len(read_lines(tmp_path / "out.jsonl"))
    assert 8 < frames < 22
    assert result.stderr.startswith(f"[part].avi, model default, device cpu\n{frames} frames, ")


def test_pictures_of_several_sizes_and_a_damaged_one(astronaut: np.ndarray, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(1, 13):
        side = 400 if number < 6 else 300
        Image.fromarray(astronaut).resize((side, side)).save(folder / f"{number}.jpg")
    _truncated(folder / "11.jpg", folder / "11.jpg")
    (folder / "._0.jpg").write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X")
    result = watch(
        *(folder, "--headless", "--output", "out.webm", "--jsonl", "out.jsonl"),
        *("--summary", "s.csv"),
        folder=tmp_path,
    )
    assert result.returncode == 1
    *_, report, error = result.stderr.splitlines()
    assert report == "11 frames, 0 people; wrote 's.csv', 'out.jsonl', 'out.webm'"
    assert error.startswith("mien: 1 of 12 pictures cannot be used: '")
    assert "11.jpg': the picture is damaged" in error
    lines = read_lines(tmp_path / "out.jsonl")
    assert [[face["person_id"] for face in line["faces"]] for line in lines] == [[1]] * 11
    assert [line["frame"] for line in lines] == [*range(10), 11]
    assert count_frames(tmp_path / "out.webm") == 12
    assert read_people(tmp_path / "s.csv") == [0]  # nobody for long enough to count


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--output", "out.mov"], "videos are written as .mp4, .webm, .avi, not 'out.mov'"),
        (["--output", "none/out.mp4"], "there is no folder 'none' to write 'out.mp4' into"),
        (["--jsonl", "none/out.jsonl"], "there is no folder 'none' to write 'out.jsonl' into"),
        (["--summary", "s.txt"], "the audience is written as .csv or .json, not 's.txt'"),
    ],
)
def test_what_cannot_be_written_is_said_before_anything_is_done(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    result = watch("none.avi", "--headless", *arguments, folder=tmp_path)
    assert result.returncode == 1
    assert result.stderr == f"mien: {message}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--output", "walk.avi"], "'walk.avi' is an input; write to another file"),
        (["--jsonl", "walk.avi"], "'walk.avi' is an input; write to another file"),
        (["--jsonl", "link.avi"], "'link.avi' is an input; write to another file"),
        (
            ["--jsonl", "s.csv", "--summary", "./s.csv"],
            "'s.csv' cannot hold two outputs; give each a file of its own",
        ),
    ],
)
def test_nothing_is_written_over_what_is_watched_nor_over_another_output(
    walk: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    video = tmp_path / "walk.avi"
    video.write_bytes(walk.read_bytes())
    (tmp_path / "link.avi").symlink_to(video)
    result = watch(video, "--headless", *arguments, folder=tmp_path)
    assert result.returncode == 1
    assert result.stderr == f"mien: {message}\n"
    assert video.read_bytes() == walk.read_bytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_an_output_that_fails_harms_no_other(walk: Path, tmp_path: Path) -> None:
    files = ("--output", "out.avi", "--summary", "s.csv")
    result = watch(walk, "--headless", "--jsonl", "/dev/full", *files, folder=tmp_path)
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        f"{walk}, model default, device cpu",
        "mien: '/dev/full' cannot be written: No space left on device",
        "30 frames, 1 person; wrote 's.csv', 'out.avi'",
    ]
    assert count_frames(tmp_path / "out.avi") == 30
    assert read_people(tmp_path / "s.csv") == [1]


@pytest.mark.parametrize("option", ["--output", "--jsonl", "--summary"])
def test_nothing_is_written_over_the_model(mien: Mien, tmp_path: Path, option: str) -> None:
    (tmp_path / "my.onnx").write_text("a model")
    result = mien(
        *("watch", "none.avi", "--headless", "--model", "my.onnx", option, "my.onnx"),
        folder=tmp_path,
    )
    assert result.code == 1
    assert result.err == "mien: 'my.onnx' is an input; write to another file\n"
    assert (tmp_path / "my.onnx").read_text() == "a model"


def _limit_files(size: int) -> None:
    """Lets files grow to a size and no further, as on a disk that is nearly full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _watch_on_a_small_disk(
    size: int, *arguments: str | Path, folder: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [MIEN, "watch", *map(str, arguments), "--headless"],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
        preexec_fn=partial(_limit_files, size),
    )


def test_lines_that_fill_the_disk_are_whole(walk: Path, tmp_path: Path) -> None:
    result = _watch_on_a_small_disk(5000, walk, "--jsonl", "out.jsonl", folder=tmp_path)
    assert result.returncode == 1
    assert result.stderr.endswith("mien: 'out.jsonl' cannot be written: File too large\n")
    assert [line["frame"] for line in read_lines(tmp_path / "out.jsonl")][:2] == [0, 1]


@pytest.mark.parametrize("name", ["out.mp4", "out.webm", "out.avi"])
def test_a_video_that_fills_the_disk(walk: Path, tmp_path: Path, name: str) -> None:
    result = _watch_on_a_small_disk(
        20_000, walk, "--output", name, "--summary", "s.csv", folder=tmp_path
    )
    assert result.returncode == 1
    assert f"\nmien: '{name}' cannot be written; the disk may be full\n" in result.stderr
    assert result.stderr.endswith("; wrote 's.csv'\n")
    assert "Traceback" not in result.stderr
    assert len(read_people(tmp_path / "s.csv")) == 1


@pytest.mark.skipif(cv2.__version__ < "5", reason="OpenCV 4 says it of no frame but the last")
def test_a_video_that_fills_the_disk_harms_no_other_output(walk: Path, tmp_path: Path) -> None:
    result = _watch_on_a_small_disk(
        3000, walk, "--output", "out.mp4", "--summary", "s.csv", folder=tmp_path
    )
    assert result.returncode == 1
    assert result.stderr.splitlines()[1:] == [
        "mien: 'out.mp4' cannot be written; the disk may be full",
        "30 frames, 1 person; wrote 's.csv'",
    ]
    assert read_people(tmp_path / "s.csv") == [1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_full_disk(walk: Path, tmp_path: Path) -> None:
    result = watch(walk, "--headless", "--jsonl", "/dev/full", folder=tmp_path)
    assert result.returncode == 1
    assert result.stderr.endswith("mien: '/dev/full' cannot be written: No space left on device\n")
    assert "Traceback" not in result.stderr
