"""Tests of the pure functions of the page, in Node.js."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mien
from mien import Analyzer, Box, TrackedFace
from mien.video.audience import Audience, summary

NODE = shutil.which("node")
TESTS = sorted(Path(__file__).parent.glob("*.test.mjs"))
SCRIPTS = Path(mien.__file__).parent / "web" / "js"

pytestmark = pytest.mark.skipif(NODE is None, reason="Node.js is missing: apt-get install nodejs")


def node(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(NODE), *arguments],
        input=given,
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_tests_in_javascript_pass() -> None:
    # All files run in one process, for `node --test` would start a process for each file.
    done = node(*(f"--import={script.as_uri()}" for script in TESTS), "--eval", "")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nok 1 " in done.stdout, "no test ran"


def test_the_audience_of_pictures_is_computed_as_that_of_a_video(astronaut: np.ndarray) -> None:
    views = [astronaut, astronaut[:, ::-1].copy(), astronaut // 3]
    faces = [face for view in views for face in Analyzer().analyze(view)]
    assert len(faces) == 3
    people = [
        TrackedFace(
            box=Box(0, 0, 1, 1),
            landmarks=None,
            score=1.0,
            quality=face.quality,
            estimates=face.estimates,
            person_id=i,
            since=0.0,
        )
        for i, face in enumerate(faces, 1)
    ]
    audience = Audience(None)
    for time in (0.0, 1.0):
        audience.add(time, people)
    expected = summary(audience.current)

    program = f"""
      import {{ summarize }} from {(SCRIPTS / "api" / "audience.js").as_uri()!r};
      import {{ readFileSync }} from "node:fs";
      console.log(JSON.stringify(summarize(JSON.parse(readFileSync(0, "utf-8")))));
    """
    given = json.dumps([face.to_dict() for face in faces])
    done = node("--input-type=module", "--eval", program, given=given)
    assert done.returncode == 0, done.stderr
    summed = json.loads(done.stdout)
    assert summed.keys() == expected.keys()
    for part in ("by_group", "by_gender"):
        assert list(summed[part]) == list(expected[part])
        for name, cell in expected[part].items():
            assert summed[part][name] == pytest.approx(cell, abs=0.005), name
    assert summed["people"] == expected["people"]
