"""Strategies that several targets share."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

Node = tuple[Any, Any]
"""A container, and the key or index of one of its values."""

_EXTREMES: list[Any] = [
    *(None, True, False, 0, -1, 1, 2, 1.5, 1e308, -1e308, 5e-324),
    *(float("nan"), float("inf"), -float("inf"), 10**18, 10**400, -(10**400)),
    *("", " ", "0", "-1", "nan", "1e999", "\0", "a\0b", "../x", "/", ".", "..", "\n", "x" * 300),
    *("\u202e", "é", "\U0001f600", "٣", "²", "9" * 5000),
    *([], {}, [[]], {"": ""}, [None], ["x"] * 50),
]

extremes: st.SearchStrategy[Any] = st.sampled_from(_EXTREMES)
"""Values that are rare in the wild and often forgotten."""

values: st.SearchStrategy[Any] = st.recursive(
    extremes | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
"""Whatever JSON and YAML can hold."""


@st.composite
def altered(draw: st.DrawFn, document: Any) -> Any:
    """Draws a document with a few values replaced, left out, moved or added.

    Args:
        draw: Of Hypothesis.
        document: Of lists, dictionaries and plain values.
    """
    # Copies, for a later change must reach neither the document nor the values to draw from.
    changed = {"": copy.deepcopy(document)}
    for _ in range(draw(st.integers(0, 3))):
        nodes = _nodes(changed)
        container, key = draw(st.sampled_from(nodes))
        change = draw(st.sampled_from(("replace", "replace", "leave out", "add", "copy")))
        if change == "leave out" and container is not changed:
            del container[key]
        elif change == "add" and isinstance(container, dict):
            container[draw(st.text(max_size=6))] = copy.deepcopy(draw(values))
        elif change == "copy":
            other, other_key = draw(st.sampled_from(nodes))
            if _reaches(container, other, other_key):
                container[key] = copy.deepcopy(other[other_key])
        else:
            container[key] = copy.deepcopy(draw(values))
    return changed[""]


def _nodes(container: Any) -> list[Node]:
    keys = list(container) if isinstance(container, dict) else range(len(container))
    nodes: list[Node] = []
    for key in keys:
        nodes.append((container, key))
        if isinstance(container[key], (dict, list)):
            nodes.extend(_nodes(container[key]))
    return nodes


def _reaches(container: Any, other: Any, other_key: Any) -> bool:
    """Returns whether a value is still there and does not hold the container that would get it."""
    try:
        value = other[other_key]
    except (KeyError, IndexError):
        return False
    return value is not container


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Draws a file with parts written over, more of them near its beginning, and cut off."""
    changed = bytearray(data)
    pieces = st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8))
    for where, written in draw(st.lists(pieces, max_size=6)):
        start = int(where**3 * len(data))
        changed[start : start + len(written)] = written
    kept = draw(st.just(1.0) | st.floats(0, 1))
    return bytes(changed[: round(kept * len(changed))])


def changes_in(data: bytes) -> dict[str, Any] | None:
    """Returns the changes of a whole file that an input names in JSON; None if it is a file."""
    try:
        found = json.loads(data)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
