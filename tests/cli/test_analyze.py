from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


def mien(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Runs the command as a user does."""
    command = [str(Path(sys.executable).with_name("mien")), *map(str, arguments)]
    environment = {**os.environ, "COLUMNS": "120"}
    return subprocess.run(
        command,
        capture_output=True,
        text=options.pop("text", True),
        env=environment,
        check=False,
        **options,
    )


@pytest.fixture
def folder(tmp_path: Path, astronaut: np.ndarray) -> Path:
    """Good and bad pictures, named in the order of the alphabet."""
    pictures = tmp_path / "pictures"
    (pictures / "inner").mkdir(parents=True)
    image = Image.fromarray(astronaut)
    image.save(pictures / "a.jpg", quality=95)
    (pictures / "b-text.jpg").write_text("not a picture")
    (pictures / "c-truncated.jpg").write_bytes((pictures / "a.jpg").read_bytes()[:20_000])
    (pictures / "d-empty.jpg").touch()
    Image.new("RGB", (80, 60)).save(pictures / "e-nobody.png")
    image.save(pictures / "inner" / "f.webp")
    (pictures / "notes.txt").write_text("no picture, and not called one")
    return pictures


def test_a_table_of_one_picture(folder: Path) -> None:
    result = mien("analyze", folder / "a.jpg")
    assert result.returncode == 0
    assert result.stderr == ""
    assert "a.jpg" in result.stdout
    assert "80 % interval" in result.stdout


def test_a_folder_with_bad_pictures(folder: Path, tmp_path: Path) -> None:
    lines = tmp_path / "out.jsonl"
    result = mien("analyze", folder, "--recursive", "--jsonl", lines, "--annotate", tmp_path / "x")
    assert result.returncode == 1
    answers = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [Path(answer["path"]).name for answer in answers] == [
        *("a.jpg", "b-text.jpg", "c-truncated.jpg", "d-empty.jpg", "e-nobody.png", "f.webp")
    ]
    errors = [answer["error"] for answer in answers]
    assert errors[0] is errors[4] is errors[5] is None
    assert "not a picture" in errors[1]
    assert "damaged" in errors[2]
    assert "empty" in errors[3]
    for name in ("b-text.jpg", "c-truncated.jpg", "d-empty.jpg"):
        assert name in result.stderr
    assert [len(answer["faces"]) for answer in answers] == [1, 0, 0, 0, 0, 1]
    written = {path.name for path in (tmp_path / "x").iterdir()}
    assert written == {"a-mien.jpg", "e-nobody-mien.jpg", "f-mien.jpg"}


def test_names_are_shown_as_they_are(tmp_path: Path) -> None:
    odd = tmp_path / "[red]:AB:.jpg"
    odd.write_text("not a picture")
    result = mien("analyze", odd)
    assert odd.name in result.stderr
    assert odd.name in result.stdout


def test_the_json_is_as_documented(folder: Path) -> None:
    result = mien("analyze", folder / "a.jpg", folder / "b-text.jpg", "--json")
    assert result.returncode == 1
    document = json.loads(result.stdout)
    good, bad = document["pictures"]
    assert set(good) == {"schema", "model", "path", "width", "height", "faces", "error"}
    assert (good["schema"], good["width"], good["height"], good["error"]) == (1, 512, 512, None)
    (face,) = good["faces"]
    assert set(face) == {
        *("box", "score", "landmarks", "aligned", "quality", "age", "gender"),
    }
    assert set(face["box"]) == {"x", "y", "width", "height"}
    assert np.array(face["landmarks"]).shape == (5, 2)
    assert set(face["quality"]) == {"size", "sharpness", "frontality"}
    assert set(face["age"]) == {
        *("years", "low", "high", "group", "group_probabilities", "at_least"),
    }
    assert set(face["age"]["at_least"]) == {"13", "18", "21", "25", "65"}
    assert set(face["gender"]) == {"label", "female", "male"}
    assert bad["faces"] == []
    assert bad["width"] is None
    assert bad["error"]


def test_globs_missing_files_and_folders_without_pictures(folder: Path) -> None:
    (folder / "empty").mkdir()
    result = mien(
        *("analyze", folder / "*.png", folder / "none.jpg", folder / "no*pe", folder / "empty"),
        "--json",
    )
    assert result.returncode == 1
    found, missing, nothing, empty = json.loads(result.stdout)["pictures"]
    assert found["path"].endswith("e-nobody.png")
    assert missing["error"] == "there is no such file"
    assert "nothing matches" in nothing["error"]
    assert "no picture in the folder" in empty["error"]


def test_standard_input(folder: Path) -> None:
    result = mien("analyze", "-", "--json", input=(folder / "a.jpg").read_bytes(), text=False)
    assert result.returncode == 0
    (answer,) = json.loads(result.stdout)["pictures"]
    assert answer["path"] == "-"
    assert len(answer["faces"]) == 1


def test_cropped_without_a_face(folder: Path) -> None:
    result = mien("analyze", "--cropped", folder / "e-nobody.png", "--json")
    (face,) = json.loads(result.stdout)["pictures"][0]["faces"]
    assert face["aligned"] is False
    assert face["landmarks"] is None
    assert face["box"] == {"x": 0, "y": 0, "width": 80, "height": 60}


def test_the_pixel_limit(folder: Path) -> None:
    result = mien("analyze", folder / "a.jpg", "--max-megapixels", "0.1")
    assert result.returncode == 1
    assert "at most 0.1 megapixels" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze"],
        ["analyze", "x.jpg", "--threads", "0"],
        ["analyze", "x.jpg", "--min-score", "2"],
        ["analyze", "x.jpg", "--nonsense"],
        ["nonsense"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    assert mien(*arguments).returncode == 2


def test_a_model_that_does_not_exist(folder: Path) -> None:
    result = mien("analyze", folder / "a.jpg", "--model", "none.onnx")
    assert result.returncode == 1
    assert result.stderr.startswith("mien: there is no model 'none.onnx'")


def test_two_pictures_of_one_name_are_both_labelled(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(folder / "a.jpg", other / "a.jpg")
    mien("analyze", folder / "a.jpg", other / "a.jpg", "--annotate", tmp_path / "x")
    assert {p.name for p in (tmp_path / "x").iterdir()} == {"a-mien.jpg", "a-mien-2.jpg"}


def test_the_card_of_the_model_in_use() -> None:
    result = mien("model", "info")
    assert result.returncode == 0
    for word in ("network", "apparent age", "undetermined below", "licence", "SHA-256"):
        assert word in result.stdout
    assert json.loads(mien("model", "info", "--json").stdout)["name"] == "default"


def test_the_models_are_listed_with_size_speed_accuracy_and_licence() -> None:
    result = mien("models")
    assert result.returncode == 0
    for word in ("default", " MB", " ms", " years", "%", "non-commercial", "CC BY 4.0"):
        assert word in result.stdout
    assert "not measured" not in result.stdout


def test_the_version() -> None:
    result = mien("--version")
    assert result.returncode == 0
    assert result.stdout.startswith("mien 0.")
