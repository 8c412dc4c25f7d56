"""Figures from the published reports of the bundled models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mien.evaluation.report.parts import LEAST
from tools.site.measured import FOLDER, Json, figure, metrics
from tools.site.models import bundled, set_name
from tools.site.tables import table

_SUMMARY = {
    "mae": ("age: error, years", "{:.2f}", 1),
    "interval_coverage": ("inside the 80 % interval", "{:.1f} %", 100),
    "age_group_accuracy": ("nine age groups", "{:.1f} %", 100),
    "gender_accuracy": ("gender presentation", "{:.1f} %", 100),
    "gender_decided": ("decided", "{:.1f} %", 100),
    "gender_decided_accuracy": ("right where decided", "{:.1f} %", 100),
}
_WORST = {
    "mae": ("age: error", "{:.1f} years", 1),
    "bias": ("age: mean error (+: too old)", "{:+.1f} years", 1),
    "gender_accuracy": ("gender presentation right", "{:.1f} %", 100),
}
_OUT_OF_FOLD = "folds"  # name of the report of all of UTKFace


def reports(folder: Path = FOLDER) -> str:
    """Returns links to the published reports, and their main figures."""
    parts = [_report(name, found) for name in bundled() if (found := metrics(folder, name))]
    if found := metrics(folder, _OUT_OF_FOLD):
        parts.append(_small_groups(found))
    return "\n".join(parts)


def _report(name: str, measured: Json) -> str:
    rows = [[set_name(key), *_cells(of["summary"])] for key, of in measured["sets"].items()]
    columns = ["set", "pictures", *(heading for heading, _, _ in _SUMMARY.values())]
    links = (
        f"[Model card](models/{name}.md) · [**the whole report**](models/{name}/report/index.html)"
    )
    return f"## {name}\n\n{links}\n\n{table(columns, rows)}\nIn brackets: 95 % intervals.\n"


def _cells(summary: Json) -> Iterator[str]:
    yield f"{summary['pictures']:,}"
    for key, (_, form, scale) in _SUMMARY.items():
        yield figure(summary.get(key), form, scale)


def _small_groups(measured: Json) -> str:
    (of,) = measured["sets"].values()
    worst = of["fairness"]["worst"]
    rows = (
        [
            heading,
            ", ".join(worst[key]["names"].values()),
            figure(worst[key]["figure"], form, scale),
        ]
        for key, (heading, form, scale) in _WORST.items()
        if key in worst
    )
    return (
        "## Small groups of people\n\n"
        f"[**The whole report**](models/{_OUT_OF_FOLD}/report/index.html) of the"
        f" {of['summary']['pictures']:,} pictures of UTKFace, by five short runs that are not"
        " bundled: each predicts pictures that it has not seen"
        " ([how, and the limits](evaluation.md#small-groups-of-people)). Of the cells of age,"
        f" gender and ethnicity with at least {LEAST} pictures, these are the worst:\n\n"
        f"{table(('figure', 'worst cell', 'value (95 % interval)'), rows)}"
    )
