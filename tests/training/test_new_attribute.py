"""A new attribute from a recipe and a CSV to the answers, without a change of code."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from mien import Analyzer
from mien.attributes.heads import Head
from mien.datasets.chips.cache import build_cache, open_cache
from mien.datasets.readers import read_csv
from mien.exporting.onnx import export_run
from mien.faces import YuNet
from mien.faces.align import UTKFACE_TEMPLATE
from mien.server.hosting.settings import Settings
from mien.server.stream_analysis import StreamAnalysis, StreamFrame
from mien.training.log import Log
from mien.training.loop import Trainer
from mien.training.recipe import read_recipe

RECIPE = """
name: hats
network: tiny
heads:
  - age
  - {name: hat, kind: binary, labels: ["no", "yes"], weight: 2}
size: 64
repeat: {hats: 4}
epochs: 8
batch: 8
learning_rate: 0.03
warmup: 5
average: 0.9
augmentation: {tight: 0, dark: 0, bright: 0, colour: 0, grey: 0}
"""


def with_hat(picture: np.ndarray) -> np.ndarray:
    """Draws a red hat on a face, down to its forehead."""
    (face,) = YuNet(threads=1).detect(picture, 0.5)
    assert face.landmarks is not None
    eyes = face.landmarks[:2]
    drawn = picture.copy()
    drawn[: round(eyes[:, 1].min() - 0.3 * np.ptp(eyes[:, 0]))] = (200, 20, 30)
    return drawn


@pytest.fixture(scope="module")
def faces(astronaut: np.ndarray) -> dict[str, np.ndarray]:
    """The same face without and with a hat, by the label of ``hat``."""
    face = np.ascontiguousarray(astronaut[20:220, 110:330])
    return {"no": face, "yes": with_hat(face)}


@pytest.fixture(scope="module")
def model(faces: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that is trained by a recipe and a CSV."""
    folder = tmp_path_factory.mktemp("hats")
    random = np.random.default_rng(0)
    with (folder / "labels.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "age", "hat", "split"))
        for i in range(56):
            hat = ("no", "yes")[i % 2]
            lit = (faces[hat] * random.uniform(0.6, 1.2)).clip(0, 255).astype(np.uint8)
            Image.fromarray(lit[:, :: random.choice([-1, 1])]).save(folder / f"{i}.png")
            label = "" if i % 9 == 8 else hat  # some are not labelled
            writer.writerow((f"{i}.png", 20 + i, label, "train" if i < 32 else "val"))
    (folder / "recipe.yaml").write_text(RECIPE)

    records = read_csv(folder / "labels.csv").records
    build_cache(folder / "chips", "hats", folder, records, 64, UTKFACE_TEMPLATE, 1)
    cache = open_cache(folder / "chips")
    trainer = Trainer(read_recipe(folder / "recipe.yaml"), [cache], folder / "run", workers=0)
    metrics = trainer.train(Log(folder / "run", Console(file=io.StringIO())))
    assert metrics["hats/hat_accuracy"] > 0.9
    export_run(folder / "run", [cache], folder / "hats.onnx")
    return folder / "hats.onnx"


def test_the_library_predicts_it(model: Path, faces: dict[str, np.ndarray]) -> None:
    analyzer = Analyzer(model, certainty=None)
    assert [head.name for head in analyzer.card.heads] == ["age", "hat"]
    hat = analyzer.card.head("hat")
    assert (hat.kind, hat.labels) == ("binary", ("no", "yes"))
    assert hat.calibration != Head("hat", "binary", ("no", "yes")).calibration
    for label, picture in faces.items():
        (face,) = analyzer.analyze(picture, cropped=True)
        assert face.estimates["hat"].label == label
        assert face.to_dict()["attributes"]["hat"]["probabilities"][label] > 0.5


def test_the_command_prints_it(model: Path, faces: dict[str, np.ndarray], tmp_path: Path) -> None:
    Image.fromarray(faces["yes"]).save(tmp_path / "face.png")
    mien = Path(sys.executable).with_name("mien")
    command = [mien, "analyze", tmp_path / "face.png", "--model", model, "--cropped", "--json"]
    run = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    (picture,) = json.loads(run.stdout)["pictures"]
    (face,) = picture["faces"]
    assert face["attributes"]["hat"]["probabilities"]["yes"] > 0.5


def test_a_stream_shows_it(model: Path, faces: dict[str, np.ndarray]) -> None:
    analyzer = Analyzer(model, certainty=None, threads=1)
    for label, picture in faces.items():
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "PNG")
        frame = StreamFrame(0, file.getvalue(), received=0.0)
        answer = StreamAnalysis(analyzer, Settings()).analyze(frame, max_faces=None, dropped=0)
        (face,) = answer["faces"]
        assert face["attributes"]["hat"]["label"] == label
        assert face["attributes"]["hat"]["probabilities"][label] > 0.5
