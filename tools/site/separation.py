"""Blank lines that Python-Markdown needs between blocks, and forges do not."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^(```|~~~)")
_ITEM = re.compile(r"^([-*+]|\d+\.) ")
_ROW = re.compile(r"^\|")


def separated(markdown: str) -> str:
    """Adds a blank line before each list, table and code block that follows text, and after it.

    Args:
        markdown: A page as forges read it.
    """
    lines: list[str] = []
    inside = False
    kind = last = ""
    for line in markdown.splitlines():
        closes = inside and _FENCE.match(line) is not None
        if not inside:
            kind = _kind(line, last)
            if lines and lines[-1] and line and kind != last:
                lines.append("")
        lines.append(line)
        last = "code" if inside else kind
        inside = (inside or kind == "code") and not closes
    return "\n".join(lines) + "\n"


def _kind(line: str, last: str) -> str:
    """Returns the kind of block that a line outside of code belongs to.

    Args:
        line: The line.
        last: Kind of the line before it.
    """
    if _FENCE.match(line):
        return "code"
    if _ROW.match(line):
        return "table"
    if _ITEM.match(line) or (last == "list" and line.startswith(" ")):
        return "list"
    return "text"
