"""The files of ``mien analyze``."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from running import Mien


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_row_for_each_face(mien: Mien, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "faces.csv"
    result = mien("analyze", folder, "-r", "--csv", path, "--json")
    assert f"wrote '{path}'" in result.err
    rows = _rows(path)
    assert [Path(row["path"]).name for row in rows] == ["a.jpg", "f.webp"]
    faces = [face for picture in json.loads(result.out)["pictures"] for face in picture["faces"]]
    for row, face in zip(rows, faces, strict=True):
        age, gender = face["attributes"]["age"], face["attributes"]["gender"]
        expected = {
            "face": 1,
            **face["box"],
            "score": face["score"],
            **{name: face["quality"][name] for name in ("size", "sharpness", "frontality")},
            **{f"age_{name}": age[name] for name in ("years", "low", "high")},
            "gender": gender["label"],
            **{f"gender_{label}": p for label, p in gender["probabilities"].items()},
        }
        assert {name: text for name, text in row.items() if name != "path"} == {
            name: str(value) for name, value in expected.items()
        }


@pytest.mark.parametrize("name", ["=1+1.jpg", "+1.jpg", "-1.jpg", "@x.jpg", "\tx.jpg"])
def test_no_text_of_a_csv_is_a_formula(mien: Mien, folder: Path, tmp_path: Path, name: str) -> None:
    shutil.copy(folder / "a.jpg", tmp_path / name)
    mien("analyze", "--csv", "faces.csv", "--", name, folder=tmp_path)
    (row,) = _rows(tmp_path / "faces.csv")
    assert row["path"] == "'" + name


def test_negative_numbers_of_a_csv_stay_numbers(
    mien: Mien, astronaut: np.ndarray, tmp_path: Path
) -> None:
    Image.fromarray(astronaut[75:180, 185:280]).save(tmp_path / "cut.png")
    mien("analyze", "cut.png", "--cropped", "--csv", "faces.csv", folder=tmp_path)
    (row,) = _rows(tmp_path / "faces.csv")
    assert min(float(row[name]) for name in ("x", "y")) < 0


def test_a_label_that_looks_like_a_formula(
    mien: Mien, folder: Path, tmp_path: Path, hat_alone: Path
) -> None:
    path = tmp_path / "faces.csv"
    mien("analyze", folder / "a.jpg", "--model", hat_alone, "--csv", path)
    (row,) = _rows(path)
    assert row["hat"] == "'=helmet"
    assert "age_years" not in row
    parts = [float(row[f"hat_{label}"]) for label in ("none", "cap", "=helmet")]
    assert parts[2] > 5 * parts[1] == 5 * parts[0]
    assert sum(parts) == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--csv", "none/x.csv"], "there is no folder 'none' to write 'x.csv' into"),
        (["--jsonl", "none/x.jsonl"], "there is no folder 'none' to write 'x.jsonl' into"),
        (["--csv", "a.jpg"], "'a.jpg' is an input; write to another file"),
        (
            ["--csv", "x", "--jsonl", "x"],
            "'x' cannot hold two outputs; give each a file of its own",
        ),
        (["--csv", "inner"], "'inner' cannot be written: Is a directory"),
        (["--annotate", "a.jpg"], "'a.jpg' cannot be written: File exists"),
    ],
)
def test_what_cannot_be_written(
    mien: Mien, folder: Path, arguments: list[str], message: str
) -> None:
    before = (folder / "a.jpg").read_bytes()
    result = mien("analyze", "a.jpg", *arguments, folder=folder)
    assert result.code == 1
    assert result.err == f"mien: {message}\n"
    assert result.out == ""
    assert (folder / "a.jpg").read_bytes() == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
@pytest.mark.parametrize("option", ["--csv", "--jsonl"])
def test_a_full_disk(mien: Mien, folder: Path, option: str) -> None:
    result = mien("analyze", folder / "a.jpg", option, "/dev/full")
    assert result.code == 1
    assert result.err == "mien: '/dev/full' cannot be written: No space left on device\n"
