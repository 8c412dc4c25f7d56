from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.datasets.readers import OLDEST, parse_bracket
from mien.datasets.records import MAX_AGE


@given(st.text() | st.text("0123456789-+. "))
def test_any_text_can_be_parsed_as_a_bracket(text: str) -> None:
    bracket = parse_bracket(text)
    assert bracket is None or 0 <= bracket[0] <= bracket[1] <= OLDEST


@given(st.integers(0, OLDEST), st.integers(0, OLDEST), st.sampled_from(["-", " - ", "–"]))
def test_a_bracket_gives_its_ages(low: int, high: int, dash: str) -> None:
    assert parse_bracket(f"{low}{dash}{high}") == ((low, high) if low <= high else None)


@pytest.mark.parametrize(
    ("text", "bracket"),
    [
        ("31", (31, 31)),
        (" 31.0 ", (31, 31)),
        ("0-2", (0, 2)),
        ("70+", (70, MAX_AGE)),
        ("more than 70", (70, MAX_AGE)),
        ("31.5", (31.5, 31.5)),
        ("4.37", (4.37, 4.37)),
        ("-30", None),
        ("20-", None),
        ("old", None),
        ("121", None),
        ("", None),
    ],
)
def test_brackets(text: str, bracket: tuple[float, float] | None) -> None:
    assert parse_bracket(text) == bracket
