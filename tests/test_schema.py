"""The JSON follows its description."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from mien import Analyzer, schema
from mien.assets import ASTRONAUT
from mien.cli.sinks.sink import FrameResult
from mien.cli.sinks.video import FrameLines
from mien.pictures import analyze_pictures
from mien.results import PictureResult
from mien.server.json_schemas import json_schemas
from mien.video.audience import Audience
from mien.video.audience_files import write_audience
from mien.video.people_finder import PeopleFinder
from mien.video.watcher import Status, Watched


def test_answers_follow_the_description() -> None:
    analyzer = Analyzer(threads=1)
    sources = [("a.jpg", ASTRONAUT), ("none.jpg", Path("none.jpg")), ("grey", blank())]
    adapter = TypeAdapter(schema.PictureJson)
    for result, _ in analyze_pictures(analyzer, sources):
        for distribution in (False, True):
            adapter.validate_python(result.to_dict(distribution=distribution), strict=True)


def test_the_files_of_a_video_follow_the_description(astronaut: np.ndarray, tmp_path: Path) -> None:
    finder, audience = PeopleFinder(Analyzer(threads=1)), Audience(1.0)
    with FrameLines(tmp_path / "faces.jsonl", {}) as lines:
        for index in range(3):
            faces = finder.process(astronaut, index * 0.9)
            audience.add(index * 0.9, faces)
            watched = Watched(astronaut, index * 0.9, faces)
            lines.take(FrameResult(watched, Status(index=index), audience))
    for line in (tmp_path / "faces.jsonl").read_text().splitlines():
        shown = TypeAdapter(schema.FrameLineJson).validate_python(json.loads(line), strict=True)
        assert len(shown["faces"]) == 1
    write_audience(audience.rows(), tmp_path / "audience.json")
    told = json.loads((tmp_path / "audience.json").read_text())
    document = TypeAdapter(schema.AudienceDocumentJson).validate_python(told, strict=True)
    assert [interval["people"] for interval in document["intervals"]] == [1, 1]


def test_an_unknown_member_is_refused() -> None:
    picture = {**PictureResult("a", "default").to_dict(), "surplus": 1}
    with pytest.raises(ValidationError, match="surplus"):
        TypeAdapter(schema.PictureJson).validate_python(picture)


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
