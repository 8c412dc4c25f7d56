"""What all commands have in common: wrong usage, numbers, closed streams, ``python -m mien``."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from running import MIEN, Mien, count_frames, read_lines, run_into_full_disk

import mien as package
from mien.assets import ASTRONAUT


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze", ""],
        ["analyze", "a.jpg", "--csv", ""],
        ["analyze", "a.jpg", "--annotate="],
        ["analyze", "--", ""],
        ["explain", ""],
        ["watch", ""],
        ["serve", "--host", ""],
        ["serve", "--set", "model="],
        ["data", "audit", ""],
        ["evaluate", "utkface:x", "--out", ""],
        [""],
    ],
)
def test_an_empty_argument(mien: Mien, arguments: list[str]) -> None:
    result = mien(*arguments)
    assert result.code == 2
    assert "argument is empty" in result.err or "'model' is not NAME=VALUE" in result.err
    assert result.out == ""


@pytest.mark.parametrize("number", ["inf", "-inf", "nan", "1e999", "-1e308"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze", "a.jpg", "--max-megapixels"],
        ["analyze", "a.jpg", "--min-score"],
        ["explain", "a.jpg", "--max-megapixels"],
        ["watch", "film.mp4", "--fps"],
        ["watch", "film.mp4", "--interval"],
        ["data", "chips", "utkface:x", "--out", "x", "--crop-scale"],
    ],
)
def test_what_is_no_number(mien: Mien, arguments: list[str], number: str) -> None:
    result = mien(*arguments, number)
    assert result.code == 2
    assert f"Invalid value for '{arguments[-1]}'" in result.err


def test_a_number_that_is_too_large(mien: Mien) -> None:
    result = mien("analyze", "a.jpg", "--max-megapixels", "1e308")
    assert result.code == 2
    assert "Invalid value for '--max-megapixels'" in result.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze", "a.jpg", "--threads", "1025"],
        ["analyze", "a.jpg", "--threads", str(2**64)],
        ["serve", "--threads", "100000"],
        ["data", "split", "x", "--out", "y.csv", "--seed", "-1"],
        ["data", "chips", "utkface:x", "--out", "x", "--size", "1000000000"],
    ],
)
def test_a_number_out_of_range(mien: Mien, arguments: list[str]) -> None:
    result = mien(*arguments)
    assert result.code == 2
    assert f"Invalid value for '{arguments[-2]}'" in result.err


@pytest.mark.parametrize("redirected", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.skipif(sys.platform == "win32", reason="a shell cannot close streams there")
def test_closed_streams(tmp_path: Path, redirected: str) -> None:
    result = subprocess.run(
        ["bash", "-c", f"{MIEN} analyze - none.jpg {redirected}"],
        input=b"",
        capture_output=True,
        cwd=tmp_path,
        check=False,
    )
    assert result.returncode == 1
    said = result.stderr.decode()
    assert "Traceback" not in said
    assert ("none.jpg: there is no such file" in said) is (redirected == "<&-")
    assert ("-: the standard input is closed" in said) is (redirected == "<&-")
    assert (said == _OUTPUT_CLOSED) is (redirected == ">&-")


_OUTPUT_CLOSED = "mien: the standard output is closed; write into a file\n"


@pytest.mark.parametrize(
    "command",
    ["analyze {}", "analyze {} --json", "analyze {} --csv -", "explain {}", "models", "model info"],
)
@pytest.mark.skipif(sys.platform == "win32", reason="a shell cannot close streams there")
def test_what_cannot_be_printed_is_told(tmp_path: Path, command: str) -> None:
    filled = command.format(shlex.quote(str(ASTRONAUT)))
    result = subprocess.run(
        ["bash", "-c", f"{MIEN} {filled} >&-"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert (result.returncode, result.stderr) == (1, _OUTPUT_CLOSED)
    assert not list(tmp_path.iterdir())


def test_messages_that_cannot_be_printed_do_not_end_the_work(tmp_path: Path) -> None:
    arguments = ("analyze", ASTRONAUT, "nowhere.jpg", ASTRONAUT, "--jsonl", "a.jsonl")
    ended = run_into_full_disk(*arguments, folder=tmp_path, stream="stderr")
    assert ended.returncode == 1
    lines = read_lines(tmp_path / "a.jsonl")
    assert len(lines) == 3
    assert f"{lines[0]['faces'][0]['attributes']['age']['years']:.0f} years" in ended.stdout


def test_a_video_is_watched_without_messages(tmp_path: Path, walk: Path) -> None:
    arguments = ("watch", walk, "--headless", "--jsonl", "a.jsonl")
    ended = run_into_full_disk(*arguments, folder=tmp_path, stream="stderr")
    assert ended.returncode == 1  # it could not be said what was written
    assert len(read_lines(tmp_path / "a.jsonl")) == count_frames(walk)


def test_a_system_error_is_a_sentence(mien: Mien, tmp_path: Path) -> None:
    result = mien("compare", tmp_path, tmp_path)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("mien: ")
    assert str(tmp_path) in result.err
    assert result.err.count("\n") == 1


def test_it_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "mien", "--version"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout == f"mien {package.__version__}\n"
