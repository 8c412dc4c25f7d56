"""The JSON is what its description says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from mien import Analyzer, schema
from mien.assets import ASTRONAUT
from mien.pictures import analyze_pictures
from mien.results import PictureResult


def test_answers_follow_the_description() -> None:
    analyzer = Analyzer(threads=1)
    sources = [("a.jpg", ASTRONAUT), ("none.jpg", Path("none.jpg")), ("grey", blank())]
    adapter = TypeAdapter(schema.Picture)
    for result, _ in analyze_pictures(analyzer, sources):
        for distribution in (False, True):
            adapter.validate_python(result.to_dict(distribution=distribution), strict=True)


def test_an_unknown_member_is_refused() -> None:
    told = {**PictureResult("a", "default").to_dict(), "surplus": 1}
    with pytest.raises(ValidationError, match="surplus"):
        TypeAdapter(schema.Picture).validate_python(told)


def test_every_member_is_described() -> None:
    definitions = TypeAdapter(schema.Document).json_schema()["$defs"]
    assert {"Picture", "Face", "Box", "Quality", "AgeEstimate", "LabelEstimate"} <= set(definitions)
    for name, definition in definitions.items():
        assert definition["description"], name
        for member, about in definition["properties"].items():
            assert about.get("description"), f"{name}.{member}"


def blank() -> np.ndarray:
    return np.full((64, 64, 3), 120, np.uint8)
