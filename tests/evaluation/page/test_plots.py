from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Drawing

from mien.datasets.records import Record
from mien.evaluation.page.plots import ages, certainty, labels, people, thresholds
from mien.evaluation.predictions import Predictions
from mien.evaluation.report.fairness import fairness_report
from mien.evaluation.report.key_figures import Figures
from mien.evaluation.report.labels import label_report
from mien.evaluation.report.whole import set_report

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def figures(plausible: Predictions) -> Figures:
    return set_report(plausible.select(range(700)))


def texts(drawing: Drawing) -> list[str]:
    return [text.get_text() for axes in drawing.axes for text in axes.texts if text.get_text()]


@pytest.mark.parametrize(
    "draw",
    [
        lambda f: ages.error_by_band({"a": f, "a longer name": f}, "age_band"),
        lambda f: ages.scatter(f),
        lambda f: labels.confusion("age_group", "a", f["labels"]["age_group"]),
        lambda f: people.cells(f["fairness"], "mae", "a set"),
        lambda f: people.by_view({"a": f}, "gender_accuracy"),
        lambda f: certainty.coverage("people", f["calibration"]["intervals"]["tests"]),
        lambda f: thresholds.det(f["thresholds"]["at_least"]),
        lambda f: thresholds.challenge("18", f["thresholds"]["at_least"]["18"]),
    ],
    ids=["bands", "scatter", "confusion", "cells", "views", "coverage", "det", "challenge"],
)
def test_the_texts_of_a_plot_do_not_overlap(
    figures: Figures, draw: Callable[[Figures], Drawing]
) -> None:
    drawing = draw(figures)
    renderer = FigureCanvasAgg(drawing).get_renderer()
    drawing.draw(renderer)
    shown = [text for text in drawing.texts if text.get_text()]
    for axes in drawing.axes:
        shown += [axes.xaxis.label, axes.yaxis.label, axes.title, axes._left_title, *axes.texts]
        x, y = axes.get_xlim(), axes.get_ylim()
        shown += [t for t in axes.get_xticklabels() if min(x) <= t.get_position()[0] <= max(x)]
        shown += [t for t in axes.get_yticklabels() if min(y) <= t.get_position()[1] <= max(y)]
    shown = [text for text in shown if text.get_text() and text.get_visible()]
    boxes = [text.get_window_extent(renderer) for text in shown]
    edge = drawing.bbox
    for i, box in enumerate(boxes):
        assert edge.x0 <= box.x0 <= box.x1 <= edge.x1, shown[i].get_text()
        assert not box.padded(-1).count_overlaps(boxes[i + 1 :]), shown[i].get_text()


def test_a_confusion_matrix_shows_per_cent_of_the_label_and_counts(make_certain) -> None:
    records = [Record(f"{i}", 20, 20, "male") for i in range(4)]
    records += [Record("f", 20, 20, "female")]
    made = label_report(make_certain(records, [20] * 5, [0.1, 0.1, 0.1, 0.9, 0.9]))
    drawing = labels.confusion("gender", "", made["gender"])
    assert texts(drawing) == ["75", "3", "25", "1", "100", "1"]


def test_a_small_cell_has_no_colour_and_no_figure(make_certain) -> None:
    sizes = {"White": 40, "Black": 39, "Asian": 9}
    records = [
        Record(f"{name}{i}", 25, 25, "male", name) for name, n in sizes.items() for i in range(n)
    ]
    made = fairness_report(make_certain(records, [28] * 88, [0.9] * 10 + [0.1] * 78))
    drawing = people.cells(made, "mae", "")
    assert texts(drawing) == ["3.0", "40", "39", "9"]
    (colours,) = (axes.collections[0].get_array() for axes in drawing.axes)
    assert np.ma.getmaskarray(colours).ravel().tolist() == [False, True, True]


def test_dots_stand_at_their_figures(figures: Figures) -> None:
    drawing = ages.error_by_band({"a": figures}, "age_band")
    left, right = drawing.axes
    for axes, measure in ((left, "mae"), (right, "bias")):
        dots = [line for line in axes.lines if line.get_marker() == "o"]
        values = [band[measure]["value"] for band in figures["by"]["age_band"].values()]
        assert [line.get_xdata()[0] for line in dots] == pytest.approx(values)
    assert [label.get_text() for label in left.get_yticklabels()] == list(figures["by"]["age_band"])


def test_the_axes_of_the_trade_off_are_normal_deviates(figures: Figures) -> None:
    drawing = thresholds.det({"18": figures["thresholds"]["at_least"]["18"]})
    (axes,) = drawing.axes
    ticks = dict(
        zip([t.get_text() for t in axes.get_xticklabels()], axes.get_xticks(), strict=True)
    )
    assert ticks["50 %"] == pytest.approx(0)
    assert ticks["20 %"] == pytest.approx(-ticks["80 %"])
    assert ticks["5 %"] == pytest.approx(-1.645, abs=1e-3)
