from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from running import NO_SPACE, Mien, run_into_full_disk

from mien.datasets.chips.cache import open_cache
from mien.faces.align import UTKFACE_TEMPLATE, ChipTemplate


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory, astronaut: np.ndarray) -> Path:
    """A face, the same blurred and mirrored, two pictures of no face, and two files of no use."""
    folder = tmp_path_factory.mktemp("pictures")
    bgr = astronaut[:, :, ::-1]
    face = cv2.resize(bgr[:200, 110:310], (160, 160), interpolation=cv2.INTER_AREA)
    shown = {
        "20_0_0_20170116220220000": face,
        "24_0_0_20170116220220001": cv2.blur(face, (2, 2)),
        "21_0_0_20170116220220002": face[:, ::-1],
        "22_0_0_20170116220220003": bgr[350:510, :160],
        "29_0_0_20170116220220004": bgr[350:510, 340:500],
    }
    for name, picture in shown.items():
        _, data = cv2.imencode(".jpg", picture)
        (folder / f"{name}.jpg.chip.jpg").write_bytes(data.tobytes())
    (folder / "28_0_0_20170116220220009.jpg.chip.jpg").write_bytes(b"not a picture")
    (folder / "holiday.jpg").write_bytes(b"not a picture")
    return folder


@pytest.fixture
def cache(mien: Mien, pictures: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    assert mien("data", "chips", f"utkface:{pictures}", "--out", folder, "--processes", 1)[0] == 0
    return folder


def test_chips(mien: Mien, pictures: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    arguments = ("data", "chips", f"utkface:{pictures}", "--out", folder, "--size", 64)
    code, out, _ = mien(*arguments, "--processes", 1)
    assert code == 0
    assert "faces not found: 2; pictures unreadable: 1" in out
    assert "problems with the labels: 1" in out
    assert "holiday.jpg" in out
    opened = open_cache(folder)
    assert opened.name == "utkface"
    assert opened.chips.shape == (6, 64, 64, 3)
    assert opened.template == UTKFACE_TEMPLATE
    wider = (*arguments[:3], "--out", tmp_path / "wider", "--crop-scale", 1.2, "--processes", 1)
    assert mien(*wider)[0] == 0
    assert open_cache(tmp_path / "wider").template == ChipTemplate(crop_scale=1.2)


def test_chips_of_a_csv(mien: Mien, pictures: Path, tmp_path: Path) -> None:
    name = "20_0_0_20170116220220000.jpg.chip.jpg"
    labels = tmp_path / "family.csv"
    labels.write_text(f"path,age,gender\n{name},20-29,female\nlost.jpg,3,male\n")
    family = tmp_path / "family.yaml"
    family.write_text(f"kind: csv\npictures: {pictures}\nlabels: {labels}\n")
    code, out, _ = mien("data", "chips", family, "--out", tmp_path / "cache", "--processes", 1)
    assert code == 0
    assert "lost.jpg" in out
    opened = open_cache(tmp_path / "cache")
    assert opened.name == "family"
    assert [(row.record.age_low, row.record.age_high) for row in opened.rows] == [(20, 29)]


@pytest.mark.parametrize("name", ["index.csv", "problems.csv"])
@pytest.mark.parametrize("out", ["lab", "link"])
def test_chips_leave_labels_alone(
    mien: Mien, pictures: Path, tmp_path: Path, name: str, out: str
) -> None:
    text = "path,age\n20_0_0_20170116220220000.jpg.chip.jpg,20\n"
    labels = tmp_path / "lab" / name
    labels.parent.mkdir()
    labels.write_text(text)
    (tmp_path / "link").symlink_to("lab")
    lab = tmp_path / "lab.yaml"
    lab.write_text(f"kind: csv\npictures: {pictures}\nlabels: {labels}\n")
    code, _, err = mien("data", "chips", lab, "--out", tmp_path / out)
    assert (code, err) == (
        1,
        f"mien: '{tmp_path / out / name}' is an input; write to another file\n",
    )
    code, _, err = mien("data", "chips", f"utkface:{pictures}", "--out", tmp_path / out)
    assert code == 1
    assert f"'{tmp_path / out / name}' is of no chip cache and is not written over" in err
    assert labels.read_text() == text
    assert [path.name for path in labels.parent.iterdir()] == [name]


def test_split_then_chips_again(mien: Mien, pictures: Path, cache: Path, tmp_path: Path) -> None:
    splits = tmp_path / "made" / "splits.csv"
    shares = ("--share", "train=0.5", "--share", "test=0.5")
    code, out, _ = mien("data", "split", cache, "--out", splits, *shares)
    assert code == 0
    with splits.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["file", "split", "group"]
    group_of = {row["file"].split("_")[0]: row["group"] for row in rows}
    assert len(rows) == 6
    assert group_of["20"] == group_of["24"]  # near-duplicates
    assert len(set(group_of.values())) == 5
    split_of = {row["file"].split("_")[0]: row["split"] for row in rows}
    assert split_of["20"] == split_of["24"]
    assert sorted(split_of.values()) == ["test"] * 3 + ["train"] * 3
    assert ["pictures", "3", "3"] in [line.split() for line in out.splitlines()]

    divided = tmp_path / "utkface.yaml"
    divided.write_text(f"kind: utkface\npictures: {pictures}\nsplits: {splits}\n")
    assert mien("data", "chips", divided, "--out", cache, "--processes", 1)[0] == 0
    records = [row.record for row in open_cache(cache).rows]
    assert {record.path: record.split for record in records} == {
        row["file"]: row["split"] for row in rows
    }


def test_audit(mien: Mien, cache: Path, tmp_path: Path) -> None:
    code, out, _ = mien("data", "audit", cache, "--out", tmp_path / "audit")
    assert code == 0
    result = json.loads((tmp_path / "audit" / "audit.json").read_text())
    assert result["sets"][0]["pictures"] == 6
    assert result["sets"][0]["problems"] == [["holiday.jpg", "no age"]]
    assert result["duplicates"]["pairs"] == {"utkface": 1}
    assert result["duplicates"]["label_noise"]["mean_difference"] == 4
    assert "pairs, utkface" in out
    assert {path.name for path in (tmp_path / "audit").iterdir()} == {
        "audit.json",
        "ages.png",
        "cells.png",
    }


def test_chips_are_made_if_nothing_can_be_printed(pictures: Path, tmp_path: Path) -> None:
    arguments = ("data", "chips", f"utkface:{pictures}", "--out", "cache", "--processes", 1)
    ended = run_into_full_disk(*arguments, folder=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.endswith(NO_SPACE)
    assert len(open_cache(tmp_path / "cache").rows) == 6


def test_an_audit_that_cannot_be_printed_is_written(cache: Path, tmp_path: Path) -> None:
    ended = run_into_full_disk("data", "audit", cache, "--out", "audit", folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (1, NO_SPACE)
    assert json.loads((tmp_path / "audit" / "audit.json").read_text())["sets"][0]["pictures"] == 6


@pytest.mark.parametrize(
    ("arguments", "expected", "message"),
    [
        (("fairface:{pictures}",), 1, "lacks the entry 'labels'"),
        (("csv:{pictures}",), 1, "lacks the entry 'labels'"),
        (("utkface:{pictures}/nowhere",), 1, "nowhere"),
        (("utkface:",), 1, "names no folder; give it behind the colon: utkface:FOLDER"),
        (("imdb:{pictures}",), 1, "imdb"),
        (("utkface:{pictures}", "--size", "0"), 2, "--size"),
    ],
)
def test_wrong_usage_of_chips(
    mien: Mien,
    pictures: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    expected: int,
    message: str,
) -> None:
    filled = [argument.format(pictures=pictures) for argument in arguments]
    code, _, err = mien("data", "chips", *filled, "--out", tmp_path / "cache")
    assert code == expected
    assert message in " ".join(err.replace("│", " ").split())
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("share", ["train", "train=half", "=0.5"])
def test_wrong_usage_of_split(mien: Mien, cache: Path, tmp_path: Path, share: str) -> None:
    code, _, err = mien("data", "split", cache, "--out", tmp_path / "s.csv", "--share", share)
    assert code == 2
    assert "not of the form train=0.8" in err


def test_what_cannot_be_done_is_one_sentence(mien: Mien, cache: Path, tmp_path: Path) -> None:
    code, _, err = mien("data", "audit", tmp_path)
    assert code == 1
    assert err.startswith("mien: there is no chip cache in")
    assert len(err.splitlines()) == 1
    out = tmp_path / "s.csv"
    code, _, err = mien("data", "split", cache, "--out", out, "--share", "train=0.9")
    assert code == 1
    assert err == "mien: the shares of the splits must be positive and sum to 1\n"
    code, _, err = mien("data", "split", cache, "--out", out, "--balance", "dev")
    assert code == 1
    assert err == "mien: there is no split 'dev' to balance\n"
    assert not out.exists()


def test_fetch_without_a_network(
    mien: Mien, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("kagglehub")
    nobody_listens = "http://127.0.0.1:9"
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, nobody_listens)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path / "kagglehub"))
    code, _, err = mien("data", "fetch", "utkface", "--out", tmp_path / "utkface")
    assert code == 1
    assert "mien: UTKFace could not be fetched from Kaggle" in err
    assert not (tmp_path / "utkface").exists()


def test_the_command_line_is_light_to_import() -> None:
    heavy = {"cv2", "matplotlib", "numpy", "onnxruntime", "torch"}
    script = f"import sys, mien.cli; print(*({heavy} & set(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []
