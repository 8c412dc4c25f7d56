"""What all commands have in common: wrong usage, numbers, closed streams, ``python -m mien``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from running import MIEN, Mien

import mien as package


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


@pytest.mark.parametrize("number", ["inf", "-inf", "nan", "1e999"])
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
    assert ("none.jpg: there is no such file" in said) is ("2>&-" not in redirected)
    if redirected == "<&-":
        assert "-: the standard input is closed" in said


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
