"""Entries of a card: each function returns a valid value, and raises ValueError for any other."""

from __future__ import annotations

import json
import math
import reprlib
from collections.abc import Sequence
from typing import Any


def parse(text: str) -> dict[str, Any]:
    """Reads the entries of a JSON object.

    Raises:
        ValueError: It is no JSON object, or has a number or a text that JSON cannot carry on.
    """
    try:
        entries = json.loads(text, parse_float=_finite, parse_constant=_finite)
        json.dumps(entries, ensure_ascii=False).encode("utf-8")  # refuses half characters
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return mapping(entries)


def mapping(value: Any) -> dict[str, Any]:
    """Returns named entries."""
    if not isinstance(value, dict):
        raise ValueError(f"{reprlib.repr(value)} is not an object")
    return value


def sequence(value: Any) -> Sequence[Any]:
    """Returns a list, which may also be a tuple."""
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"{reprlib.repr(value)} is not a list")
    return value


def text(value: Any) -> str:
    """Returns a text."""
    if not isinstance(value, str):
        raise ValueError(f"{reprlib.repr(value)} is not a text")
    return value


def whole(value: Any, low: int, high: int) -> int:
    """Returns a whole number from ``low`` to ``high``."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{reprlib.repr(value)} is not a whole number from {low} to {high}")
    return value


def number(value: Any, low: float, high: float) -> float:
    """Returns a number from ``low`` to ``high``."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{reprlib.repr(value)} is not a number from {low:g} to {high:g}")
    return value


def numbers(value: Any, count: int, low: float, high: float) -> tuple[float, ...]:
    """Returns so many numbers from ``low`` to ``high``."""
    if len(sequence(value)) != count:
        raise ValueError(f"{reprlib.repr(value)} is not a list of {count} numbers")
    return tuple(number(part, low, high) for part in value)


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{digits[:20]} is not a number that can be used")
    return value
