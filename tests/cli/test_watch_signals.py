"""``mien watch`` ended by signals: whatever the moment, the files are whole."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from running import MIEN, count_frames, read_lines, read_people

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
        [MIEN, "watch", str(video), "--headless", *outputs, "--interval", "1"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
    )


def _await(moment: Moment, process: subprocess.Popen[str], folder: Path) -> None:
    deadline = time.monotonic() + 120
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
        (_after_frames(30), signal.SIGHUP, 30),
    ],
    ids=["INT-loading", "TERM-loading", "INT-first", "INT-middle", "TERM-middle", "HUP-middle"],
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
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in said
    written = {path.name for path in tmp_path.iterdir()}
    if not written:
        assert least == 0
        assert said.endswith("0 frames, 0 people\n")
        return
    assert written == {"out.mp4", "out.jsonl", "s.csv"}
    frames = len(read_lines(tmp_path / "out.jsonl"))
    assert max(1, least) <= frames < 900
    assert f"{frames} frame" in said.splitlines()[-1]
    assert count_frames(tmp_path / "out.mp4") == frames
    assert read_people(tmp_path / "s.csv") == [1 if frames > 20 else 0] + [1] * ((frames - 1) // 25)


def test_a_second_signal_does_not_wait_and_leaves_whole_files_too(
    long_walk: Path, tmp_path: Path
) -> None:
    process = _start(long_walk, tmp_path)
    _await(_after_frames(20), process, tmp_path)
    process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    assert process.returncode == 130
    frames = len(read_lines(tmp_path / "out.jsonl"))
    assert 20 <= frames < 900
    assert count_frames(tmp_path / "out.mp4") == pytest.approx(frames, abs=1)
    assert len(read_people(tmp_path / "s.csv")) >= 1


_PATIENT = """
import sys
from mien.video.io import devices
devices.TIMEOUT = 120.0
from mien.cli import main
sys.argv[0] = "mien"
main()
"""
"""The command, which gives a stream up only after minutes, so that waiting for it would show."""


@pytest.mark.parametrize("signals", [1, 2])
def test_signals_while_a_stream_is_opened_that_does_not_answer(
    tmp_path: Path, signals: int
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/live"
        process = subprocess.Popen(
            [sys.executable, "-c", _PATIENT, "watch", address, "--headless", "--summary", "s.csv"],
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )
        connection, _ = server.accept()
        with connection:
            for _ in range(signals):
                process.send_signal(signal.SIGINT)
                time.sleep(0.3)
            _, said = process.communicate(timeout=60)  # half of what the stream would take
    assert process.returncode == 130
    assert "Traceback" not in said
    assert not (tmp_path / "s.csv").exists()
