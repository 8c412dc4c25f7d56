"""``mien models`` and ``mien model``."""

from __future__ import annotations

import json
from pathlib import Path

from running import Mien

from mien.attributes.heads import ETHNICITY_NOTICE


def test_the_card_of_the_model_in_use(mien: Mien) -> None:
    result = mien("model", "info")
    assert result.code == 0
    for word in ("network", "age", "gender", "80 % interval", "undetermined below"):
        assert word in result.out
    for word in ("temperature", "are right", "licence", "SHA-256"):
        assert word in result.out
    assert json.loads(mien("model", "info", "--json").out)["name"] == "default"


def test_the_card_of_a_model_with_other_attributes(mien: Mien, many_heads: Path) -> None:
    shown = " ".join(mien("model", "info", many_heads).out.split())
    assert "hat categorical: none, cap, =helmet" in shown
    assert "temperature: 1.00 for a perfect view; times up to 1.65 (blurred)" in shown
    assert (
        "undetermined below 80.0 %: 50.0 % of the faces are decided, 99.0 % of those are right"
    ) in shown
    assert "shown only if asked for: --attributes ethnicity" in shown
    assert ETHNICITY_NOTICE in shown


def test_the_models_are_listed_with_size_speed_accuracy_and_licence(mien: Mien) -> None:
    result = mien("models")
    assert result.code == 0
    for word in ("default", " MB", " ms", " years", "%", "non-commercial", "CC BY 4.0"):
        assert word in result.out
    assert "not measured" not in result.out
