"""Texts from outside, made safe to print."""

from __future__ import annotations

import io
import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.cli.console import plain_console, print_json
from mien.cli.text import shown, to_json

any_text = st.text(st.characters(exclude_categories=())) | st.text(
    st.sampled_from("a\n\r\t\x00\x1b\x7f\x9b\u202e\u2066\u2028\udce9é日😀")
)


def steers(text: str) -> bool:
    """Whether a text holds what a terminal obeys, or what no encoding can write."""
    return any(
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character)
        in ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")
        for character in text
    )


@given(any_text)
def test_what_is_shown_steers_no_terminal(text: str) -> None:
    assert not steers(shown(text))
    assert shown(shown(text)) == shown(text)


@pytest.mark.parametrize(
    "text", ["a b.jpg", "é.jpg", "日本語.jpg", "😀.jpg", "می‌شود.jpg", "[red]:AB:"]
)
def test_ordinary_names_are_shown_as_they_are(text: str) -> None:
    assert shown(text) == text


@given(st.dictionaries(any_text, any_text), st.booleans(), st.sampled_from([None, 1]))
def test_json_is_safe_to_print_and_says_the_same(
    data: dict[str, str], ascii_only: bool, indent: int | None
) -> None:
    text = to_json(data, indent=indent, ascii_only=ascii_only)
    assert not any(map(steers, text.split("\n")))
    assert text.isascii() or not ascii_only
    assert json.loads(text.encode()) == data


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "euc_jp", "cp1252", "ascii"])
def test_json_is_json_in_every_encoding(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
    data = {"path": "é 日本語 😀 \udce9"}
    print_json(data)
    assert json.loads(written.getvalue()) == data
    assert ("é".encode() in written.getvalue()) is (encoding == "utf-8")


def test_what_is_not_for_a_terminal_is_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    plain_console().print("x" * 300)
    assert sys.stdout.getvalue() == "x" * 300 + "\n"
