from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from running import NO_SPACE, run_into_full_disk
from typer.testing import CliRunner

from mien.assets import ASTRONAUT
from mien.attributes.heads import ETHNICITY_NOTICE
from mien.cli import app
from mien.errors import MienError, PictureError


def test_it_writes_where_the_model_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["explain", str(ASTRONAUT)])
    assert result.exit_code == 0, result.output
    assert "depends on" in result.output
    assert "age (80 % interval)" in result.output
    assert "gender" in result.output
    assert " %" in result.output
    first = next(row.split() for row in result.output.splitlines() if row.startswith("1 "))
    assert abs(int(first[-3]) - 90) < 5
    assert first[-2] == "px"
    assert abs(int(first[-1])) < 5  # degrees
    sheet = np.asarray(Image.open(tmp_path / "astronaut-why.png"))
    assert sheet.shape[1] > sheet.shape[0] > 256
    chip, age, gender = (sheet[16:272, 16 + i * 272 : 272 + i * 272] for i in range(3))
    assert chip.mean() > age.mean() > 10
    assert chip.mean() > gender.mean() > 10
    assert np.abs(age.astype(int) - gender).mean() > 5


def test_what_cannot_be_printed_is_drawn(tmp_path: Path) -> None:
    ended = run_into_full_disk("explain", ASTRONAUT, "--out", "why.png", folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (1, "wrote 'why.png'\n" + NO_SPACE)
    Image.open(tmp_path / "why.png").verify()


def test_a_long_name_is_shortened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    picture = Path(f"{'é' * 125}.jpg")
    shutil.copy(ASTRONAUT, picture)
    result = CliRunner().invoke(app, ["explain", str(picture)])
    assert result.exit_code == 0, result.output
    assert Path(f"{'é' * 100}-why.png").exists()


def test_no_face_and_no_picture(tmp_path: Path) -> None:
    grey = tmp_path / "grey.png"
    Image.new("RGB", (300, 200), "grey").save(grey)
    result = CliRunner().invoke(app, ["explain", str(grey), "--out", str(tmp_path / "why.png")])
    assert result.exit_code == 0
    assert "no face found" in result.output
    assert not (tmp_path / "why.png").exists()
    nowhere = tmp_path / "nowhere.png"
    result = CliRunner().invoke(app, ["explain", str(nowhere)])
    assert isinstance(result.exception, PictureError)
    assert str(result.exception) == f"'{nowhere}': there is no such file"


def test_each_shown_attribute_has_a_row_and_a_panel(tmp_path: Path, many_heads: Path) -> None:
    def panels(*arguments: str) -> tuple[str, int]:
        out = tmp_path / "why.png"
        command = ["explain", str(ASTRONAUT), "--model", str(many_heads), "--out", str(out)]
        result = CliRunner().invoke(app, [*command, *arguments])
        assert result.exit_code == 0, result.output
        return result.output, (Image.open(out).width - 16) // 272

    said, count = panels()
    assert count == 4
    assert "hat" in said
    assert "ethnicity" not in said
    said, count = panels("--attributes", "ethnicity")
    assert count == 5
    assert ETHNICITY_NOTICE in said


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("none/why.png", "there is no folder 'none' to write 'why.png' into"),
        (
            "why.txt",
            "pictures are written as .png, .jpg, .jpeg, .webp, .tif, .tiff, .bmp, not 'why.txt'",
        ),
        (
            "why.psd",
            "pictures are written as .png, .jpg, .jpeg, .webp, .tif, .tiff, .bmp, not 'why.psd'",
        ),
        ("a.png/why.png", "'a.png/why.png' cannot be written: Not a directory"),
        ("a.png", "'a.png' is an input; write to another file"),
    ],
)
def test_what_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Image.open(ASTRONAUT).save("a.png")
    # There is no such model: the work has not begun.
    result = CliRunner().invoke(app, ["explain", "a.png", "--out", out, "--model", "none"])
    assert isinstance(result.exception, MienError)
    assert str(result.exception) == message


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["explain", "-"], input=ASTRONAUT.read_bytes())
    assert result.exit_code == 0, result.output
    assert "wrote 'standard-input-why.png'" in result.output
    assert Path("standard-input-why.png").exists()


def test_an_address() -> None:
    result = CliRunner().invoke(app, ["explain", "https://other.example/a.jpg"])
    assert isinstance(result.exception, PictureError)
    assert "download the picture" in str(result.exception)
