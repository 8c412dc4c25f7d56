"""The tutorial's notebook as a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]


def page(path: Path) -> str:
    """Returns a notebook with its outputs as Markdown.

    Args:
        path: The notebook, of version 4.
    """
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n\n".join(part for cell in cells for part in _cell(cell)) + "\n"


def _cell(cell: Json) -> Iterator[str]:
    text = _joined(cell["source"]).strip()
    if cell["cell_type"] == "markdown":
        yield text
    elif cell["cell_type"] == "code" and text:
        yield f"```python\n{text}\n```"
        for output in cell["outputs"]:
            yield from _output(output)


def _output(output: Json) -> Iterator[str]:
    """Yields an output: a picture, else HTML, else text. An error is text, too."""
    shown = output.get("data", {})
    if "image/png" in shown:
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
