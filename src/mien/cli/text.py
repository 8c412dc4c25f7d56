"""Texts from outside, such as names of files, made safe to print.

A name may hold what moves a terminal's cursor, and bytes that are no text in the user's encoding
(Python keeps those as the characters U+DC80 to U+DCFF, which no encoding can write).
"""

from __future__ import annotations

import json
import re
from typing import Any

# Control characters, line separators, marks that turn the direction of writing, lone surrogates
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(text: object) -> str:
    r"""Returns a text in one line, with escapes such as ``\n``, ``\x1b`` and ``\udce9``.

    Args:
        text: Such as a path or an error.
    """
    return _UNSAFE.sub(lambda found: _escaped(found[0]), str(text))


def shown_lines(text: str) -> str:
    """Returns a text of several lines with such escapes in each line."""
    return "\n".join(map(shown, text.split("\n")))


def to_json(data: Any, *, indent: int | None = None, ascii_only: bool = False) -> str:
    r"""Returns JSON that is safe to print; ``\udce9`` in it stands for the byte E9 of a name.

    Args:
        data: What :func:`json.dumps` takes.
        indent: Spaces of each level; None for one line.
        ascii_only: Whether all other characters are escaped too.
    """
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    return "\n".join(
        _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", line) for line in text.split("\n")
    )


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
