"""What docs/service.md and docs/guides/operator.md say is so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from served import Service, described

from mien.server.hosting.metrics import Metrics
from mien.server.hosting.settings import Settings
from mien.server.problems import KINDS

DOCS = Path(__file__).parents[2] / "docs"
DOCUMENT = (DOCS / "service.md").read_text("utf-8")
FOR_OPERATORS = (DOCS / "guides" / "operator.md").read_text("utf-8")

MESSAGES = ("DocumentReply", "ExplanationJson", "StreamAnswer", "StreamError", "ProblemDetails")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)


def test_its_json_is_as_the_description_says() -> None:
    for name, text in zip(MESSAGES, blocks("json"), strict=True):
        described(name, json.loads(text))


def test_it_knows_every_setting_and_every_code() -> None:
    for name, field in Settings.model_fields.items():
        assert re.search(
            rf"^\| `{name}` \| [^|]+ \| {re.escape(str(field.description))} \|$",
            FOR_OPERATORS,
            re.MULTILINE,
        ), name
    codes = set(re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| \d", DOCUMENT, re.MULTILINE))
    assert {code for row in codes for code in re.findall(r"\w+", row)} == set(KINDS)


def test_it_knows_every_metric() -> None:
    described = re.findall(r"^\| `(mien_\w+)` \| (.+) \|$", FOR_OPERATORS, re.MULTILINE)
    text = Metrics().text().decode()
    helped = re.findall(r"^# HELP (mien_(?!\w+_created)\w+) (.+)$", text, re.MULTILINE)
    assert described == helped


def test_its_programs_run(
    service: Service,
    portrait: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("photo.jpg", "one.jpg", "two.jpg"):
        Path(name).write_bytes(portrait)
    pictures, audience, stream = (
        text.replace("127.0.0.1:8000", f"127.0.0.1:{service.port}") for text in blocks("python")
    )
    exec(pictures, {})
    (face,) = service.analyze(portrait).json()["pictures"][0]["faces"]
    assert capsys.readouterr().out.startswith(f"{face['attributes']['age']['years']} ")
    exec(audience, {})
    assert capsys.readouterr().out.startswith("{'people': 2.0, 'low': 2.0, 'high': 2.0} {'0-2': ")
    exec(stream, {"frames": [portrait] * 3})
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("2 [(1, {'age': {'kind': 'distribution', 'years': ")
