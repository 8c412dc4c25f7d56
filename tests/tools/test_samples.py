"""What the docs show is what the bundled models answer for the sample."""

from __future__ import annotations

import json
import re

import pytest

from tools import samples

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def found() -> samples.Answers:
    return samples.answers()


def close(text: str, other: str) -> bool:
    """Whether two texts differ at most by what processors round differently."""
    if _NUMBER.sub("#", text) != _NUMBER.sub("#", other):
        return False
    pairs = zip(_NUMBER.findall(text), _NUMBER.findall(other), strict=True)
    return all(
        float(one) == pytest.approx(float(two), rel=0.02, abs=0.01 if "." in two else 1)
        for one, two in pairs
    )


def test_the_documents_show_what_mien_answers(found: samples.Answers) -> None:
    pages = samples.pages(found)
    assert {"README.md", "start.md", "age.md", "service.md"} <= {page.name for page in pages}
    stale = [page.name for page, text in pages.items() if not close(page.read_text("utf-8"), text)]
    assert stale == [], "run: python -m tools.samples"


def test_the_examples_of_the_service_are_its_answers(found: samples.Answers) -> None:
    assert close(samples.EXAMPLES.read_text("utf-8"), json.dumps(found, indent=2) + "\n"), (
        "run: python -m tools.samples"
    )


def test_json_is_laid_out_in_lines_that_are_not_too_long() -> None:
    value = {"short": [1, {"a": None}], "long": {f"key {i}": "x" * 20 for i in range(6)}}
    text = samples.laid_out(value)
    assert json.loads(text) == value
    assert '  "short": [1, {"a": null}],' in text.splitlines()
    assert max(map(len, text.splitlines())) <= 130
