from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from mien.assets import ASTRONAUT
from mien.cli import app
from mien.errors import PictureError


def test_it_writes_where_the_model_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["explain", str(ASTRONAUT)])
    assert result.exit_code == 0, result.output
    assert "age by" in result.output
    assert " %" in result.output
    sheet = np.asarray(Image.open(tmp_path / "astronaut-why.png"))
    assert sheet.shape[1] > sheet.shape[0] > 256
    chip, age, gender = (sheet[16:272, 16 + i * 272 : 272 + i * 272] for i in range(3))
    assert chip.mean() > age.mean() > 10
    assert chip.mean() > gender.mean() > 10
    assert np.abs(age.astype(int) - gender).mean() > 5


def test_no_face_and_no_picture(tmp_path: Path) -> None:
    grey = tmp_path / "grey.png"
    Image.new("RGB", (300, 200), "grey").save(grey)
    result = CliRunner().invoke(app, ["explain", str(grey), "--out", str(tmp_path / "why.png")])
    assert result.exit_code == 0
    assert "no face found" in result.output
    assert not (tmp_path / "why.png").exists()
    result = CliRunner().invoke(app, ["explain", str(tmp_path / "nowhere.png")])
    assert isinstance(result.exception, PictureError)
