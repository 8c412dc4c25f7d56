"""What the tests of several commands share: the command, models with other attributes, a video."""

from __future__ import annotations

import sys
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image
from running import Ended, Mien, write_video

from mien.attributes.calibration import Calibration, Temperature
from mien.attributes.heads import ETHNICITY, Head
from mien.cli import main
from mien.exporting.model_file import write_card
from tests.model_files import add_head, plain_default

HAT = Head(
    "hat",
    "categorical",
    ("none", "cap", "=helmet"),
    Calibration(
        Temperature(0.0, (0.5, 0.0, 0.0, 0.0)), thresholds=((0.0, 1.0, 0.91), (0.8, 0.5, 0.99))
    ),
)


@pytest.fixture
def mien(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Mien:
    """Runs the command line in this process, on a terminal 140 columns wide."""
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)  # to put it back

    def run(*arguments: object, folder: Path | None = None) -> Ended:
        monkeypatch.setattr(sys, "argv", ["mien", *map(str, arguments)])
        with chdir(folder or Path.cwd()), pytest.raises(SystemExit) as exit_:
            main()
        code = exit_.value.code
        return Ended(code if isinstance(code, int) else int(code is not None), *capsys.readouterr())

    return run


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


@pytest.fixture(scope="session")
def many_heads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default model that also predicts a hat and, with a notice, the same ethnicity for all."""
    path = tmp_path_factory.mktemp("models") / "many.onnx"
    model, card = plain_default()
    add_head(model, HAT, (0.0, 0.0, 3.0))
    add_head(model, ETHNICITY, (0.0, 0.0, 3.0, 0.0, 0.0))
    onnx.save(model, path)
    write_card(path, replace(card, name="many", heads=(*card.heads, HAT, ETHNICITY)))
    return path


@pytest.fixture(scope="session")
def hat_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that predicts neither age nor gender, but a hat."""
    path = tmp_path_factory.mktemp("models") / "hat.onnx"
    model, card = plain_default()
    add_head(model, HAT, (0.0, 0.0, 3.0))
    onnx.save(model, path)
    write_card(path, replace(card, name="hat", heads=(HAT,)))
    return path


@pytest.fixture(scope="session")
def frames(astronaut: np.ndarray) -> list[np.ndarray]:
    """Thirty frames of a window that moves over the astronaut, 320 x 240."""
    windows = [astronaut[4 + i : 244 + i, 20 + 2 * i : 340 + 2 * i] for i in range(30)]
    return [np.ascontiguousarray(window) for window in windows]


@pytest.fixture(scope="session")
def walk(frames: list[np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of the frames."""
    return write_video(tmp_path_factory.mktemp("watch") / "walk.avi", frames)


@pytest.fixture(scope="session")
def long_walk(astronaut: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty seconds, to and fro: longer than anybody waits here."""
    steps = [abs(i % 100 - 50) for i in range(1000)]
    frames = [astronaut[4 + i : 244 + i, 20 + 2 * i : 340 + 2 * i] for i in steps]
    return write_video(tmp_path_factory.mktemp("watch") / "long.avi", frames)
