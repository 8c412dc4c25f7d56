from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.errors import DataError
from mien.evaluation.learning_curves import draw, draw_learning_curves, read_log

LOG_COLUMNS = (
    "epoch",
    "step",
    "train/loss",
    "train/age",
    "utkface/mae_median",
    "utkface/gender_accuracy",
    "fairface/gender_accuracy",
    "fairface/some_new_metric",
)

pytestmark = pytest.mark.filterwarnings("error")


def assert_picture(path: Path) -> None:
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert all(400 <= side <= 1600 for side in picture.size)
        pixels = np.asarray(picture.convert("L"))
    assert 0.01 < (pixels < 250).mean() < 0.8
    # The edge of the picture is white, so that nothing is cut off.
    assert min(pixels[[0, -1]].min(), pixels[:, [0, -1]].min()) == 255


def write_log(path: Path, epochs: int) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(LOG_COLUMNS)
        for i in range(1, epochs + 1):
            writer.writerow([i, 100 * i, 3 / i, 2 / i, 4 + 3 / i, 1 - 0.1 / i, 1 - 0.2 / i, i])
    return path


@pytest.mark.parametrize("epochs", [1, 2, 40])
def test_learning_curves_are_drawn(epochs: int, tmp_path: Path) -> None:
    draw_learning_curves(write_log(tmp_path / "log.csv", epochs), tmp_path / "curves.png")
    assert_picture(tmp_path / "curves.png")


def test_learning_curves_have_a_panel_for_each_metric(tmp_path: Path) -> None:
    figure = draw(read_log(write_log(tmp_path / "log.csv", 3)))
    lines = {
        axes.get_title(loc="left"): {
            line.get_label(): np.asarray(line.get_ydata()).tolist() for line in axes.lines
        }
        for axes in figure.axes
    }
    assert lines["Training loss"] == {"loss": [3, 1.5, 1], "age": [2, 1, 2 / 3]}
    assert lines["Error of the median, years"] == {"utkface": [7, 5.5, 5]}
    assert lines["Gender presentation accuracy"].keys() == {"utkface", "fairface"}
    assert lines["Some new metric"] == {"fairface": [1, 2, 3]}
    assert len(lines) == 4


def test_a_file_that_is_not_a_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no file"):
        read_log(tmp_path / "missing.csv")
    for content, message in (
        ("", "has no epoch"),
        ("epoch,step,train/loss\n", "has no epoch"),
        ("a,b\n1,2\n", "has no epoch"),
        ("epoch,train/loss\n1,much\n", "is not a training log"),
        ("epoch,train/loss\n1\n", "is not a training log"),
        ("epoch,train/loss\n1,2,3\n", "is not a training log"),
    ):
        (tmp_path / "log.csv").write_text(content)
        with pytest.raises(DataError, match=message):
            read_log(tmp_path / "log.csv")
