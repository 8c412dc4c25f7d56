"""The figures in the README and in the model cards are those of the bundled models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import publish


def test_the_documents_have_the_figures_of_the_models() -> None:
    stale = [p.name for p, text in publish.pages().items() if p.read_text("utf-8") != text]
    assert stale == [], "run: python -m tools.publish"


def test_figures_of_another_model_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "open/report").mkdir(parents=True)
    figures = publish.figures("default")
    (tmp_path / "open/report/metrics.json").write_text(json.dumps(figures))
    monkeypatch.setattr(publish, "DOCS", tmp_path)
    with pytest.raises(ValueError, match="open is of another model file; run: make reports"):
        publish.figures("open")


def test_a_table_has_a_column_for_each_model_and_dashes_for_missing_figures() -> None:
    of_models = {name: publish.figures(name) for name in ("default", "open")}
    del of_models["open"]["sets"]["utkface"]["summary"]["mae"]
    heading, _, first, *_ = publish.readme_table(of_models).splitlines()
    assert heading == "| test pictures | question | default | open |"
    value = of_models["default"]["sets"]["utkface"]["summary"]["mae"]["value"]
    assert first.endswith(f"apparent age: mean absolute error | {value:.2f} years | – |")
