"""Tests of the pure functions of the page, in Node.js."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NODE = shutil.which("node")
TESTS = sorted(Path(__file__).parent.glob("*.test.mjs"))

pytestmark = pytest.mark.skipif(NODE is None, reason="Node.js is missing: apt-get install nodejs")


def node(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(NODE), *arguments],
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
