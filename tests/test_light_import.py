"""What is public, and what is loaded only when it is needed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

import mien

HEAVY = (
    *("torch", "cv2", "onnxruntime", "numpy", "PIL", "matplotlib", "scipy", "pygame"),
    *("fastapi", "uvicorn", "pydantic_settings", "mien.analyzer"),
)

PUBLIC = [
    "AgeCheck",
    "AgeDecision",
    "AgeEstimate",
    "Analyzer",
    "Box",
    "DataError",
    "Detection",
    "Detector",
    "DeviceError",
    "Face",
    "GenderEstimate",
    "LabelEstimate",
    "MienError",
    "MissingExtraError",
    "ModelError",
    "OptionError",
    "PictureError",
    "PictureFormatError",
    "PictureMemoryError",
    "PictureNotFoundError",
    "PictureResult",
    "PictureTooLargeError",
    "PictureUnsupportedError",
    "Quality",
    "RecipeError",
    "ServiceError",
    "TrackedFace",
    "VideoError",
    "Watcher",
    "analyze_pictures",
    "draw_faces",
    "draw_sheet",
    "explain",
    "models",
    "read_picture",
    "watch",
]
"""Users depend on these names: to take one away breaks their programs."""

_HELP_OF_ALL = """
import contextlib, io, sys
import typer
from mien.cli import app

def commands(command, path=()):
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))

shown = []
for path in commands(typer.main.get_command(app)):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
        app([*path, "--help"])
    assert "Usage:" in out.getvalue(), path
    shown.append(" ".join(path))
"""


def _run(code: str, result: str) -> Any:
    """Runs code in a process of its own and returns the value of an expression at its end."""
    program = f"{code}\nimport json, sys\nprint(json.dumps({result}))"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return json.loads(ended.stdout)


def _those_loaded(names: Sequence[str]) -> str:
    """Returns an expression for the modules that are loaded."""
    return f"[name for name in {list(names)!r} if name in sys.modules]"


@pytest.mark.parametrize(
    "code",
    [
        "import mien",
        "from mien import Face, MienError, TrackedFace",
        "import mien; dir(mien), mien.__all__",
    ],
)
def test_the_package_loads_nothing_heavy(code: str) -> None:
    assert _run(code, _those_loaded(HEAVY)) == []


def test_the_help_of_every_command_loads_nothing_heavy() -> None:
    shown, loaded = _run(_HELP_OF_ALL, f"[shown, {_those_loaded(HEAVY)}]")
    assert loaded == []
    assert {"", "analyze", "watch", "explain", "serve", "models", "model info"} < set(shown)
    assert {"train", "export", "ensemble", "evaluate", "data chips"} < set(shown)


def test_what_leads_to_an_answer_loads_neither_the_service_nor_training() -> None:
    code = "import mien.pictures, mien.explanation, mien.video.watcher, mien.drawing.frame"
    foreign = ("fastapi", "starlette", "torch", "mien.server", "mien.training", "mien.evaluation")
    assert _run(code, _those_loaded(foreign)) == []


def test_the_public_names() -> None:
    assert mien.__all__ == PUBLIC
    for name in PUBLIC:
        assert getattr(mien, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        _ = mien.nothing


def test_dir_shows_the_public_names_before_they_are_loaded() -> None:
    shown = _run("import mien", "dir(mien)")
    assert set(PUBLIC) <= set(shown)
    assert [name for name in shown if not name.startswith("_") and name not in PUBLIC] == []
