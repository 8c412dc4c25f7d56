"""``mien evaluate``: a model, and the answers of another system, on a set of a few pictures."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from running import NO_SPACE, Mien, run_into_full_disk

from mien.evaluation.prediction_files import load_predictions


@pytest.fixture
def sets(astronaut: np.ndarray, tmp_path: Path) -> Path:
    """A folder with two data sets of two pictures each, ``first.yaml`` and ``second.yaml``."""
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        for i in range(2):
            face = np.roll(astronaut[20:220, 110:330], 3 * i, axis=1)
            Image.fromarray(face).save(folder / f"{i}.png")
        (folder / "labels.csv").write_text("path,age,gender\n0.png,40,female\n1.png,45,female\n")
        (tmp_path / f"{name}.yaml").write_text(
            f"kind: csv\npictures: {folder}\nlabels: {folder / 'labels.csv'}\n"
        )
    return tmp_path


def test_a_model_is_evaluated_on_several_sets(mien: Mien, sets: Path) -> None:
    (sets / "log.csv").write_text("epoch,train/loss,val/mae_median\n1,2.5,9\n2,1.5,7\n")
    ended = mien(
        *("evaluate", sets / "first.yaml", sets / "second.yaml", "--report", sets / "out"),
        *("--log", sets / "log.csv"),
    )
    assert ended.code == 0, ended.err
    assert "default, all pictures" in ended.out
    assert all(name in ended.out for name in ("all sets", "first", "second", "index.html"))
    figures = json.loads((sets / "out" / "metrics.json").read_text(encoding="utf-8"))
    assert figures["about"]["system"] == "default"
    assert figures["about"]["sha256"]
    assert figures["pooled"]["summary"]["gender_accuracy"]["n"] == 4
    assert figures["learning"]["panels"]["mae_median"] == {"val": [9, 7]}
    assert (sets / "out" / "plots" / "learning_curves.png").is_file()
    assert figures["sets"]["second"]["summary"]["mae"]["n"] == 2
    assert (sets / "out" / "index.html").is_file()
    with (sets / "out" / "tables" / "summary_age.csv").open(newline="") as file:
        assert [row["set"] for row in csv.DictReader(file)] == ["all sets", "first", "second"]


def test_a_report_that_cannot_be_printed_is_written(sets: Path) -> None:
    ended = run_into_full_disk("evaluate", "first.yaml", "--report", "out", folder=sets)
    assert (ended.returncode, ended.stderr.lstrip()) == (1, NO_SPACE)
    figures = json.loads((sets / "out" / "metrics.json").read_text(encoding="utf-8"))
    assert figures["pooled"]["summary"]["mae"]["n"] == 2
    assert (sets / "out" / "index.html").is_file()


def test_a_picture_that_cannot_be_read_is_left_out(mien: Mien, sets: Path) -> None:
    (sets / "second" / "0.png").write_text("no picture")
    arguments = ("first.yaml", "second.yaml", "--report", "out", "--ladder", "2")
    ended = mien("evaluate", *arguments, folder=sets)
    assert ended.code == 1
    (said,) = ended.err.split("\n")[-2:-1]
    assert said.startswith(f"mien: left out: {sets / 'second' / '0.png'}: ")
    assert "'out/index.html'" in ended.out
    figures = json.loads((sets / "out" / "metrics.json").read_text(encoding="utf-8"))
    assert figures["sets"]["first"]["summary"]["mae"]["n"] == 2
    assert figures["sets"]["second"]["summary"]["mae"]["n"] == 1
    assert {step["mae"]["n"] for step in figures["ladder"].values()} == {3}
    predictions = load_predictions(sets / "out" / "second" / "predictions.npz")
    assert [record.path for record in predictions.records] == ["1.png"]


def test_a_set_of_which_nothing_can_be_read(mien: Mien, sets: Path) -> None:
    for path in (sets / "first").glob("*.png"):
        path.write_text("no picture")
    ended = mien("evaluate", "first.yaml", folder=sets)
    assert ended.code == 1
    message = f"mien: no picture in '{sets / 'first'}' can be read; give at least one\n"
    assert ended.err.endswith(message)


def test_a_model_without_an_age_is_evaluated_by_what_it_has(
    mien: Mien, sets: Path, hat_alone: Path
) -> None:
    (sets / "first" / "labels.csv").write_text("path,hat\n0.png,=helmet\n1.png,cap\n")
    ended = mien(*("evaluate", sets / "first.yaml", "--model", hat_alone, "--report", sets / "out"))
    assert ended.code == 0, ended.err
    figures = json.loads((sets / "out" / "metrics.json").read_text(encoding="utf-8"))
    summary = figures["sets"]["first"]["summary"]
    assert summary["hat_accuracy"]["value"] == 0.5
    assert "mae" not in summary


def test_another_system_is_reported_from_its_answers(mien: Mien, sets: Path) -> None:
    (sets / "rival.csv").write_text(
        "path,age,gender,at_least_18\n0.png,37,female,0.9\n1.png,55,male,1\n"
    )
    (sets / "rival-2.csv").write_text(
        f"path,age,gender,at_least_18\n{sets / 'second' / '1.png'},45,undetermined,1\n"
    )
    ended = mien(
        *("evaluate", sets / "first.yaml", sets / "second.yaml", "--report", sets / "out"),
        *("--predictions", sets / "rival.csv", "--predictions", sets / "rival-2.csv"),
    )
    assert ended.code == 0, ended.err
    figures = json.loads((sets / "out" / "metrics.json").read_text(encoding="utf-8"))
    assert figures["about"] == {"system": "rival", "sha256": None, "split": None}
    first, second = (figures["sets"][name]["summary"] for name in ("first", "second"))
    assert (first["mae"]["value"], second["mae"]["value"]) == ((3 + 10) / 2, 0)
    assert (first["not_found"], second["not_found"]) == (0, 1)
    assert first["gender_accuracy"]["value"] == 0.5
    assert second["gender_decided"]["value"] == 0
    compared = mien("compare", *[sets / "out" / "first" / "predictions.npz"] * 2)
    assert "mae: 6.5 and 6.5" in compared.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("first.yaml", "second.yaml", "--predictions", "a.csv"), "2 sets and 1 files"),
        (("first.yaml", "--predictions", "a.csv", "--ladder", "3"), "--ladder needs a model"),
        (("first.yaml", "--predictions", "a.csv", "--not-faces", "first"), "--not-faces needs a"),
        (("first.yaml", "--not-faces", "first"), "--not-faces is for the report"),
        (("first.yaml", "--report", "out", "--log", "missing.csv"), "there is no file"),
        (("first.yaml", "first.yaml"), "two sets have the name 'first'"),
        (("first.yaml", "--predictions", "missing.csv"), "there is no file"),
        (("first.yaml", "--report", "first.yaml"), "is no folder"),
        (("first.yaml", "--split", "test"), "no pictures in the split 'test'"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(
    mien: Mien, sets: Path, arguments: tuple[str, ...], message: str
) -> None:
    (sets / "a.csv").write_text("path,age\n0.png,3\n")
    ended = mien("evaluate", *arguments, folder=sets)
    assert ended.code != 0
    assert message in " ".join((ended.out + ended.err).split())
