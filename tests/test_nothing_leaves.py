"""Nothing is stored and nothing is sent, by mien or by what it is made of."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mien.assets import ASTRONAUT

_ANALYZE = f"from mien import Analyzer; Analyzer().analyze({str(ASTRONAUT)!r})"


def _environment(folder: Path) -> dict[str, str]:
    """Returns that of a user with an empty home, in which no library takes itself for tested."""
    (folder / "home").mkdir()
    (folder / "temporary").mkdir()
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
    return kept | {"HOME": str(folder / "home"), "TMPDIR": str(folder / "temporary")}


def test_no_file_is_left(tmp_path: Path) -> None:
    environment = _environment(tmp_path)
    subprocess.run([sys.executable, "-c", _ANALYZE], env=environment, cwd=tmp_path, check=True)
    assert {path.name for path in tmp_path.rglob("*")} == {"home", "temporary"}


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace (apt install strace)")
def test_no_connection_is_made(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    subprocess.run(
        [
            *("strace", "-f", "-e", "trace=connect,sendto,sendmsg", "-o", str(trace)),
            *(sys.executable, "-c", f"{_ANALYZE}; import time; time.sleep(2)"),
        ],
        env=_environment(tmp_path),
        cwd=tmp_path,
        check=True,
    )
    assert "AF_INET" not in trace.read_text()
