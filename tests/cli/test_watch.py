"""``mien watch`` as users run it: real files, a real process, real signals."""

from __future__ import annotations

import csv
import json
import os
import pty
import resource
import signal
import socket
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import pytest
from PIL import Image

_MIEN = str(Path(sys.executable).with_name("mien"))
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in _SCREENS}


def watch(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command in a folder, without a screen."""
    command = [_MIEN, "watch", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, env=_ENVIRONMENT, cwd=folder, check=False
    )


def _write(path: Path, frames: Sequence[np.ndarray]) -> Path:
    height, width = frames[0].shape[:2]
    codec = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), codec, 25.0, (width, height))
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


@pytest.fixture(scope="session")
def walk(astronaut: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty frames of a window that moves over the astronaut."""
    frames = [astronaut[4 + i : 244 + i, 20 + 2 * i : 340 + 2 * i] for i in range(30)]
    return _write(tmp_path_factory.mktemp("watch") / "walk.avi", frames)


@pytest.fixture(scope="session")
def long_walk(astronaut: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty seconds, to and fro: longer than anybody waits here."""
    steps = [abs(i % 100 - 50) for i in range(1000)]
    frames = [astronaut[4 + i : 244 + i, 20 + 2 * i : 340 + 2 * i] for i in steps]
    return _write(tmp_path_factory.mktemp("watch") / "long.avi", frames)


def _count(path: Path) -> int:
    capture = cv2.VideoCapture(str(path))
    assert capture.isOpened()
    count = 0
    while capture.read()[0]:
        count += 1
    return count


def _lines(path: Path) -> list[dict]:
    text = path.read_text()
    assert not text or text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def _people(path: Path) -> list[int]:
    """Reads a summary that is whole, and returns how many people each interval had."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    starts = sorted({float(row["start"]) for row in rows})
    cells = {(row["start"], row["gender"], row["age_group"]) for row in rows}
    assert len(rows) == len(cells) == len(starts) * 30
    return [next(int(r["people"]) for r in rows if float(r["start"]) == start) for start in starts]


def test_a_video_is_labelled_written_and_summed_up(walk: Path, tmp_path: Path) -> None:
    result = watch(
        *(walk, "--headless", "--output", "out.mp4", "--jsonl", "out.jsonl"),
        *("--summary", "s.csv", "--interval", "1"),
        folder=tmp_path,
    )
    assert result.returncode == 0
    assert result.stdout == ""
    assert result.stderr == f"{walk}, model default, on the CPU\n30 frames, 1 person\n"
    assert _count(tmp_path / "out.mp4") == 30
    lines = _lines(tmp_path / "out.jsonl")
    assert [(line["schema"], line["frame"]) for line in lines] == [(1, i) for i in range(30)]
    assert [line["time"] for line in lines] == pytest.approx([i / 25 for i in range(30)])
    for line in lines:
        assert line.keys() == {"schema", "frame", "time", "faces"}
        (face,) = line["faces"]
        assert face.keys() == {
            *("track_id", "box", "score", "landmarks", "aligned", "quality", "age", "gender")
        }
        assert face["track_id"] == 1
    assert lines[-1]["faces"][0]["age"]["low"] < lines[-1]["faces"][0]["age"]["high"]
    assert _people(tmp_path / "s.csv") == [1, 1]


def test_a_video_without_faces(tmp_path: Path) -> None:
    video = _write(tmp_path / "dark.avi", [np.full((120, 160, 3), 30, np.uint8)] * 50)
    result = watch(
        video, "--headless", "--jsonl", "out.jsonl", "--summary", "s.json", folder=tmp_path
    )
    assert result.returncode == 0
    assert result.stderr.endswith("50 frames, 0 people\n")
    assert [line["faces"] for line in _lines(tmp_path / "out.jsonl")] == [[]] * 50
    (interval,) = json.loads((tmp_path / "s.json").read_text())["intervals"]
    assert interval["people"] == 0
    assert {cell["expected"] for cell in interval["audience"]} == {0}


@pytest.mark.skipif(sys.platform != "linux", reason="there is always a screen elsewhere")
def test_without_a_screen_it_says_so_and_goes_on(walk: Path, tmp_path: Path) -> None:
    result = watch(walk, "--jsonl", "out.jsonl", folder=tmp_path)
    assert result.returncode == 0
    assert "there is no screen to show the window on; going on without a window" in result.stderr
    assert result.stdout == ""
    assert len(_lines(tmp_path / "out.jsonl")) == 30


def test_without_the_extra_it_says_how_to_get_a_window_or_none(walk: Path, tmp_path: Path) -> None:
    (tmp_path / "pygame.py").write_text("raise ImportError")
    environment = {**_ENVIRONMENT, "PYTHONPATH": str(tmp_path)}
    result = subprocess.run(
        [_MIEN, "watch", str(walk)],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr == (
        "mien: The window needs packages that are not installed; "
        "install them with: pip install 'mien[video]', or do without it: --headless\n"
    )


def test_a_terminal_gets_a_live_table(walk: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [_MIEN, "watch", str(walk), "--headless"],
        stderr=theirs,
        cwd=tmp_path,
        env={**_ENVIRONMENT, "TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(theirs)
    told = b""
    try:
        while part := os.read(ours, 4096):
            told += part
    except OSError:
        pass  # how Linux says that the other side was closed
    assert process.wait() == 0
    for words in ("frames/s", "80 % interval", "gender", "30 frames, 1 person"):
        assert words in told.decode()


# What cannot be watched, and what cannot be written


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
    frames = len(_lines(tmp_path / "out.jsonl"))
    assert 8 < frames < 22
    assert result.stderr.startswith(f"[part].avi, model default, on the CPU\n{frames} frames, ")


def test_pictures_of_several_sizes_until_a_damaged_one(
    astronaut: np.ndarray, tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(1, 13):
        side = 400 if number < 6 else 300
        Image.fromarray(astronaut).resize((side, side)).save(folder / f"{number}.jpg")
    _truncated(folder / "11.jpg", folder / "11.jpg")
    result = watch(
        *(folder, "--headless", "--output", "out.webm", "--jsonl", "out.jsonl"),
        *("--summary", "s.csv"),
        folder=tmp_path,
    )
    assert result.returncode == 1
    assert "11.jpg': the picture is damaged" in result.stderr
    assert "Traceback" not in result.stderr
    lines = _lines(tmp_path / "out.jsonl")
    assert [[face["track_id"] for face in line["faces"]] for line in lines] == [[1]] * 10
    assert _count(tmp_path / "out.webm") == 10
    assert _people(tmp_path / "s.csv") == [0]  # nobody for long enough to count


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
        (["--output", "walk.avi"], "'walk.avi' is what is watched; write to another file"),
        (["--jsonl", "walk.avi"], "'walk.avi' is what is watched; write to another file"),
        (["--jsonl", "link.avi"], "'link.avi' is what is watched; write to another file"),
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


def _limit_files(size: int) -> None:
    """Lets files grow to a size and no further, as on a disk that is nearly full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _watch_on_a_small_disk(
    size: int, *arguments: str | Path, folder: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_MIEN, "watch", *map(str, arguments), "--headless"],
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
    assert [line["frame"] for line in _lines(tmp_path / "out.jsonl")][:2] == [0, 1]


@pytest.mark.parametrize("name", ["out.mp4", "out.webm", "out.avi"])
def test_a_video_that_fills_the_disk(walk: Path, tmp_path: Path, name: str) -> None:
    result = _watch_on_a_small_disk(
        20_000, walk, "--output", name, "--summary", "s.csv", folder=tmp_path
    )
    assert result.returncode == 1
    assert result.stderr.endswith(f"mien: '{name}' cannot be written; the disk may be full\n")
    assert "Traceback" not in result.stderr
    assert len(_people(tmp_path / "s.csv")) == 1


@pytest.mark.skipif(cv2.__version__ < "5", reason="OpenCV 4 says it of no frame but the last")
def test_a_video_that_fills_the_disk_ends_it_at_once(long_walk: Path, tmp_path: Path) -> None:
    result = _watch_on_a_small_disk(
        *(20_000, long_walk, "--output", "out.mp4", "--summary", "s.csv", "--interval", "1"),
        folder=tmp_path,
    )
    assert result.returncode == 1
    assert len(_people(tmp_path / "s.csv")) < 20


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_full_disk(walk: Path, tmp_path: Path) -> None:
    result = watch(walk, "--headless", "--jsonl", "/dev/full", folder=tmp_path)
    assert result.returncode == 1
    assert result.stderr.endswith("mien: '/dev/full' cannot be written: No space left on device\n")
    assert "Traceback" not in result.stderr


# Signals

Moment: TypeAlias = Callable[[subprocess.Popen[str], Path], bool]


def _loading(process: subprocess.Popen[str], folder: Path) -> bool:
    """Whether the process has begun to catch SIGTERM, which it does before all else."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    (caught,) = (line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> signal.SIGTERM - 1 & 1)


def _after_frames(count: int) -> Moment:
    def reached(process: subprocess.Popen[str], folder: Path) -> bool:
        lines = folder / "out.jsonl"
        return lines.exists() and lines.read_text().count("\n") >= count

    return reached


def _start(video: Path, folder: Path) -> subprocess.Popen[str]:
    outputs = ("--output", "out.mp4", "--jsonl", "out.jsonl", "--summary", "s.csv")
    return subprocess.Popen(
        [_MIEN, "watch", str(video), "--headless", *outputs, "--interval", "1"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
    )


def _await(moment: Moment, process: subprocess.Popen[str], folder: Path) -> None:
    deadline = time.monotonic() + 30
    while not moment(process, folder):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.005)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize(
    ("moment", "number", "least"),
    [
        (_loading, signal.SIGINT, 0),
        (_loading, signal.SIGTERM, 0),
        (_after_frames(1), signal.SIGINT, 1),
        (_after_frames(30), signal.SIGINT, 30),
        (_after_frames(30), signal.SIGTERM, 30),
    ],
    ids=["INT-loading", "TERM-loading", "INT-first", "INT-middle", "TERM-middle"],
)
def test_a_signal_leaves_whole_files(
    long_walk: Path,
    tmp_path: Path,
    moment: Moment,
    number: signal.Signals,
    least: int,
) -> None:
    process = _start(long_walk, tmp_path)
    _await(moment, process, tmp_path)
    process.send_signal(number)
    _, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in told
    written = {path.name for path in tmp_path.iterdir()}
    if not written:
        assert least == 0
        assert told.endswith("0 frames, 0 people\n")
        return
    assert written == {"out.mp4", "out.jsonl", "s.csv"}
    frames = len(_lines(tmp_path / "out.jsonl"))
    assert max(1, least) <= frames < 900
    assert f"{frames} frame" in told.splitlines()[-1]
    assert _count(tmp_path / "out.mp4") == frames
    assert _people(tmp_path / "s.csv") == [1 if frames > 20 else 0] + [1] * ((frames - 1) // 25)


def test_a_second_signal_does_not_wait_and_leaves_whole_files_too(
    long_walk: Path, tmp_path: Path
) -> None:
    process = _start(long_walk, tmp_path)
    _await(_after_frames(20), process, tmp_path)
    process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130
    frames = len(_lines(tmp_path / "out.jsonl"))
    assert 20 <= frames < 900
    assert _count(tmp_path / "out.mp4") == pytest.approx(frames, abs=1)
    assert len(_people(tmp_path / "s.csv")) >= 1


@pytest.mark.parametrize("signals", [1, 2])
def test_signals_while_a_stream_is_opened_that_does_not_answer(
    tmp_path: Path, signals: int
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        place = f"http://127.0.0.1:{server.getsockname()[1]}/live"
        process = subprocess.Popen(
            [_MIEN, "watch", place, "--headless", "--summary", "s.csv"],
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )
        connection, _ = server.accept()
        with connection:
            began = time.monotonic()
            for _ in range(signals):
                process.send_signal(signal.SIGINT)
                time.sleep(0.3)
            _, told = process.communicate(timeout=20)
            took = time.monotonic() - began
    assert process.returncode == 130
    assert "Traceback" not in told
    assert not (tmp_path / "s.csv").exists()
    assert took < 4.5  # less than the five seconds after which the stream is given up
