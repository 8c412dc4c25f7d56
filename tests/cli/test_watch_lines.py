"""The lines of ``mien watch --jsonl``."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mien.analyzer import Analyzer
from mien.cli.sinks.sink import FrameResult
from mien.cli.sinks.video import FrameLines
from mien.errors import MienError
from mien.results import SCHEMA, TrackedFace
from mien.video.audience import Audience
from mien.video.people_finder import PeopleFinder
from mien.video.watcher import Status, Watched

NOTHING = np.zeros((4, 4, 3), np.uint8)


def _result(index: int, time: float, faces: list[TrackedFace]) -> FrameResult:
    return FrameResult(Watched(NOTHING, time, faces), Status(index=index), Audience(60, []))


def test_a_line_is_in_the_file_before_the_next_is_made(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with FrameLines(path, {}) as lines:
        for index in range(3):
            lines.take(_result(index, index / 3, []))
            (*_, last) = path.read_text().splitlines(keepends=True)
            assert last.endswith("\n")
            expected = {"schema": SCHEMA, "frame": index, "time": round(index / 3, 4), "faces": []}
            assert json.loads(last) == expected
    assert lines.wrote == f"'{path}'"


def test_lines_that_cannot_be_written(tmp_path: Path) -> None:
    with (
        pytest.raises(MienError, match="cannot be written: Is a directory"),
        FrameLines(tmp_path, {}),
    ):
        pass
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with (
        pytest.raises(MienError, match="cannot be written: No space left"),
        FrameLines(Path("/dev/full"), {}) as lines,
    ):
        lines.take(_result(0, 0.0, []))


def test_a_face_is_as_in_analyze_and_has_a_number(astronaut: np.ndarray, tmp_path: Path) -> None:
    analyzer = Analyzer()
    path = tmp_path / "out.jsonl"
    with FrameLines(path, {}) as lines:
        lines.take(_result(7, 0.28, PeopleFinder(analyzer).process(astronaut, 0)))
    (face,) = json.loads(path.read_text())["faces"]
    alone = analyzer.analyze(astronaut)[0].to_dict()
    assert face.keys() == {"person_id", "since", "former_ids"} | alone.keys() - {"aligned"}
    assert (face["person_id"], face["since"], face["former_ids"]) == (1, 0.0, [])
    for name in ("quality", "box", "attributes"):
        assert face[name].keys() == alone[name].keys()
    for name, attribute in alone["attributes"].items():
        assert face["attributes"][name].keys() == attribute.keys()
    assert (
        face["attributes"]["age"]["at_least"].keys()
        == alone["attributes"]["age"]["at_least"].keys()
    )
