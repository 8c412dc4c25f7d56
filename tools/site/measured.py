"""The published figures of models, and how one is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tools.site.links import ROOT

FOLDER = ROOT / "docs" / "models"
"""``NAME/report`` in it is what ``mien evaluate --report`` wrote about the model ``NAME``."""

Json = dict[str, Any]


def metrics(folder: Path, name: str) -> Json | None:
    """Returns what the report of a model measured; None if it is not published."""
    path = folder / name / "report" / "metrics.json"
    if not path.is_file():
        return None
    measured: Json = json.loads(path.read_text(encoding="utf-8"))
    return measured


def figure(value: Json | None, form: str = "{:.1f} %", scale: float = 100) -> str:
    """Returns the text of a figure with its 95 % interval; of None a dash."""
    if value is None:
        return "–"
    text = form.format(scale * value["value"])
    if value["low"] is None:
        return text
    unit = form[form.rindex("}") + 1 :]
    ends = (form.format(scale * value[end]).removesuffix(unit) for end in ("low", "high"))
    return f"{text} ({' to '.join(ends)})"
