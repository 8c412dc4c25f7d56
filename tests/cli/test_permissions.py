"""Files and folders that one may not read or write."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from running import MIEN, Ended, count_frames
from video.films import make_film, needs_ffmpeg

from mien.assets import ASTRONAUT

_ALL_POWERFUL = hasattr(os, "geteuid") and os.geteuid() == 0
_WEAKER = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if _ALL_POWERFUL else []

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there"),
    pytest.mark.skipif(
        _ALL_POWERFUL and shutil.which("setpriv") is None,
        reason="this user may read and write everything",
    ),
]


def run(folder: Path, *arguments: str) -> Ended:
    """Runs the command as a user who is bound by permissions."""
    ended = subprocess.run(
        [*_WEAKER, MIEN, *arguments], capture_output=True, text=True, cwd=folder, check=False
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Pictures, some of them out of reach."""
    for name in ("open", "locked", "listed"):
        (tmp_path / "in" / name).mkdir(parents=True)
        shutil.copy(ASTRONAUT, tmp_path / "in" / name / "a.jpg")
    Image.new("RGB", (40, 40)).save(tmp_path / "in" / "secret.png")
    (tmp_path / "read-only").mkdir()
    (tmp_path / "old.csv").write_text("old")
    modes = {"in/locked": 0o000, "in/listed": 0o400, "in/secret.png": 0o000}
    modes |= {"read-only": 0o500, "old.csv": 0o400}
    for name, mode in modes.items():
        (tmp_path / name).chmod(mode)
    yield tmp_path
    for name in modes:
        (tmp_path / name).chmod(0o700)


def test_what_may_not_be_read_is_told_and_harms_no_other(folder: Path) -> None:
    result = run(folder, "analyze", "in", "-r", "in/locked/none.jpg", "in/locked/*.jpg", "in/open")
    assert result.code == 1
    assert result.err.splitlines() == [
        "mien: in/listed/a.jpg: the file cannot be read: Permission denied",
        "mien: in/locked: the folder cannot be read: Permission denied",
        "mien: in/secret.png: the file cannot be read: Permission denied",
        "mien: in/locked/none.jpg: the file cannot be read: Permission denied",
    ]
    assert result.out.count(" years ") == 2


@pytest.mark.parametrize(
    "command",
    [
        "watch {} --headless",
        "serve --config {}",
        "compare {} {}",
        "evaluate utkface:in/open --report report --log {}",
        "evaluate {}",
        "explain {}",
        "train {} --data chips",
    ],
)
def test_it_is_not_said_that_there_is_nothing_where_one_may_not_look(
    folder: Path, command: str
) -> None:
    (folder / "in" / "open" / "31_1_0_20170116220224657.jpg").touch()
    result = run(folder, *command.format(*["in/locked/one"] * 2).split())
    assert result.code == 1
    assert "in/locked/one" in result.err
    assert result.err.endswith("cannot be read: Permission denied\n")


@pytest.mark.parametrize("pattern", ["in/*/*.jpg", "in/**/*.jpg", "in/locked/*"])
def test_a_folder_that_a_pattern_may_not_list_is_told(folder: Path, pattern: str) -> None:
    result = run(folder, "analyze", pattern)
    assert result.code == 1
    assert "mien: in/locked: the folder cannot be read: Permission denied\n" in result.err


def test_a_folder_of_a_set_that_may_not_be_read_is_told(folder: Path) -> None:
    name = "in/open/31_1_0_20170116220224657.jpg"
    (folder / "in" / "open" / "a.jpg").rename(folder / name)
    result = run(folder, "evaluate", "utkface:in", "--model", "none")
    said, error = result.err.splitlines()
    assert said.startswith("mien: utkface: 3 problems; the first is: ")
    assert "locked: the folder cannot be read: Permission denied" in said
    assert "none" in error


@pytest.mark.parametrize("name", ["index.html", "metrics.json", "in/predictions.npz", "tables"])
def test_a_report_that_may_not_be_written_is_told_before_the_work(folder: Path, name: str) -> None:
    path = folder / "report" / name
    if "." in name:
        path.parent.mkdir(parents=True)
        path.write_text("old")
        path.chmod(0o400)
    else:
        path.mkdir(parents=True)
        path.chmod(0o500)
    (folder / "in.csv").write_text("path,age\nopen/a.jpg,31\n")
    (folder / "in.yaml").write_text("kind: csv\npictures: in\nlabels: in.csv\n")
    # There is no such model: the work has not begun.
    result = run(folder, "evaluate", "in.yaml", "--report", "report", "--model", "none")
    assert result == (1, "", f"mien: 'report/{name}' cannot be written: Permission denied\n")


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (["--csv", "old.csv", "--jsonl", "new.jsonl"], "old.csv"),
        (["--jsonl", "read-only/x.jsonl"], "read-only/x.jsonl"),
        (["--annotate", "read-only"], "read-only"),
        (["--annotate", "read-only/new/one"], "read-only/new/one"),
        (["--jsonl", "in/locked/x.jsonl"], "in/locked/x.jsonl"),
    ],
)
def test_what_may_not_be_written_is_told_before_the_work(
    folder: Path, arguments: list[str], path: str
) -> None:
    # There is no such model: the work has not begun.
    result = run(folder, "analyze", "in/open/a.jpg", "--model", "none", *arguments)
    assert result == (1, "", f"mien: '{path}' cannot be written: Permission denied\n")
    assert not (folder / "new.jsonl").exists()


def test_what_may_be_written_but_not_read_is_written(folder: Path) -> None:
    (folder / "lines.jsonl").touch()
    (folder / "lines.jsonl").chmod(0o222)
    (folder / "labelled").mkdir(mode=0o333)
    outputs = ("--jsonl", "lines.jsonl", "--annotate", "labelled")
    result = run(folder, "analyze", "in/open/a.jpg", *outputs)
    (folder / "labelled").chmod(0o700)
    assert result.code == 0, result.err
    assert [path.name for path in (folder / "labelled").iterdir()] == ["a-mien.jpg"]
    (folder / "lines.jsonl").chmod(0o600)
    assert (folder / "lines.jsonl").read_text().count("\n") == 1


@needs_ffmpeg
def test_without_a_place_for_sound_the_video_is_whole_without(
    folder: Path, frames: list[np.ndarray]
) -> None:
    tone = ("-f", "lavfi", "-i", "sine=d=1.2", "-c:v", "mpeg4", "-c:a", "aac")
    make_film(folder / "talkie.mp4", frames[:5], *tone)
    (folder / "read-only").chmod(0o700)
    (folder / "read-only" / "out.avi").touch()
    (folder / "read-only").chmod(0o500)
    result = run(folder, "watch", "talkie.mp4", "--headless", "--output", "read-only/out.avi")
    assert result.code == 0
    assert result.err.splitlines()[1:] == [
        "'read-only/out.avi' is without sound: its sound cannot be added in the folder"
        f" '{folder / 'read-only'}': Permission denied",
        "5 frames, 0 people; wrote 'read-only/out.avi'",
    ]
    assert count_frames(folder / "read-only" / "out.avi") == 5
