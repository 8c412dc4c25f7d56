"""Writes measured figures into the README, and the model cards and the comparison of the docs.

    python -m tools.publish            writes them
    python -m tools.publish --check    fails if they are not up to date

The figures of the bundled models come from ``docs/models/NAME/report/metrics.json``, those of the
comparison from ``benchmarks/rivals/figures.json``. `make reports` makes both. No figure is typed by
hand. The text between ``<!-- figures -->`` and ``<!-- /figures -->`` is made.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mien.assets import find_model
from mien.attributes.card import read_card
from mien.runtime import OnnxSession
from tools import rivals
from tools.site.models import set_name

ROOT = Path(__file__).parents[1]
MODELS = ("default", "accurate", "open")

DOCS = ROOT / "docs/models"
_MARKED = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- /figures -->)", re.DOTALL)
_SETS = ("utkface", "aaf", "appareal", "fairface")
_CERTAINTY = 0.95  # of the answers to "18 or older" in the table

Figures = dict[str, Any]
_Read = Callable[[Figures], Figures | None]


def figures(model: str) -> Figures:
    """Returns the figures of a bundled model.

    Raises:
        ValueError: They are figures of another model file.
    """
    found: Figures = json.loads((DOCS / model / "report/metrics.json").read_text(encoding="utf-8"))
    card = read_card(OnnxSession(find_model(model)).metadata)
    if found["about"]["sha256"] != card.sha256:
        raise ValueError(f"docs/models/{model} is of another model file; run: make reports")
    return found


def readme_table(of_models: dict[str, Figures]) -> str:
    """Returns the table of the README: a row for each question, a column for each model."""
    lines = [
        f"| test pictures | question | {' | '.join(of_models)} |",
        "|---|---|" + "---|" * len(of_models),
    ]
    for pictures, question, cell in _rows(next(iter(of_models.values()))):
        cells = [cell(of_model) for of_model in of_models.values()]
        lines.append(f"| {pictures} | {question} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def model_table(of_model: Figures) -> str:
    """Returns the table of a model card: the same rows with 95 % intervals."""
    lines = ["| test pictures | question | figure (95 % interval) |", "|---|---|---|"]
    for pictures, question, cell in _rows(of_model, intervals=True):
        lines.append(f"| {pictures} | {question} | {cell(of_model)} |")
    return "\n".join(lines) + "\n"


def _rows(
    example: Figures, *, intervals: bool = False
) -> Iterator[tuple[str, str, Callable[[Figures], str]]]:
    """Yields the rows: pictures, question, and the text of the cell of a model."""

    def years(read: _Read) -> Callable[[Figures], str]:
        return lambda of: _cell(read(of), "{:.2f}", " years", intervals)

    def signed(read: _Read) -> Callable[[Figures], str]:
        return lambda of: _cell(read(of), "{:+.1f}", " years", intervals)

    def share(read: _Read) -> Callable[[Figures], str]:
        return lambda of: _cell(read(of), "{:.1%}", "", intervals)

    for name in _SETS:
        summary = example["sets"][name]["summary"]
        title = f"{set_name(name)} ({summary['pictures']:,})"
        if "mae" in summary:
            yield title, "apparent age: mean absolute error", years(_of_set(name, "mae"))
        else:
            yield title, "nine age groups right", share(_of_set(name, "age_group_accuracy"))
        if "gender_accuracy" in summary:
            decided = _of_set(name, "gender_decided")
            right = _of_set(name, "gender_decided_accuracy")
            yield title, "gender presentation right", share(_of_set(name, "gender_accuracy"))
            yield title, "gender presentation decided", share(decided)
            yield title, "right where decided", share(right)
    for span, shown in (("13-17", "ages 13 to 17"), ("60+", "ages 60 and over")):
        count = example["pooled"]["by"]["age_span"][span]["mae"]["n"]
        title = f"all sets, {shown} ({count:,})"
        yield title, "apparent age: mean absolute error", years(_of_span(span, "mae"))
        yield title, "bias (+: too old)", signed(_of_span(span, "bias"))
    title, certain = "all sets", f"18 or older (probability {_CERTAINTY})"
    yield title, f"ages 13 to 17 that count as {certain}", share(_certain("younger_over"))
    yield title, f"ages 25 and over that count as {certain}", share(_certain("older_over"))
    yield title, "true ages inside the 80 % interval", share(_pooled("interval_coverage"))


def _of_set(name: str, key: str) -> _Read:
    return lambda of: of["sets"][name]["summary"].get(key)


def _of_span(span: str, key: str) -> _Read:
    return lambda of: of["pooled"]["by"]["age_span"][span].get(key)


def _pooled(key: str) -> _Read:
    return lambda of: of["pooled"]["summary"].get(key)


def _certain(key: str) -> _Read:
    def read(of: Figures) -> Figures | None:
        steps = of["pooled"]["thresholds"]["at_least"]["18"]["certain"]
        (step,) = (step for step in steps if step["certainty"] == _CERTAINTY)
        found: Figures | None = step.get(key)
        return found

    return read


def _cell(figure: Figures | None, form: str, unit: str, interval: bool) -> str:
    if figure is None:
        return "–"
    text = form.format(figure["value"]) + unit
    if interval and figure["low"] is not None:
        text += f" ({form.format(figure['low'])} to {form.format(figure['high'])})"
    return text.replace("%", " %")


def pages() -> dict[Path, str]:
    """Returns the text of each file with its figures."""
    of_models = {model: figures(model) for model in MODELS}
    tables = {DOCS / f"{name}.md": model_table(of_model) for name, of_model in of_models.items()}
    tables[ROOT / "README.md"] = readme_table(of_models)
    tables[ROOT / "docs/comparison.md"] = rivals.text(
        {name: of_model["about"]["sha256"] for name, of_model in of_models.items()}
    )
    written = {}
    for path, table in tables.items():
        text, count = _MARKED.subn(lambda _, table=table: table, path.read_text(encoding="utf-8"))  # type: ignore[misc]
        if count != 1:
            raise ValueError(f"{path} must have the marks once")
        written[path] = text
    return written


def main() -> None:
    """Runs the program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only compare")
    check = parser.parse_args().check
    stale = {p: text for p, text in pages().items() if p.read_text(encoding="utf-8") != text}
    if check and stale:
        print(f"not up to date: {', '.join(p.name for p in stale)}; run: python -m tools.publish")
        sys.exit(1)
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
