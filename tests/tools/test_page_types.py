"""The types of the page's scripts come from the description of the JSON."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import page_types

ROOT = Path(__file__).parents[2]


def _check() -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.page_types", "--check"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_file_is_up_to_date() -> None:
    result = _check()
    assert result.returncode == 0, result.stderr


def test_an_old_file_is_found_and_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "types.d.ts"
    old.write_text(page_types.page_types().replace("years: number", "years: string"))
    monkeypatch.setattr(page_types, "TYPES", old)
    monkeypatch.setattr(sys, "argv", ["page_types", "--check"])
    with pytest.raises(SystemExit, match="is not up to date; run: python -m"):
        page_types.main()
    monkeypatch.setattr(sys, "argv", ["page_types"])
    page_types.main()
    monkeypatch.setattr(sys, "argv", ["page_types", "--check"])
    page_types.main()


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer"}, "number"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        (
            {"type": "array", "items": {"anyOf": [{"const": "a"}, {"type": "number"}]}},
            '("a" | number)[]',
        ),
        ({"type": "object", "additionalProperties": {"$ref": "#/x/Box"}}, "Record<string, Box>"),
        ({"enum": ["a", "b"], "type": "string"}, '"a" | "b"'),
        ({"type": "object", "additionalProperties": True}, "Record<string, unknown>"),
    ],
)
def test_json_schemas_as_types(schema: dict, expected: str) -> None:
    assert page_types._type(schema) == expected


def test_a_json_schema_without_a_type_is_an_error() -> None:
    with pytest.raises(ValueError, match="there is no type"):
        page_types._type({"not": {}})
