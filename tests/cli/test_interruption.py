"""Ctrl-C at any moment: no traceback, and what was done is kept."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image
from running import MIEN

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")


def _catches(process: subprocess.Popen[str]) -> bool:
    status = Path(f"/proc/{process.pid}/status").read_text()
    (caught,) = (line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> signal.SIGINT - 1 & 1)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("arguments", ["'models'", "'analyze', *['a.png'] * 500"])
@pytest.mark.parametrize("delay", [0, 0.05, 0.15, 0.3])
def test_while_the_command_loads(tmp_path: Path, arguments: str, delay: float) -> None:
    Image.new("RGB", (40, 40)).save(tmp_path / "a.png")
    program = "import re, sys; print(flush=True); from mien.cli import main; "
    process = subprocess.Popen(
        [sys.executable, "-c", f"{program} sys.argv = ['mien', {arguments}]; main()"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    assert process.stdout is not None
    process.stdout.readline()  # until here, Ctrl-C is Python's own affair
    deadline = time.monotonic() + 30
    while _catches(process):
        assert time.monotonic() < deadline
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert process.returncode in (-signal.SIGINT, 130)


def test_what_was_done_is_kept(tmp_path: Path) -> None:
    many = 3000
    for number in range(many):
        (tmp_path / f"{number:04}.jpg").write_bytes(b"no picture")
    process = subprocess.Popen(
        [MIEN, "analyze", str(tmp_path), "--jsonl", "out.jsonl", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    lines = tmp_path / "out.jsonl"
    deadline = time.monotonic() + 60
    while not _size(lines):
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    printed, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert said.splitlines()[-2:] == ["mien: interrupted", "wrote 'out.jsonl'"]
    done = [json.loads(line) for line in lines.read_text().splitlines()]
    assert 0 < len(done) < many
    assert len(done) == len(json.loads(printed)["pictures"])


def test_a_job_that_ignores_it_goes_on(tmp_path: Path) -> None:
    Image.new("RGB", (40, 40)).save(tmp_path / "a.png")
    command = f"trap '' INT; exec {MIEN} analyze a.png"
    process = subprocess.Popen(
        ["bash", "-c", command], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "no face found" in printed
