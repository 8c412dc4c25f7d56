"""The JSON follows its description."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from mien import Analyzer, schema
from mien.assets import ASTRONAUT
from mien.pictures import analyze_pictures
from mien.results import PictureResult
from mien.server.json_schemas import json_schemas


def test_answers_follow_the_description() -> None:
    analyzer = Analyzer(threads=1)
    sources = [("a.jpg", ASTRONAUT), ("none.jpg", Path("none.jpg")), ("grey", blank())]
    adapter = TypeAdapter(schema.Picture)
    for result, _ in analyze_pictures(analyzer, sources):
        for distribution in (False, True):
            adapter.validate_python(result.to_dict(distribution=distribution), strict=True)


def test_an_unknown_member_is_refused() -> None:
    picture = {**PictureResult("a", "default").to_dict(), "surplus": 1}
    with pytest.raises(ValidationError, match="surplus"):
        TypeAdapter(schema.Picture).validate_python(picture)


@pytest.mark.parametrize(
    "name",
    [
        "Document",
        "Picture",
        "Face",
        "TrackedFace",
        "Box",
        "Quality",
        "AgeEstimate",
        "LabelEstimate",
    ],
)
def test_every_member_is_described(name: str) -> None:
    definition = json_schemas()[name]
    assert definition["description"]
    for member, about in definition["properties"].items():
        assert about.get("description"), member


def blank() -> np.ndarray:
    return np.full((64, 64, 3), 120, np.uint8)
