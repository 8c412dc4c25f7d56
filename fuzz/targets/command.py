"""The arguments of the command line."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from unittest import mock

from hypothesis import strategies as st

from fuzz.folders import empty_folder
from fuzz.strategies import extremes
from mien.assets import ASTRONAUT
from mien.cli.application import run as run_application

_COMMANDS = (
    *("analyze", "explain", "watch", "serve", "models", "model info", "model record", "evaluate"),
    *("compare", "train", "tune", "export", "ensemble", "weights", "data chips", "data audit"),
    *("data split", "", "x"),
)
_NEEDED = {  # and is never there, so that no command runs for long
    "serve": ["--config", "none"],
    "watch": ["none.mp4", "--headless"],
}
_OPTIONS = [
    "--json",
    "--recursive",
    "--cropped",
    "--jsonl",
    "--csv",
    "--annotate",
    "--model",
    "--device",
    "--threads",
    "--certainty",
    "--attributes",
    "--max-faces",
    "--min-score",
    "--out",
    "--host",
    "--max-megapixels",
    "--output",
    "--summary",
    "--interval",
    "--size",
    "--aspect",
    "--fps",
    "--port",
    "--root-path",
    "--set",
    "--tls-cert",
    "--tls-key",
    "--split",
    "--help",
    "--ladder",
    "--predictions",
    "--report",
    "--data",
    "--trials",
    "--workers",
    "--name",
    "--seed",
    "--share",
    "--balance",
    "--crop-scale",
    "--processes",
    "--chips",
    "--version",
    "-",
    "--",
    "-r",
]
_NAMES = [
    "none",
    "none.jpg",
    "small.png",
    "text.txt",
    "folder",
    "*.png",
    "[",
    "-",
    "0",
    "1",
    "csv:x",
]
_values = st.sampled_from((*_NAMES, "cpu", "off", "0.9", "16:9", "1x1", "port=1", "train=1")) | (
    extremes.map(str) | st.text(max_size=5)
)

INPUTS = st.tuples(
    st.sampled_from(_COMMANDS),
    st.lists(
        st.sampled_from(_OPTIONS) | _values.filter(lambda value: "/" not in value), max_size=6
    ),
).map(lambda call: json.dumps([*call[0].split(), *call[1]]).encode())


def run(data: bytes) -> None:
    """Runs a command in a folder of its own; it ends with an exit code and says what is wrong."""
    arguments: list[str] = json.loads(data)
    arguments[1:1] = _NEEDED.get(arguments[0], []) if arguments else []
    folder = empty_folder("a")
    with contextlib.chdir(folder):
        (folder / "small.png").write_bytes(_SMALL)
        (folder / "text.txt").write_text("no picture", encoding="utf-8")
        (folder / "folder").mkdir()
        code = _exit_code(arguments)
    assert code in (0, 1, 2), code


def _exit_code(arguments: list[str]) -> object:
    output, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with (
        mock.patch.object(sys, "argv", ["mien", *arguments]),
        mock.patch.object(sys, "stdin", None),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
    ):
        try:
            run_application()
        except SystemExit as ended:
            code = ended.code or 0
        else:
            code = 0
        for stream in (output, errors):
            stream.flush()
    printed, text = (
        stream.buffer.getvalue() if isinstance(stream.buffer, io.BytesIO) else b""
        for stream in (output, errors)
    )
    assert b"Traceback" not in text, text
    # Without a command the help is printed, not an error.
    assert code in (0, None) or text.strip() or b"Usage" in printed, "a failure is silent"
    return code


def _small() -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.open(ASTRONAUT).crop((140, 40, 300, 200)).resize((48, 48)).save(buffer, "PNG")
    return buffer.getvalue()


_SMALL = _small()


def seeds() -> list[bytes]:
    """Makes a call that does something."""
    return [json.dumps(["analyze", "small.png", "--json", "--cropped"]).encode()]
