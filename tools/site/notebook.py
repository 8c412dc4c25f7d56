"""The tutorial's notebook as a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_NO_OUTPUTS = (
    "!!! note\n    This page shows the code without its outputs, which are written on your machine:"
    " `make tutorial`, then `make docs`."
)


def page(path: Path, executed: Path) -> str:
    """Returns a notebook as Markdown, with the outputs of its execution if there was one.

    Args:
        path: The notebook, of version 4, without outputs.
        executed: The same notebook with outputs. If it is not there, or is one of other cells, a
            note says how to make it.
    """
    cells = _cells(path)
    outputs = _cells(executed) if executed.is_file() else []
    if [_source(cell) for cell in outputs] == [_source(cell) for cell in cells]:
        parts = [part for cell in outputs for part in _cell(cell)]
    else:
        first, *rest = (part for cell in cells for part in _cell(cell))
        heading, text = first.split("\n", 1)
        parts = [heading, _NO_OUTPUTS, text.strip(), *rest]
    return "\n\n".join(parts) + "\n"


def _cells(path: Path) -> list[Json]:
    cells: list[Json] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells


def _source(cell: Json) -> tuple[str, str]:
    return cell["cell_type"], _joined(cell["source"]).strip()


def _cell(cell: Json) -> Iterator[str]:
    kind, text = _source(cell)
    if kind == "markdown":
        yield text
    elif kind == "code" and text:
        yield f"```python\n{text}\n```"
        for output in cell["outputs"]:
            yield from _output(output)


def _output(output: Json) -> Iterator[str]:
    """Yields an output: Markdown, else a picture, else HTML, else text. An error is text, too."""
    shown = output.get("data", {})
    if "text/markdown" in shown:
        yield _joined(shown["text/markdown"]).strip()
    elif "image/png" in shown:
        file = "".join(_joined(shown["image/png"]).split())
        yield f'<img src="data:image/png;base64,{file}" alt="Output of the code above">'
    elif "text/html" in shown:
        yield _joined(shown["text/html"]).strip()
    else:
        lines = shown.get("text/plain", output.get("text", output.get("traceback", "")))
        if text := _joined(lines).rstrip():
            yield f"```text\n{text}\n```"


def _joined(lines: str | list[str]) -> str:
    return lines if isinstance(lines, str) else "".join(lines)
