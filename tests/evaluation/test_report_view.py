from __future__ import annotations

from pathlib import Path

from rich.console import Console

from mien.datasets.records import Record
from mien.evaluation.predictions import Predictions
from mien.evaluation.report import evaluate
from mien.evaluation.report_view import markdown, summary


def shown(report: dict) -> str:
    console = Console(width=80)
    with console.capture() as capture:
        console.print(summary(report, "a model"))
    return capture.get()


def test_the_summary_shows_the_figures_in_80_columns(plausible: Predictions) -> None:
    report = evaluate(plausible)
    text = shown(report)
    assert "…" not in text
    row = next(line for line in text.splitlines() if line.startswith("all"))
    assert f"{report['overall']['mae']:.2f}" in row
    assert f"{report['by']['ethnicity']['Indian']['gender_accuracy']:.1%}" in text
    assert f"Worst error: {report['worst']['mae']['mae']:.2f} years" in text


def test_the_summary_has_no_columns_without_labels(make_sure) -> None:
    text = shown(evaluate(make_sure([Record("a", 20, 29)], [21], [0.5])))
    assert "group" in text
    assert "error" not in text
    assert "gender" not in text


def test_the_page_is_a_table_of_the_same_figures_and_shows_the_plots(
    plausible: Predictions,
) -> None:
    report = evaluate(plausible)
    page = markdown(report, "a model", [Path("out/age_error.png")])
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("|")]
    assert len({len(row) for row in rows[1:]}) == 1
    named = {row[0]: row for row in rows}
    assert named["all"][:3] == [
        "all",
        f"{report['overall']['pictures']}",
        f"{report['overall']['mae']:.2f}",
    ]
    assert f"{report['by']['ethnicity']['Indian']['gender_accuracy']:.1%}" in named["Indian"]
    assert page.startswith("# a model\n")
    assert f"Worst error: {report['worst']['mae']['mae']:.2f} years" in page
    assert "![age error](age_error.png)" in page
