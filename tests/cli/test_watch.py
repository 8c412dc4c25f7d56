"""``mien watch`` as users run it: real files, a real process."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from running import (
    ENVIRONMENT,
    MIEN,
    Mien,
    count_frames,
    read_lines,
    read_people,
    watch,
    write_video,
)

from mien.attributes.heads import ETHNICITY_NOTICE


def test_a_video_is_labelled_written_and_summed_up(walk: Path, tmp_path: Path) -> None:
    result = watch(
        *(walk, "--headless", "--output", "out.mp4", "--jsonl", "out.jsonl"),
        *("--summary", "s.csv", "--interval", "1"),
        folder=tmp_path,
    )
    assert result.returncode == 0
    assert result.stdout == ""
    assert result.stderr == (
        f"{walk}, model default, device cpu\n"
        "30 frames, 1 person; wrote 's.csv', 'out.jsonl', 'out.mp4'\n"
    )
    assert count_frames(tmp_path / "out.mp4") == 30
    lines = read_lines(tmp_path / "out.jsonl")
    assert [(line["schema"], line["frame"]) for line in lines] == [(2, i) for i in range(30)]
    assert [line["time"] for line in lines] == pytest.approx([i / 25 for i in range(30)])
    for line in lines:
        assert line.keys() == {"schema", "frame", "time", "faces"}
        (face,) = line["faces"]
        assert face.keys() == {
            *("person_id", "since", "former_ids"),
            *("box", "landmarks", "score", "quality", "attributes"),
        }
        assert face["person_id"] == 1
    last = lines[-1]["faces"][0]["attributes"]
    assert last["age"]["low"] < last["age"]["high"]
    assert last["gender"]["probabilities"]["female"] > 0.5
    assert read_people(tmp_path / "s.csv") == [1, 1]


def test_every_attribute_of_the_model_is_followed(
    walk: Path, tmp_path: Path, many_heads: Path
) -> None:
    arguments = (walk, "--headless", "--model", many_heads, "--certainty", "off")
    arguments += ("--attributes", "ethnicity", "--jsonl", "out.jsonl", "--output", "out.avi")
    result = watch(*arguments, folder=tmp_path)
    assert result.returncode == 0
    notice, began, _ = result.stderr.splitlines()
    assert notice == f"ethnicity: {ETHNICITY_NOTICE}"
    assert began == f"{walk}, model many, device cpu"
    line = read_lines(tmp_path / "out.jsonl")[-1]
    assert line["notices"] == {"ethnicity": ETHNICITY_NOTICE}
    (face,) = line["faces"]
    assert list(face["attributes"]) == ["age", "gender", "hat", "ethnicity"]
    assert face["attributes"]["hat"]["label"] == "=helmet"
    assert face["attributes"]["ethnicity"]["label"] == "Asian"
    assert face["attributes"]["gender"]["label"] != "undetermined"


def test_the_options_of_faces_count_for_a_video(walk: Path, tmp_path: Path) -> None:
    result = watch(walk, "--headless", "--min-score", "1", "--jsonl", "out.jsonl", folder=tmp_path)
    assert result.stderr.endswith("30 frames, 0 people; wrote 'out.jsonl'\n")
    assert [line["faces"] for line in read_lines(tmp_path / "out.jsonl")] == [[]] * 30


@pytest.mark.parametrize("size", ["1280", "1280*720", "0x720", "-1x720", "1280x720x3"])
def test_a_size_that_is_none(mien: Mien, size: str) -> None:
    result = mien("watch", "--headless", "--size", size)
    assert result.code == 2
    assert "is not a width and a height, such as 1280x720." in result.err


def test_only_a_camera_is_asked_for_a_size(walk: Path, tmp_path: Path) -> None:
    result = watch(walk, "--headless", "--size", "64x48", "--output", "out.avi", folder=tmp_path)
    assert result.returncode == 0
    assert cv2.VideoCapture(str(tmp_path / "out.avi")).get(cv2.CAP_PROP_FRAME_WIDTH) == 320


def test_a_video_without_faces(tmp_path: Path) -> None:
    video = write_video(tmp_path / "dark.avi", [np.full((120, 160, 3), 30, np.uint8)] * 50)
    result = watch(
        video, "--headless", "--jsonl", "out.jsonl", "--summary", "s.json", folder=tmp_path
    )
    assert result.returncode == 0
    assert result.stderr.endswith("50 frames, 0 people; wrote 's.json', 'out.jsonl'\n")
    assert [line["faces"] for line in read_lines(tmp_path / "out.jsonl")] == [[]] * 50
    (interval,) = json.loads((tmp_path / "s.json").read_text())["intervals"]
    assert interval["people"] == 0
    assert {cell["expected"] for cell in interval["audience"]} == {0}


@pytest.mark.skipif(sys.platform != "linux", reason="there is always a screen elsewhere")
def test_without_a_screen_it_says_so_and_goes_on(walk: Path, tmp_path: Path) -> None:
    result = watch(walk, "--jsonl", "out.jsonl", folder=tmp_path)
    assert result.returncode == 0
    assert "there is no screen to show the window on; going on without a window" in result.stderr
    assert result.stdout == ""
    assert len(read_lines(tmp_path / "out.jsonl")) == 30


def test_without_the_extra_it_says_how_to_get_a_window_or_none(walk: Path, tmp_path: Path) -> None:
    (tmp_path / "pygame.py").write_text("raise ImportError")
    environment = {**ENVIRONMENT, "PYTHONPATH": str(tmp_path)}
    result = subprocess.run(
        [MIEN, "watch", str(walk)],
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
        [MIEN, "watch", str(walk), "--headless"],
        stderr=theirs,
        cwd=tmp_path,
        env={**ENVIRONMENT, "TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 4096):
            said += part
    except OSError:
        pass  # how Linux says that the other side was closed
    assert process.wait() == 0
    for words in ("frames/s", "80 % interval", "gender", "30 frames, 1 person"):
        assert words in said.decode()
