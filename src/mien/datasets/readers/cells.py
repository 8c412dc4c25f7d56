"""Reading single labels: ages, groups, numbers and genders."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mien.datasets.records import MAX_AGE, Gender

OLDEST = 120
"""Highest age label in years that is accepted; a higher one is a problem."""


def parse_bracket(text: str) -> tuple[float, float] | None:
    """Reads an age or an age bracket: ``31``, ``4.37``, ``20-29``, ``70+`` or ``more than 70``.

    Returns:
        The lowest and the highest age in years, inclusive; None if the text cannot be read.
    """
    text = text.strip()
    low: float
    high: float
    if re.fullmatch(r"\d{1,3}(\.\d*)?", text):
        low = high = float(text)
    elif match := re.fullmatch(r"(\d{1,3})\s*[-–]\s*(\d{1,3})", text):
        low, high = int(match[1]), int(match[2])
    elif match := re.fullmatch(r"(\d{1,3})\s*\+|more than (\d{1,3})", text):
        low, high = int(match[1] or match[2]), MAX_AGE
    else:
        return None
    return (low, high) if low <= high <= OLDEST else None


def parse_group(row: Mapping[str, str]) -> int | None:
    """Reads the number of a near-duplicate group; None if there is none, or any other text."""
    text = row.get("group", "")
    return int(text) if re.fullmatch(r"\d{1,18}", text) else None


def parse_number(text: str) -> float | None:
    """Reads a positive number; None for any other text."""
    match = re.fullmatch(r"\s*\d{1,9}(\.\d*)?\s*", text)
    return float(text) or None if match else None


def parse_gender(text: str) -> Gender | None:
    """Reads a gender: ``female``, ``F``, ``woman`` and the like; None for any other text."""
    text = text.strip().lower()
    if text in ("female", "f", "woman"):
        return "female"
    return "male" if text in ("male", "m", "man") else None
