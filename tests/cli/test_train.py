"""The way from chips to a model on the command line, on a set small enough for a test."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import optuna
import pytest
from PIL import Image
from running import Mien, run_into_full_disk

from mien.assets import find_model
from mien.training.recipe import read_recipe
from mien.training.search_plots import draw_search, history, parameters
from tests.chip_caches import TINY, one_thread

__all__ = ["one_thread"]


def process(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs the command line in a process of its own."""
    command = [str(Path(sys.executable).with_name("mien")), *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}  # as of one_thread
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture(scope="module")
def folder(astronaut: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures, their labels, a chip cache and a recipe."""
    folder = tmp_path_factory.mktemp("train")
    random = np.random.default_rng(0)
    rows = []
    for i in range(40):
        gain = random.uniform(0.5, 1.3)
        face = (astronaut[20:220, 110:330] * gain).clip(0, 255).astype(np.uint8)
        Image.fromarray(face).save(folder / f"{i:02}.png")
        split = "train" if i < 24 else "val" if i < 36 else "test"
        rows.append((f"{i:02}.png", 20 + i, "female" if i % 2 else "male", split))
    with (folder / "labels.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "age", "gender", "split"))
        writer.writerows(rows)
    (folder / "faces.yaml").write_text(
        f"kind: csv\npictures: {folder}\nlabels: {folder / 'labels.csv'}\n"
    )
    made = process(
        *("data", "chips", folder / "faces.yaml"),
        *("--out", folder / "chips", "--size", "64", "--processes", "1"),
    )
    assert made.returncode == 0, made.stderr
    for network in ("mobilenet_v1", TINY):
        (folder / f"{network}.yaml").write_text(
            f"name: {network}\nnetwork: {network}\nsize: 64\nepochs: 2\nbatch: 8\nwarmup: 1\n"
        )
    return folder


def test_from_training_to_evaluation(folder: Path, mien: Mien) -> None:
    run, model = folder / "run", folder / "model.onnx"
    data = ("--data", folder / "chips")
    trained = process("train", folder / "mobilenet_v1.yaml", *data, "--out", run)
    assert trained.returncode == 0, trained.stderr
    assert "on cpu in fp32" in trained.stdout
    assert "epoch 2" in trained.stdout

    again = mien("train", folder / "mobilenet_v1.yaml", *data, "--out", run)
    assert again.code == 2
    assert "--resume" in again.err

    exported = mien("export", run, *data, "--out", model)
    assert exported.code == 0, exported.err
    out = folder / "evaluation"
    (folder / "mine.yaml").write_text(
        f"kind: csv\npictures: {folder}\nlabels: {folder / 'labels.csv'}\n"
    )
    evaluated = mien(
        *("evaluate", folder / "mine.yaml", "--split", "test"),
        *("--model", model, "--report", out, "--ladder", "2"),
    )
    assert evaluated.code == 0, evaluated.err
    assert "poor views, all sets" in evaluated.out
    figures = json.loads((out / "metrics.json").read_text())
    assert list(figures["sets"]) == ["mine"]
    assert figures["sets"]["mine"]["summary"]["pictures"] == 4
    assert figures["ladder"]["pixels 12"]["gender_accuracy"]["n"] == 2
    page = (out / "index.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg") == len(figures["ladder"])
    assert "The ladder of poor views" in page
    recorded = mien("model", "record", model, out / "metrics.json")
    assert recorded.code == 0, recorded.err
    assert "on mine test" in mien("model", "info", model).out
    other = mien("model", "record", find_model("default"), out / "metrics.json")
    assert other.code == 1
    assert "another model" in other.err
    compared = mien("compare", *[out / "mine" / "predictions.npz"] * 2)
    assert "difference +0" in compared.out

    student = (folder / f"{TINY}.yaml").read_text() + f"teachers: ['{model}']\n"
    (folder / "student.yaml").write_text(student)
    learnt = mien("train", folder / "student.yaml", *data, "--out", folder / "student")
    assert learnt.code == 0, learnt.err


def test_a_search_goes_on_and_writes_its_best_recipe(folder: Path, mien: Mien) -> None:
    out = folder / "search"
    arguments = ("tune", folder / f"{TINY}.yaml", "--data", folder / "chips", "--out", out)
    first = mien(*arguments, "--trials", "1", "--workers", "0")
    assert first.code == 0, first.err
    second = mien(*arguments, "--trials", "2", "--workers", "0")
    assert second.code == 0, second.err
    assert "trial 0" not in second.out
    assert "trial 1" in second.out
    best = read_recipe(out / "best.yaml")
    assert best.network == TINY
    study = optuna.load_study(study_name=None, storage=f"sqlite:///{out / 'study.db'}")
    drawn = [axes.collections[0].get_offsets() for axes in history(study).axes]
    assert [len(points) for points in drawn] == [2]
    panels = [axes for axes in parameters(study).axes if axes.get_visible()]
    assert {axes.get_xlabel().replace(" ", "_") for axes in panels} == study.best_params.keys()
    assert all(len(axes.collections[0].get_offsets()) == 2 for axes in panels)
    (folder / "again").mkdir()
    for again in draw_search(study, folder / "again"):
        assert (out / again.name).read_bytes() == again.read_bytes()


def test_a_training_goes_on_if_nothing_can_be_printed(folder: Path) -> None:
    arguments = ("train", "mobilenet_v1.yaml", "--data", "chips", "--out", "unseen", "--workers", 0)
    ended = run_into_full_disk(*arguments, folder=folder)
    assert ended.returncode == 1
    assert len((folder / "unseen" / "log.csv").read_text().splitlines()) == 3
    assert "Traceback" not in ended.stderr


def test_what_is_missing_is_said(folder: Path, mien: Mien) -> None:
    missing = mien("train", folder / "none.yaml", "--data", folder / "chips")
    assert missing.code == 1
    assert "there is no recipe" in missing.err
    missing = mien("train", folder / f"{TINY}.yaml", "--data", folder / "none")
    assert missing.code == 1
    assert "no chip cache" in missing.err
