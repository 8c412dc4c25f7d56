"""Patterns; what a search leaves out is tested with the paths of a command line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mien.images.folders import _fits


@given(
    st.lists(st.sampled_from(["a", "b", ".c"]), max_size=4),
    st.lists(st.sampled_from(["a", "*", "**", ".c", ".*", "[ab]"]), min_size=1, max_size=4),
)
def test_patterns_hide_what_is_hidden(names: list[str], pattern: list[str]) -> None:
    named = [part for part in pattern if part.startswith(".")]
    hidden = [name for name in names if name.startswith(".")]
    if _fits(names, pattern):
        assert len(hidden) <= len(named)
        assert "**" in pattern or len(names) == len(pattern)
    assert _fits(names, ["**"]) is (bool(names) and not hidden)
