"""The tables of the comparison say what the figures say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools import rivals


def _figure(value: float, half: float) -> dict[str, Any]:
    return {"value": value, "low": value - half, "high": value + half, "n": 90}


def _difference(value: float, half: float) -> dict[str, Any]:
    return {"difference": value, "low": value - half, "high": value + half, "pictures": 90}


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    ours = {
        "pictures": 90,
        "mae": _figure(4, 0.5),
        "gender_accuracy": _figure(0.9, 0.02),
        "found": _figure(1, 0),
    }
    theirs = ours | {"mae": _figure(6, 0.5), "found": _figure(0.75, 0.125)}
    difference = {"mae": _difference(-2, 0.5), "gender_accuracy": _difference(0, 0.02)}
    of_ages = {
        "systems": {"default": ours | {"pictures": 45}, "rival": theirs},
        "differences": {"default": difference},
    }
    of_set = of_ages | {
        "systems": {"default": ours, "rival": theirs},
        "ages": {"13 to 17": of_ages},
    }
    figures = {"models": {"default": "1234"}, "rivals": {"face_api": {"utkface": of_set}}}
    path = tmp_path / "figures.json"
    path.write_text(json.dumps(figures))
    monkeypatch.setattr(rivals, "FIGURES", path)
    return path


def test_figures_stand_beside_each_other_with_their_intervals(written: Path) -> None:
    text = rivals.text({"default": "1234", "open": "5678"})
    heading = "| test pictures | question | `default` | face-api | `default` minus face-api |"
    assert heading in text.splitlines()
    shown = text.replace("&nbsp;", " ")
    assert "| 4.00<br>3.50 to 4.50 | 6.00<br>5.50 to 6.50 | -2.00<br>-2.50 to -1.50 |" in shown
    assert "|  | – ages 13 to 17 (45) | 4.00<br>" in shown
    assert "| 100.0<br>100.0 to 100.0 | 75.0<br>62.5 to 87.5 |  |" in shown


def test_a_smaller_error_is_better_and_an_interval_with_zero_decides_nothing(written: Path) -> None:
    *_, sentence = rivals.text({"default": "1234"}).splitlines()
    assert sentence == (
        "`default` against face-api. Apparent age: better on UTKFace. Gender presentation: no sure"
        " difference on UTKFace."
    )


def test_figures_of_other_models_are_refused(written: Path) -> None:
    with pytest.raises(ValueError, match=r"figures\.json is of other models; run: make reports"):
        rivals.text({"default": "5678"})
