"""The files of ``mien analyze``."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from running import MIEN, Mien


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
            "rotation": face["quality"]["rotation"],
            "hints": "",
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
        (["--annotate", "a.jpg"], "'a.jpg' is no folder; name a folder to write into"),
        (["--annotate", "a.jpg/x"], "'a.jpg/x' is no folder; name a folder to write into"),
        (["--csv", "a.jpg/x"], "'a.jpg/x' cannot be written: Not a directory"),
        (["--csv", "x" * 300], f"'{'x' * 300}' cannot be written: File name too long"),
        (["--csv", "loop"], "'loop' cannot be written: Too many levels of symbolic links"),
        (["--csv", "-", "--json"], "'-' cannot hold two outputs; give each a file of its own"),
        (
            ["--csv", "-", "--jsonl", "-"],
            "'-' cannot hold two outputs; give each a file of its own",
        ),
    ],
)
def test_what_cannot_be_written_is_told_before_the_work(
    mien: Mien, folder: Path, arguments: list[str], message: str
) -> None:
    (folder / "loop").symlink_to("loop")
    before = (folder / "a.jpg").read_bytes()
    # There is no such model: the work has not begun.
    result = mien("analyze", "a.jpg", "--model", "none", *arguments, folder=folder)
    assert result.code == 1
    assert result.err == f"mien: {message}\n"
    assert result.out == ""
    assert (folder / "a.jpg").read_bytes() == before


def test_a_checked_file_is_as_it_was_if_the_work_does_not_begin(
    mien: Mien, folder: Path, tmp_path: Path
) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "new.jsonl"
    old.write_text("old")
    (tmp_path / "link.csv").symlink_to("linked.csv")
    for arguments in (["--csv", old, "--jsonl", new], ["--csv", tmp_path / "link.csv"]):
        assert mien("analyze", folder / "a.jpg", "--model", "none", *arguments).code == 1
    assert old.read_text() == "old"
    assert not new.exists()
    assert (tmp_path / "link.csv").is_symlink()
    assert not (tmp_path / "linked.csv").exists()


# Inputs are not written over


def _other_names(folder: Path) -> dict[str, Path]:
    """Other names of the picture a.jpg."""
    (folder / "hard").hardlink_to(folder / "a.jpg")
    (folder / "soft").symlink_to("a.jpg")
    (folder / "beside").symlink_to(folder.parent, target_is_directory=True)
    return {
        "the same": folder / "a.jpg",
        "another spelling": folder / "inner" / ".." / "a.jpg",
        "a hard link": folder / "hard",
        "a link": folder / "soft",
        "through a linked folder": folder / "beside" / folder.name / "a.jpg",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
@pytest.mark.parametrize("option", ["--csv", "--jsonl"])
@pytest.mark.parametrize("source", ["a.jpg", ".", "*.jpg", "./a.jpg"])
def test_no_input_is_written_over(mien: Mien, folder: Path, option: str, source: str) -> None:
    before = (folder / "a.jpg").read_bytes()
    for path in _other_names(folder).values():
        result = mien("analyze", source, "--model", "none", option, path, folder=folder)
        assert result.code == 1
        assert result.err == f"mien: '{path}' is an input; write to another file\n"
    assert (folder / "a.jpg").read_bytes() == before


def test_neither_the_standard_input_nor_the_model_is_written_over(folder: Path) -> None:
    before = (folder / "a.jpg").read_bytes()
    for arguments in (
        ["-", "--csv", "a.jpg"],
        ["b-text.jpg", "--model", "a.jpg", "--csv", "a.jpg"],
    ):
        with (folder / "a.jpg").open("rb") as file:
            result = subprocess.run(
                [MIEN, "analyze", *arguments],
                stdin=file,
                capture_output=True,
                text=True,
                cwd=folder,
                check=False,
            )
        assert result.stderr == "mien: 'a.jpg' is an input; write to another file\n"
    assert (folder / "a.jpg").read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_labelled_pictures_beside_the_inputs(mien: Mien, tmp_path: Path) -> None:
    def fill(name: str) -> bytes:
        Image.new("RGB", (40, 40), name.partition(".")[0]).save(tmp_path / name)
        return (tmp_path / name).read_bytes()

    kept = {name: fill(name) for name in ("red.png", "green.png", "blue.png")}
    shutil.copy(tmp_path / "red.png", tmp_path / "blue-mien.jpg")  # an input of that name
    kept["blue-mien.jpg"] = kept["red.png"]
    (tmp_path / "green-mien.jpg").symlink_to("red.png")  # a link to an input
    result = mien("analyze", *kept, "--annotate", tmp_path / "." / "", folder=tmp_path)
    assert result.code == 0
    assert f"wrote 4 labelled pictures into '{tmp_path}'" in result.err
    assert {name: (tmp_path / name).read_bytes() for name in kept} == kept
    written = {path.name for path in tmp_path.iterdir()} - set(kept) - {"green-mien.jpg"}
    assert written == {
        *("red-mien.jpg", "green-mien-2.jpg", "blue-mien-2.jpg", "blue-mien-mien.jpg"),
    }


# The standard output


@pytest.mark.parametrize("option", ["--csv", "--jsonl"])
def test_lines_on_the_standard_output(
    mien: Mien, folder: Path, tmp_path: Path, option: str
) -> None:
    path = tmp_path / "out"
    mien("analyze", folder, option, path)
    result = mien("analyze", folder, option, "-")
    assert result.out == path.read_bytes().decode()
    assert "wrote" not in result.err
    assert not (folder / "-").exists()


def test_a_table_in_a_file_is_not_cut(mien: Mien, tmp_path: Path) -> None:
    folder = tmp_path / ("a long name of a folder " * 4) / ("and of another " * 8)
    for name in ("one", "two"):
        (folder / name).mkdir(parents=True)
        Image.new("RGB", (40, 40)).save(folder / name / "same.png")
    result = mien("analyze", folder, "-r", "--max-megapixels", "0.01")
    _, first, second = result.out.splitlines()
    assert first.startswith(f"{folder}/one/same.png  ")
    assert second.startswith(f"{folder}/two/same.png  ")
    assert first.rstrip().endswith("no face found")


_FULL = Path("/dev/full")
_needs_full = pytest.mark.skipif(not _FULL.exists(), reason="there is no disk that is always full")


@_needs_full
@pytest.mark.parametrize("option", ["--csv", "--jsonl"])
def test_a_full_disk(mien: Mien, folder: Path, option: str) -> None:
    result = mien("analyze", folder / "a.jpg", option, "/dev/full")
    assert result.code == 1
    assert result.err == "mien: '/dev/full' cannot be written: No space left on device\n"


@_needs_full
def test_an_output_that_fails_harms_no_other(mien: Mien, folder: Path, tmp_path: Path) -> None:
    labelled = tmp_path / "labelled"
    (labelled / "a-mien.jpg").mkdir(parents=True)  # that picture cannot be written
    shutil.copy(folder / "a.jpg", folder / "z.jpg")
    result = mien(
        *("analyze", folder / "a.jpg", folder / "z.jpg", "--annotate", labelled),
        *("--jsonl", "/dev/full", "--csv", tmp_path / "x.csv"),
    )
    assert result.code == 1
    assert result.err.splitlines() == [
        f"mien: '{labelled / 'a-mien.jpg'}' cannot be written: Is a directory",
        "mien: '/dev/full' cannot be written: No space left on device",
        f"wrote 1 labelled picture into '{labelled}', '{tmp_path / 'x.csv'}'",
    ]
    assert [Path(row["path"]).name for row in _rows(tmp_path / "x.csv")] == ["a.jpg", "z.jpg"]
    assert result.out.count(" years ") == 2
    assert (labelled / "z-mien.jpg").exists()


def test_a_reader_that_leaves_ends_no_other_output(folder: Path, tmp_path: Path) -> None:
    pictures = [str(folder / "a.jpg")] * 3
    command = [MIEN, "analyze", *pictures, "--jsonl", "-", "--csv", str(tmp_path / "x.csv")]
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        ended = subprocess.run(command, stdout=gone, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, f"wrote '{tmp_path / 'x.csv'}'\n")
    assert len(_rows(tmp_path / "x.csv")) == 3


def test_files_may_be_in_the_folder_that_is_made_for_pictures(folder: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    command = [MIEN, "analyze", str(folder / "a.jpg"), "--annotate", "new", "--csv", "new/x.csv"]
    refused = subprocess.run([*command, "--model", "none"], cwd=tmp_path, check=False)
    assert refused.returncode == 1
    assert not new.exists()
    subprocess.run(command, cwd=tmp_path, check=True)
    assert sorted(path.name for path in new.iterdir()) == ["a-mien.jpg", "x.csv"]


@_needs_full
@pytest.mark.parametrize("arguments", [[], ["--json"], ["--jsonl", "-"], ["--csv", "-"]])
def test_a_full_standard_output(folder: Path, arguments: list[str]) -> None:
    with _FULL.open("w") as full:
        result = subprocess.run(
            [MIEN, "analyze", "e-nobody.png", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            check=False,
        )
    assert result.returncode == 1
    assert result.stderr == (
        "mien: the standard output cannot be written: No space left on device\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
@pytest.mark.parametrize("arguments", [[], ["--jsonl", "-"]])
def test_a_reader_that_wants_no_more(folder: Path, arguments: list[str]) -> None:
    command = f"{MIEN} analyze e-nobody.png e-nobody.png {' '.join(arguments)} | true"
    result = subprocess.run(
        ["bash", "-c", command], stderr=subprocess.PIPE, text=True, cwd=folder, check=False
    )
    assert result.stderr == ""
