from __future__ import annotations

import csv
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from mien.datasets.records import Record
from mien.errors import DataError
from mien.evaluation import plots
from mien.evaluation.learning_curves import draw_learning_curves, learning_curves
from mien.evaluation.predictions import Predictions

AGE_PLOTS = {"age_group_confusion", "age_scatter", "age_error"}
GENDER_PLOTS = {"gender_confusion", "gender_calibration", "gender_accuracy"}
LOG_COLUMNS = (
    "epoch",
    "step",
    "train/loss",
    "train/age",
    "utkface/mae_median",
    "utkface/gender_accuracy",
    "fairface/gender_accuracy",
    "fairface/some_new_measure",
)

pytestmark = pytest.mark.filterwarnings("error")


def assert_picture(path: Path) -> None:
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert all(400 <= side <= 1600 for side in picture.size)
        pixels = np.asarray(picture.convert("L"))
    assert 0.01 < (pixels < 250).mean() < 0.8
    # Nothing is cut off: all around is white.
    assert min(pixels[[0, -1]].min(), pixels[:, [0, -1]].min()) == 255


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_every_plot_is_drawn(plausible: Predictions, tmp_path: Path) -> None:
    before = dict(mpl.rcParams)
    paths = plots.draw(plausible, tmp_path / "new" / "folder")
    assert {path.stem for path in paths} == AGE_PLOTS | GENDER_PLOTS
    for path in paths:
        assert_picture(path)
    assert dict(mpl.rcParams) == before


def test_only_what_the_labels_allow_is_drawn(make_sure, tmp_path: Path) -> None:
    brackets = [Record("a", 20, 29, "male"), Record("b", 30, 39, "female")]
    paths = plots.draw(make_sure(brackets, [25, 44], [0.2, 0.7]), tmp_path)
    assert [p.stem for p in paths] == [
        "age_group_confusion",
        "gender_confusion",
        "gender_calibration",
    ]
    exact = make_sure([Record("a", 20, 20)], [25], [0.2])
    assert {path.stem for path in plots.draw(exact, tmp_path)} == AGE_PLOTS
    assert plots.draw(exact.select([]), tmp_path) == []


def test_the_confusion_shows_per_cent_of_the_label_and_counts(make_sure) -> None:
    records = [Record(f"{i}", 20, 20, "male") for i in range(4)]
    records += [Record("f", 20, 20, "female")]
    figure = plots.gender_confusion(make_sure(records, [20] * 5, [0.1, 0.1, 0.1, 0.9, 0.9]))
    assert [text for text in texts(figure) if text] == ["75.0", "3", "25.0", "1", "100.0", "1"]


def test_accuracy_of_few_pictures_is_left_blank(make_sure) -> None:
    records = [Record(f"{i}", 25, 25, "male", "White") for i in range(40)]
    records += [Record(f"b{i}", 35, 35, "male", "Black") for i in range(39)]
    figure = plots.gender_accuracy(make_sure(records, [30] * 79, [0.9] * 10 + [0.1] * 69))
    assert [text for text in texts(figure) if text] == ["75.0", "40", "39"]


def test_the_oldest_labels_do_not_break_the_scatter(make_sure, tmp_path: Path) -> None:
    old = make_sure([Record("a", 116, 116), Record("b", 100, 100)], [95, 100], [0.5, 0.5])
    plots.style.save(plots.age_scatter(old), tmp_path / "scatter.png")
    assert_picture(tmp_path / "scatter.png")


def test_bars_carry_the_error_and_the_pictures(make_sure) -> None:
    records = [Record("a", 20, 20, None, "White"), Record("b", 22, 22), Record("c", 41, 41)]
    figure = plots.age_error(make_sure(records, [24, 24, 50], [0.5] * 3))
    assert texts(figure) == ["3.0", "2", "9.0", "1", "4.0", "1"]


def test_labels_of_a_plot_do_not_overlap(plausible: Predictions) -> None:
    for plot in (plots.age_group_confusion, plots.gender_accuracy, plots.age_error):
        figure = plot(plausible)
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
        labels = [text for text in figure.texts if text.get_text()]
        for axes in figure.axes:
            labels += [axes.xaxis.label, axes.yaxis.label, axes.title]
            labels += [*axes.get_xticklabels(), *axes.get_yticklabels(), *axes.texts]
        boxes = [t.get_window_extent(renderer) for t in labels if t.get_text()]
        for i, box in enumerate(boxes):
            assert not box.padded(-1).count_overlaps(boxes[i + 1 :]), labels[i].get_text()


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


def test_learning_curves_have_a_panel_for_each_measure(tmp_path: Path) -> None:
    figure = learning_curves(write_log(tmp_path / "log.csv", 3))
    lines = {
        axes.get_title(loc="left"): {
            line.get_label(): np.asarray(line.get_ydata()).tolist() for line in axes.lines
        }
        for axes in figure.axes
    }
    assert lines["Training loss"] == {"loss": [3, 1.5, 1], "age": [2, 1, 2 / 3]}
    assert lines["Error of the median, years"] == {"utkface": [7, 5.5, 5]}
    assert lines["Gender presentation accuracy"].keys() == {"utkface", "fairface"}
    assert lines["Some new measure"] == {"fairface": [1, 2, 3]}
    assert len(lines) == 4


def test_a_file_that_is_no_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no file"):
        learning_curves(tmp_path / "missing.csv")
    for content, message in (
        ("", "holds no epoch"),
        ("epoch,step,train/loss\n", "holds no epoch"),
        ("a,b\n1,2\n", "holds no epoch"),
        ("epoch,train/loss\n1,much\n", "is not a training log"),
        ("epoch,train/loss\n1\n", "is not a training log"),
        ("epoch,train/loss\n1,2,3\n", "is not a training log"),
    ):
        (tmp_path / "log.csv").write_text(content)
        with pytest.raises(DataError, match=message):
            learning_curves(tmp_path / "log.csv")
