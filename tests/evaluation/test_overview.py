from __future__ import annotations

import numpy as np
import pytest
from rich.console import Console
from scipy import stats

from mien.datasets.records import Record
from mien.evaluation.overview import mean, overview, set_figures, share
from mien.evaluation.overview_view import markdown, tables
from mien.evaluation.predictions import Predictions


@pytest.mark.parametrize(("right", "count"), [(0, 5), (3, 7), (190, 200), (50, 50)])
def test_the_interval_of_a_share_is_wilsons(right: int, count: int) -> None:
    figure = share(np.arange(count) < right)
    wilson = stats.binomtest(right, count).proportion_ci(0.95, method="wilson")
    assert figure["value"] == right / count
    assert (figure["low"], figure["high"]) == pytest.approx((wilson.low, wilson.high), abs=1e-6)


def test_the_interval_of_a_mean_is_the_normal_one() -> None:
    values = np.random.default_rng(0).gamma(2, 3, 400)
    figure = mean(values)
    low, high = stats.norm.interval(0.95, values.mean(), stats.sem(values))
    assert (figure["low"], figure["high"]) == pytest.approx((low, high), rel=1e-6)


def test_figures_worked_out_by_hand(make_sure) -> None:
    predictions = make_sure(
        [
            Record("a", 15, 15, "female"),
            Record("b", 16, 16, "male"),
            Record("c", 30, 30, "male"),
            Record("d", 70, 70, "female"),
            Record("e", 20, 29, None),
        ],
        years=[14, 20, 31, 60, 25],
        female=[0.9, 0.2, 0.6, 0.99, 0.5],
        label=["female", "male", "undetermined", "female", "undetermined"],
    )
    figures = overview({"one": predictions})
    one = figures["sets"]["one"]
    assert one["mae"]["value"] == (1 + 4 + 1 + 10) / 4
    assert one["bias"]["value"] == (-1 + 4 + 1 - 10) / 4
    assert one["age_group_accuracy"]["n"] == 5
    assert one["gender_accuracy"] == share(np.array([True, True, False, True]))
    assert one["decided"]["value"] == 3 / 4
    assert one["decided_accuracy"]["value"] == 1
    assert {name: band["mae"]["n"] for name, band in figures["bands"].items()} == {
        "13-17": 2,
        "30-59": 1,
        "60+": 1,
    }
    assert figures["bands"]["60+"]["bias"]["value"] == -10
    assert figures["adults"]["minors_passing"]["value"] == 0.5  # who looks 20
    assert figures["adults"]["adults_passing"]["value"] == 1


def test_what_has_no_labels_has_no_figures(make_sure) -> None:
    brackets = make_sure([Record("a", 20, 29), Record("b", 0, 100)], [25, 30], [0.5, 0.5])
    figures = set_figures(brackets)
    assert list(figures) == ["age_group_accuracy"]
    assert figures["age_group_accuracy"]["n"] == 1


def test_tables_fit_a_terminal_of_80_columns(plausible: Predictions) -> None:
    figures = overview({"utkface": plausible, "appareal": plausible.select(range(300))})
    console = Console(width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    for table in tables(figures, "default, test"):
        console.print(table)
    text = console.export_text()
    assert "…" not in text
    assert "appareal" in text
    page = markdown(figures)
    assert page.count("| utkface |") == 2
    assert "±" in page
