"""Writes what mien answers for its sample picture into the docs and the service's examples.

    python -m tools.samples

In a Markdown file the code block after ``<!-- sample: COMMAND -->`` is what the command prints for
the sample; after ``<!-- sample: /v1/ADDRESS KEY... -->`` it is that part of the service's answer.
Run it after a bundled model was replaced. No answer is typed by hand.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import chdir
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient
from typer.testing import CliRunner

from mien.analyzer import Analyzer
from mien.assets import ASTRONAUT
from mien.cli import app
from mien.server.app import create_app
from mien.server.hosting.settings import Settings

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "src/mien/server/examples.json"
ADDRESSES = ("/v1/analyze", "/v1/explain")

_MARKED = re.compile(r"(?<=<!-- sample: )(.+?)( -->\n)```(\w*)\n.*?```(?=\n)", re.DOTALL)
_WIDTH = 130  # characters of a line
_URL = re.compile(r"(data:[^,]*,.{30}).*")  # its beginning shows what it is

Answers = dict[str, Any]


def answers() -> Answers:
    """Returns the service's answer for the sample by address; pictures in it are cut short."""
    files = {"file": (ASTRONAUT.name, ASTRONAUT.read_bytes(), "image/jpeg")}
    with TestClient(create_app(Settings(port=0), Analyzer()), "http://127.0.0.1") as client:
        return {
            address: _shortened(client.post(address, files=files).raise_for_status().json())
            for address in ADDRESSES
        }


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shortened(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_shortened(part) for part in value]
    return _URL.sub(r"\1", value) if isinstance(value, str) else value


def pages(found: Answers) -> dict[Path, str]:
    """Returns the texts of the Markdown files with samples, as they must be."""
    texts = {}
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        text = page.read_text(encoding="utf-8")
        if _MARKED.search(text):
            texts[page] = _MARKED.sub(lambda match: _block(match, found), text)
    return texts


def _block(match: re.Match[str], found: Answers) -> str:
    what, mark, language = match.groups()
    first, *keys = what.split()
    if first in found:
        part = found[first]
        for key in keys:
            part = part[int(key) if key.isdigit() else key]
        printed = laid_out(part) + "\n"
    else:
        printed = _printed([first, ASTRONAUT.name, *keys])
    return f"{what}{mark}```{language}\n{printed}```"


def _printed(arguments: list[str]) -> str:
    """Returns what a command prints, run where the sample is."""
    with chdir(ASTRONAUT.parent):
        result = CliRunner().invoke(app, arguments, env={**os.environ, "COLUMNS": str(_WIDTH)})
    lines = (line.rstrip() for line in result.stdout.splitlines())
    return "\n".join(lines).strip("\n") + "\n"


def laid_out(value: Any, indent: str = "") -> str:
    """Returns JSON in which what is short enough stands in one line.

    Args:
        value: Plain values.
        indent: Spaces before the following lines.
    """
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or len(indent) + len(line) <= _WIDTH:
        return line
    inner = indent + "  "
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {laid_out(part, inner)}" for key, part in value.items()]
    else:
        parts = [laid_out(part, inner) for part in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    lines = "".join(f"\n{inner}{part}," for part in parts).rstrip(",")
    return f"{opening}{lines}\n{indent}{closing}"


def main() -> None:
    """Runs the program."""
    found = answers()
    EXAMPLES.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    for page, text in pages(found).items():
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
