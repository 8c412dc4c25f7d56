"""Figures from the published reports of the bundled models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mien.drawing import plots as style
from mien.evaluation.page.plots import thresholds as plots
from tools.site.links import ROOT
from tools.site.models import bundled, set_name
from tools.site.tables import table

FOLDER = ROOT / "docs" / "models"
"""``NAME/report`` in it is what ``mien evaluate --report`` wrote about the model ``NAME``."""

_QUESTION = "18"
_MARGINS = (0, 2, 4, 7, 12)
_SUMMARY = {
    "mae": ("age: error, years", "{:.2f}", 1),
    "interval_coverage": ("inside the 80 % interval", "{:.1f} %", 100),
    "age_group_accuracy": ("nine age groups", "{:.1f} %", 100),
    "gender_accuracy": ("gender presentation", "{:.1f} %", 100),
    "gender_decided": ("decided", "{:.1f} %", 100),
    "gender_decided_accuracy": ("right where decided", "{:.1f} %", 100),
}
_NOTE = (
    "In brackets: 95 % intervals. The last rows are defined as in NIST's *Face Analysis Technology"
    " Evaluation, Age Estimation and Verification*. NIST uses other photographs, so its tables"
    " cannot be compared with these.\n"
)
_SHARES = ("near_pass", "younger_pass", "older_asked")

Json = dict[str, Any]


def reports(folder: Path = FOLDER) -> str:
    """Returns links to the published reports of the bundled models, and their main figures."""
    published = (name for name in bundled() if (folder / name / "report").is_dir())
    return "\n".join(_report(folder, name) for name in published)


def questions(folder: Path = FOLDER) -> str:
    """Returns the figures of the questions around 18, as far as they were published."""
    asked = [part for name in bundled() for part in _questions(folder, name)]
    if asked:
        return "\n".join([*asked, _NOTE])
    return (
        "The published reports of the bundled models do not have these figures yet. `mien evaluate"
        " --report` computes them: see [evaluation](evaluation.md).\n"
    )


def _report(folder: Path, name: str) -> str:
    measured = _measured(folder / name / "report")
    rows = [[set_name(key), *_cells(of["summary"])] for key, of in measured["sets"].items()]
    columns = ["set", "pictures", *(heading for heading, _, _ in _SUMMARY.values())]
    links = (
        f"[Model card](models/{name}.md) · [**the whole report**](models/{name}/report/index.html)"
    )
    return f"## {name}\n\n{links}\n\n{table(columns, rows)}\nIn brackets: 95 % intervals.\n"


def _cells(summary: Json) -> Iterator[str]:
    yield f"{summary['pictures']:,}"
    for key, (_, form, scale) in _SUMMARY.items():
        yield _figure(summary[key], form, scale) if key in summary else "–"


def _questions(folder: Path, name: str) -> Iterator[str]:
    whole = folder / name / "report"
    if not (whole / "metrics.json").is_file():
        return
    for key, of in _measured(whole)["sets"].items():
        asked = of["thresholds"]["at_least"].get(_QUESTION)
        if asked:
            yield f"### {name} on {set_name(key)}\n"
            yield f"{asked['younger']:,} people below 18, {asked['older']:,} of 18 or more.\n"
            drawing = style.svg(plots.challenge(_QUESTION, asked), f"challenge-{name}-{key}")
            yield f'<figure class="plot">{drawing}</figure>\n'
            yield _challenge(asked)
            yield _nist(of["thresholds"]["nist"])


def _challenge(asked: Json) -> str:
    columns = ("challenge age", "14 to 17, pass", "younger than 18, pass", "18 or older, asked")
    rows = (
        [
            str(step["age"]),
            *(_figure(step[s], "{:.1f} %", 100) if s in step else "–" for s in _SHARES),
        ]
        for step in asked["challenge"]
        if step["age"] - int(_QUESTION) in _MARGINS
    )
    return table(columns, rows)


def _nist(figures: Json) -> str:
    online = figures["child_online_safety"]
    rows = {
        "challenge 25: false positive rate of people of 14 to 17": figures["challenge_25"].get(
            "false_positive_rate"
        ),
        "13 to 16: true positive rate": online.get("true_positive_rate"),
        "13 to 16: false positive rate of people of 8 to 12": online.get(
            "false_positive_rate_8_12"
        ),
        "13 to 16: false positive rate of people of 17 to 22": online.get(
            "false_positive_rate_17_22"
        ),
    }
    known = ([name, _figure(value, "{:.1f} %", 100)] for name, value in rows.items() if value)
    return table(("as NIST defines it", ""), known)


def _figure(figure: Json, form: str, scale: float) -> str:
    text = form.format(scale * figure["value"])
    if figure["low"] is None:
        return text
    ends = (form.format(scale * figure[end]).removesuffix(" %") for end in ("low", "high"))
    return f"{text} ({'–'.join(ends)})"


def _measured(folder: Path) -> Json:
    measured: Json = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    return measured
