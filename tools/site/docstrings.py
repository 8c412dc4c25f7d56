"""Docstrings as mkdocstrings reads them: examples as examples, roles of Sphinx as links."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import Any

import griffe

from tools.site.separation import separated

_ROLE = re.compile(r":(?:attr|class|data|func|meth|mod):`(~?)([\w.]+)`")
_EXAMPLE = re.compile(r"^Example:$", re.MULTILINE)
_RETURNS = re.compile(r"^Returns:\n((?:    .*\n?|\n)+)", re.MULTILINE)


class Docstrings(griffe.Extension):
    """Changes the docstrings of all objects."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Changes the docstring of an object."""
        if obj.docstring:
            text = _EXAMPLE.sub("Examples:", obj.docstring.value)
            text = _RETURNS.sub(_list_of_returns, text)
            obj.docstring.value = _ROLE.sub(lambda found: _link(obj, found[2], found[1]), text)


def _list_of_returns(found: re.Match[str]) -> str:
    """Returns a section with a list as text, because griffe would read each entry as a type."""
    text = dedent(found[1])
    return (
        f"**Returns:**\n\n{separated(text)}\n" if re.search("^- ", text, re.MULTILINE) else found[0]
    )


def _link(obj: griffe.Object, name: str, short: str) -> str:
    """Returns a link to an object; plain code where the site does not show the object."""
    target = name if name.startswith("mien.") else _resolved(obj, name)
    shown = name.rpartition(".")[2] if short else name
    return f'<autoref identifier="{target}" optional><code>{shown}</code></autoref>'


def _resolved(obj: griffe.Object, name: str) -> str:
    try:
        return obj.resolve(name)
    except griffe.NameResolutionError:
        return f"{obj.path}.{name}"
