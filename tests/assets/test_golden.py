"""The bundled models predict what they predicted when they were shipped (tools/golden.py)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mien import Analyzer
from mien.assets import ASTRONAUT, bundled_models
from tools.golden import GOLDEN, SAMPLE, answers, pictures

_YEARS = 0.75  # processors round differently
_PROBABILITY = 0.03


def _known(model: str) -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["model"] == model]


def _check(analyzer: Analyzer, known: dict[str, str], picture: bytes) -> None:
    now = answers(analyzer, known["picture"], picture)
    for column, tolerance in (
        *((column, _YEARS) for column in ("years", "low", "high")),
        *((column, _PROBABILITY) for column in ("at_least_18", "female")),
    ):
        assert float(now[column]) == pytest.approx(float(known[column]), abs=tolerance), (
            known["picture"],
            column,
        )


@pytest.mark.parametrize("model", bundled_models())
def test_the_sample_is_predicted_as_before(model: str) -> None:
    (known,) = (row for row in _known(model) if row["picture"] == SAMPLE)
    _check(Analyzer(model), known, ASTRONAUT.read_bytes())


@pytest.mark.data
@pytest.mark.parametrize("model", bundled_models())
def test_thirty_faces_are_predicted_as_before(model: str, shared_data: Path) -> None:
    analyzer = Analyzer(model)
    known = {row["picture"]: row for row in _known(model) if row["picture"] != SAMPLE}
    assert len(known) == 30
    for name, picture in pictures(shared_data, list(known)):
        _check(analyzer, known[name], picture)
