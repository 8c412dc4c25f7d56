"""What the published reports say about the questions around 18."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mien.drawing import plots as style
from mien.evaluation.page.plots import thresholds as plots
from tools.site.measured import FOLDER, Json, figure, metrics
from tools.site.models import bundled, set_name
from tools.site.tables import table

_QUESTION = "18"
_MARGINS = (0, 2, 4, 7, 12)
_GROUPS_AT = 25  # challenge age of the table of groups
_NOTE = (
    "In brackets: 95 % intervals. NIST's figures are defined as in its *Face Analysis Technology"
    " Evaluation, Age Estimation and Verification*. NIST uses other photographs, so its tables"
    " cannot be compared with these. People without a label of gender presentation or ethnicity,"
    " as those of APPA-REAL, are in no row of these groups. The [reports](reports.md) have the"
    " other ages in question, all challenge ages, and ROC and DET curves.\n"
)
_SHARES = {
    "near_pass": "14 to 17, pass",
    "younger_pass": "younger than 18, pass",
    "older_asked": "18 or older, asked",
}
_CERTAIN = {
    "younger_over": "13 to 17, over",
    "older_over": "25 or older, over",
    "younger_under": "13 to 17, under",
}


def questions(folder: Path = FOLDER) -> str:
    """Returns the figures of the questions around 18, as far as they were published."""
    asked = [part for name in bundled() for part in _model(name, metrics(folder, name) or {})]
    if asked:
        return "\n".join([*asked, _NOTE])
    return (
        "The published reports of the bundled models do not have these figures yet. `mien evaluate"
        " --report` computes them: see [evaluation](evaluation.md).\n"
    )


def _model(name: str, measured: Json) -> Iterator[str]:
    """Yields the figures of all sets together, then those of each set, folded."""
    pooled, sets = measured.get("pooled"), measured.get("sets", {})
    if pooled:
        yield f"### {name}, all test pictures\n"
        yield from _figures(f"{name}-pooled", pooled["thresholds"])
    for key, of in sets.items():
        if _QUESTION not in of["thresholds"]["at_least"]:
            continue
        title = f"{name} on {set_name(key)}"
        yield f'<details markdown="1"><summary>{title}</summary>\n' if pooled else f"### {title}\n"
        yield from _figures(f"{name}-{key}", of["thresholds"])
        if pooled:
            yield "</details>\n"


def _figures(name: str, thresholds: Json) -> Iterator[str]:
    asked = thresholds["at_least"].get(_QUESTION)
    if asked:
        yield f"{asked['younger']:,} people below 18, {asked['older']:,} of 18 or more.\n"
        drawing = style.svg(plots.challenge(_QUESTION, asked), f"challenge-{name}")
        yield f'<figure class="plot">{drawing}</figure>\n'
        yield _challenge(asked)
        yield from _groups(asked)
        yield from _certain(asked)
    yield from _recalls(thresholds)
    yield _nist(thresholds["nist"])


def _challenge(asked: Json) -> str:
    rows = (
        [str(step["age"]), *(figure(step.get(share)) for share in _SHARES)]
        for step in asked["challenge"]
        if step["age"] - int(_QUESTION) in _MARGINS
    )
    return table(("challenge age", *_SHARES.values()), rows)


def _groups(asked: Json) -> Iterator[str]:
    (step,) = (step for step in asked["challenge"] if step["age"] == _GROUPS_AT)
    rows = [
        [group, *(_of(shares.get(share)) for share in _SHARES)]
        for groups in step["by"].values()
        for group, shares in groups.items()
    ]
    if rows:
        yield table((f"challenge age {_GROUPS_AT}", *_SHARES.values()), rows)


def _of(share: Json | None) -> str:
    return f"{figure(share)} of {share['n']:,}" if share else figure(share)


def _certain(asked: Json) -> Iterator[str]:
    if "certain" in asked:
        rows = (
            [f"{step['certainty']:g}", *(figure(step.get(share)) for share in _CERTAIN)]
            for step in asked["certain"]
        )
        yield table(("certainty (`--over 18`)", *_CERTAIN.values()), rows)


def _recalls(thresholds: Json) -> Iterator[str]:
    under = thresholds.get("under", {})
    rows = [
        [f"younger than {age}", *(figure(step["recall"]) for step in steps)]
        for age, steps in sorted(under.items(), key=lambda of: -int(of[0]))
    ]
    if rows:
        alarms = (step["false_alarms"] for step in next(iter(under.values())))
        columns = (f"recognised at {alarm:.0%} false alarms".replace("%", " %") for alarm in alarms)
        yield table(("people", *columns), rows)


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
    known = ([name, figure(value)] for name, value in rows.items() if value)
    return table(("as NIST defines it", ""), known)
