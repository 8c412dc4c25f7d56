"""Writes a report: the page, ``metrics.json``, tables as CSV and plots as PNG."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mien.drawing import plots as style
from mien.evaluation.page.cells import csv_rows
from mien.evaluation.page.html import html_page
from mien.evaluation.page.sections.whole import sections
from mien.evaluation.report.key_figures import Figures

_PAGE, _METRICS = "index.html", "metrics.json"
_TABLES, _PLOTS = "tables", "plots"

REPORT_FILES, REPORT_FOLDERS = (_PAGE, _METRICS), (_TABLES, _PLOTS)
"""Names of what is written into the folder of a report."""

_INNERMOST = re.compile(r"[\[{][^\[\]{}]*[\]}]")  # figures and curves, which take one line
_BREAK = re.compile(r"\n *")
_DECIMALS = 6  # of the numbers in metrics.json, whose curves have thousands


def write_report(report: Figures, folder: Path, ladder: Mapping[str, bytes] | None = None) -> None:
    """Writes a report into a folder: ``index.html``, ``metrics.json``, ``tables`` and ``plots``.

    Args:
        report: Result of :func:`mien.evaluation.report.whole.whole_report`; it may also have
            ``ladder``, see :func:`mien.evaluation.robustness.ladder_figures`; ``not_faces``, by a
            name of the pictures, see :func:`mien.evaluation.not_faces.not_face_figures`; and
            ``learning``, see :func:`mien.evaluation.learning_curves.read_log`.
        folder: The folder; it is made if it is missing. Files with the same names are replaced.
        ladder: JPEG files of the sample on the ladder by the name of the step.

    Raises:
        OSError: A file cannot be written.
    """
    made = sections(report)
    blocks = [block for section in made for block in section.blocks]
    for name in (_TABLES, _PLOTS):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for table in (table for block in blocks for table in block.tables):
        path = folder / _TABLES / f"{table.name}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            names, rows = csv_rows(table)
            csv.writer(file).writerows([names, *rows])
    drawings = {}
    for plot in (plot for block in blocks for plot in block.plots):
        drawing = plot.draw()
        style.save(drawing, folder / _PLOTS / f"{plot.name}.png")
        drawing.set_layout_engine("none")  # the layout is made; to make it again takes long
        drawings[plot.name] = style.svg(drawing, plot.name)
    text = json.dumps(_rounded(report), indent=1, allow_nan=False)
    text = _INNERMOST.sub(lambda found: _BREAK.sub(" ", found[0]), text)
    (folder / _METRICS).write_text(text, encoding="utf-8")
    page = html_page(report, made, drawings, ladder or {})
    (folder / _PAGE).write_text(page, encoding="utf-8")


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return round(value, _DECIMALS) if isinstance(value, float) else value
