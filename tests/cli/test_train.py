"""The way from chips to a model on the command line, on a set small enough for a test."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.assets import find_model
from mien.training.recipe import read_recipe


def mien(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("mien")), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def place(astronaut: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures, their labels, a chip cache and a recipe."""
    place = tmp_path_factory.mktemp("train")
    random = np.random.default_rng(0)
    rows = []
    for i in range(40):
        gain = random.uniform(0.5, 1.3)
        face = (astronaut[20:220, 110:330] * gain).clip(0, 255).astype(np.uint8)
        Image.fromarray(face).save(place / f"{i:02}.png")
        split = "train" if i < 24 else "val" if i < 36 else "test"
        rows.append((f"{i:02}.png", 20 + i, "female" if i % 2 else "male", split))
    with (place / "labels.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "age", "gender", "split"))
        writer.writerows(rows)
    (place / "faces.yaml").write_text(
        f"kind: csv\npictures: {place}\nlabels: {place / 'labels.csv'}\n"
    )
    made = mien(
        *("data", "chips", place / "faces.yaml"),
        *("--out", place / "chips", "--size", "64", "--processes", "1"),
    )
    assert made.returncode == 0, made.stderr
    (place / "recipe.yaml").write_text(
        "name: tiny\nnetwork: mobilenet_v1\nsize: 64\nepochs: 2\nbatch: 8\nwarmup: 1\n"
    )
    return place


def test_from_training_to_evaluation(place: Path) -> None:
    run, model = place / "run", place / "tiny.onnx"
    data = ("--data", place / "chips")
    trained = mien("train", place / "recipe.yaml", *data, "--out", run)
    assert trained.returncode == 0, trained.stderr
    assert "on cpu in fp32" in trained.stdout
    assert "epoch 2" in trained.stdout

    again = mien("train", place / "recipe.yaml", *data, "--out", run)
    assert again.returncode == 2
    assert "--resume" in again.stderr

    exported = mien("export", run, *data, "--out", model)
    assert exported.returncode == 0, exported.stderr
    out = place / "evaluation"
    (place / "mine.yaml").write_text(
        f"kind: csv\npictures: {place}\nlabels: {place / 'labels.csv'}\n"
    )
    evaluated = mien(
        *("evaluate", place / "mine.yaml", "--split", "test"),
        *("--model", model, "--report", out, "--ladder", "2"),
    )
    assert evaluated.returncode == 0, evaluated.stderr
    assert "poor views, all sets" in evaluated.stdout
    figures = json.loads((out / "metrics.json").read_text())
    assert list(figures["sets"]) == ["mine"]
    assert figures["sets"]["mine"]["summary"]["pictures"] == 4
    assert figures["ladder"]["pixels 12"]["gender_accuracy"]["n"] == 2
    page = (out / "index.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg") == len(figures["ladder"])
    assert "The ladder of poor views" in page
    recorded = mien("model", "record", model, out / "metrics.json")
    assert recorded.returncode == 0, recorded.stderr
    assert "on mine test" in mien("model", "info", model).stdout
    other = mien("model", "record", find_model("default"), out / "metrics.json")
    assert other.returncode == 1
    assert "another model" in other.stderr
    compared = mien("compare", *[out / "mine" / "predictions.npz"] * 2)
    assert "difference +0" in compared.stdout

    student = (place / "recipe.yaml").read_text().replace("tiny", "student")
    student += f"teachers: ['{model}']\n"
    (place / "student.yaml").write_text(student)
    learnt = mien("train", place / "student.yaml", *data, "--out", place / "student")
    assert learnt.returncode == 0, learnt.stderr


def test_a_search_goes_on_and_writes_its_best_recipe(place: Path) -> None:
    out = place / "search"
    arguments = ("tune", place / "recipe.yaml", "--data", place / "chips", "--out", out)
    first = mien(*arguments, "--trials", "1", "--workers", "0")
    assert first.returncode == 0, first.stderr
    second = mien(*arguments, "--trials", "2", "--workers", "0")
    assert second.returncode == 0, second.stderr
    assert "trial 0" not in second.stdout
    assert "trial 1" in second.stdout
    best = read_recipe(out / "best.yaml")
    assert best.network == "mobilenet_v1"
    assert (out / "search-history.png").stat().st_size > 5_000
    assert (out / "search-parameters.png").stat().st_size > 5_000


def test_what_is_missing_is_said(place: Path) -> None:
    missing = mien("train", place / "none.yaml", "--data", place / "chips")
    assert missing.returncode == 1
    assert "there is no recipe" in missing.stderr
    missing = mien("train", place / "recipe.yaml", "--data", place / "none")
    assert missing.returncode == 1
    assert "no chip cache" in missing.stderr
