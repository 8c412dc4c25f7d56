"""Names of files that are no text, or that would steer a terminal, in every output."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from running import MIEN, Mien

from mien.assets import ASTRONAUT

_FACE = (120, 20, 320, 240)  # of the astronaut

NAMES = {
    b"caf\xe9.jpg": r"caf\udce9.jpg",
    b"\x1b[31mred\x07.jpg": r"\x1b[31mred\x07.jpg",
    b"two\nlines\r.jpg": r"two\nlines\r.jpg",
    "\u202etxt.gpj\u009b.jpg".encode(): r"\u202etxt.gpj\x9b.jpg",
    "日本語 é 😀.jpg".encode(): "日本語 é 😀.jpg",
}
"""Names, and how they are shown."""

pytestmark = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="names are always text there"
)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pictures with odd names, and of an odd one that is no picture."""
    folder = tmp_path_factory.mktemp("odd")
    Image.open(ASTRONAUT).crop(_FACE).save(folder / "a.jpg")
    data = (folder / "a.jpg").read_bytes()
    (folder / "a.jpg").unlink()
    for name in NAMES:
        (folder / os.fsdecode(name)).write_bytes(data)
    (folder / os.fsdecode(b"bad\x1b]0;title\xff.jpg")).write_text("no picture")
    return folder


def test_every_output_is_whole(mien: Mien, odd: Path, tmp_path: Path) -> None:
    arguments = ["--csv", "f.csv", "--jsonl", "f.jsonl", "--annotate", "labelled"]
    result = mien("analyze", odd, *arguments, folder=tmp_path)
    assert result.code == 1
    assert r"bad\x1b]0;title\udcff.jpg: it is not a picture" in result.err
    assert "Traceback" not in result.err
    lines = (tmp_path / "f.jsonl").read_text("utf-8").splitlines()
    results = {os.fsencode(Path(one["path"]).name): one for one in map(json.loads, lines)}
    assert set(results) - set(NAMES) == {b"bad\x1b]0;title\xff.jpg"}
    assert all(len(results[name]["faces"]) == 1 for name in NAMES)
    with (tmp_path / "f.csv").open(encoding="utf-8", newline="") as file:
        rows = [Path(row["path"]).name for row in csv.DictReader(file)]
    breaks = NAMES | {b"two\nlines\r.jpg": "two\nlines\r.jpg"}  # a cell may hold them
    assert set(rows) == set(breaks.values())
    labelled = {os.fsencode(path.name) for path in (tmp_path / "labelled").iterdir()}
    assert labelled == {name.replace(b".jpg", b"-mien.jpg") for name in NAMES}
    for text in (result.out, result.err, *lines):
        assert not set(text) & set("\x1b\x07\r\x9b\u202e\udce9")
    table = [line.partition("  ")[0] for line in result.out.splitlines()[1:]]
    assert set(table) >= set(NAMES.values())


@pytest.mark.parametrize("encoding", ["latin-1", "euc_jp"])
def test_a_terminal_of_another_encoding(
    mien: Mien, odd: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    printed, said = io.BytesIO(), io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(printed, encoding=encoding))
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(said, encoding=encoding))
    assert mien("analyze", odd).code == 1
    table = printed.getvalue().decode(encoding)
    assert len(table.splitlines()) == len(NAMES) + 2
    assert ("日本語" in table) is (encoding == "euc_jp")
    assert r"\U0001f600.jpg" in table
    assert b"\x1b" not in said.getvalue()


def test_a_name_on_the_command_line(odd: Path) -> None:
    name = os.fsencode(odd) + b"/caf\xe9.jpg"
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    command = [os.fsencode(MIEN), b"analyze", name, b"none-\x1b.jpg", b"--json"]
    result = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert result.returncode == 1
    assert result.stderr == b"mien: none-\\x1b.jpg: there is no such file\n"
    here, missing = json.loads(result.stdout)["pictures"]
    assert os.fsencode(here["path"]) == name
    assert len(here["faces"]) == 1
    assert missing["path"] == "none-\x1b.jpg"


def test_a_name_that_looks_like_an_option(mien: Mien) -> None:
    result = mien("analyze", "-\x1b[31m.jpg")
    assert result.code == 2
    assert "\x1b[31m" not in result.err
    assert r"'-\x1b[31m.jpg' is not an option" in result.err
