"""``mien analyze --over`` and ``--blur``, ``mien watch --blur``."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from running import Mien, watch

from mien.faces import YuNet
from mien.images import read_picture
from mien.results.age_decision import NOTICE
from mien.video.io.sources import open_source


@pytest.mark.parametrize(
    ("options", "code", "answer"),
    [
        (("--over", 3), 0, "over"),
        (("--over", 3, "--challenge", 99), 4, "ask (estimate)"),
        (("--over", 90), 3, "under"),
        (("--over", 30), 4, "ask (probability)"),
    ],
)
def test_the_exit_code_says_what_the_table_says(
    mien: Mien, folder: Path, options: tuple, code: int, answer: str
) -> None:
    ended = mien("analyze", "a.jpg", *options, folder=folder)
    heading, row = ended.out.splitlines()
    assert (ended.code, ended.err) == (code, f"mien: {NOTICE}\n")
    assert row[heading.index(f"over {options[1]}") :].startswith(f"{answer} ")


def test_a_picture_without_a_face_must_be_asked(mien: Mien, tmp_path: Path) -> None:
    Image.new("RGB", (90, 90)).save(tmp_path / "black.png")
    assert mien("analyze", "black.png", "--over", 3, folder=tmp_path).code == 4
    assert mien("analyze", "missing.png", "--over", 3, folder=tmp_path).code == 1


def test_json_and_csv_have_the_decision(mien: Mien, folder: Path) -> None:
    ended = mien("analyze", "a.jpg", "--over", 3, "--json", folder=folder)
    (face,) = json.loads(ended.out)["pictures"][0]["faces"]
    assert (face["age_check"]["answer"], face["notice"]) == ("over", NOTICE)
    ended = mien("analyze", "a.jpg", "--over", 90, "--csv", "-", folder=folder)
    (row,) = csv.DictReader(io.StringIO(ended.out))
    assert (row["over_90"], row["reason"]) == ("under", "probability")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--challenge", 25), "it needs --over"),
        (("--over", 18, "--challenge", 12), "challenge must be 18 to 99 years"),
        (("--over", 0), "--over"),
        (("--over", 18, "--certainty", "off"), "off cannot be used with --over"),
        (
            ("--blur", "under-18", "--annotate", "out", "--certainty", "off"),
            "off cannot be used with --blur under an age",
        ),
        (("--blur", "all"), "it needs --annotate"),
        (("--blur", "old", "--annotate", "out"), "choose all, unsure or an age"),
    ],
)
def test_options_that_cannot_be_meant(
    mien: Mien, folder: Path, options: tuple, message: str
) -> None:
    ended = mien("analyze", "a.jpg", *options, folder=folder)
    assert ended.code == 2
    assert message in ended.err
    assert not (folder / "out").exists()


def test_labelled_pictures_with_hidden_faces(mien: Mien, folder: Path, tmp_path: Path) -> None:
    for rule, hidden in (("under-4", False), ("all", True)):
        out = tmp_path / rule
        assert mien("analyze", "a.jpg", "--annotate", out, "--blur", rule, folder=folder).code == 0
        picture = read_picture(out / "a-mien.jpg")
        assert (YuNet(threads=1).detect(picture, 0.5) == []) == hidden


def test_no_frame_of_a_video_shows_a_hidden_face(walk: Path, tmp_path: Path) -> None:
    arguments = (walk, "--headless", "--output", "out.avi", "--jsonl", "l", "--blur", "all")
    ended = watch(*arguments, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    faces = YuNet(threads=1)

    def count(path: Path) -> list[int]:
        with closing(open_source(path)) as source:
            return [len(faces.detect(np.asarray(f.pixels), 0.5, 640)) for f in source.frames()]

    assert min(count(walk)) == 1
    assert count(tmp_path / "out.avi") == [0] * 30
    assert len((tmp_path / "l").read_text().splitlines()) == 30
