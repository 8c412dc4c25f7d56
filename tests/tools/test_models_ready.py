"""What `make models` says before it starts."""

from __future__ import annotations

from pathlib import Path

from mien.assets import ASTRONAUT
from tools.models_ready import missing


def test_each_missing_thing_is_named(tmp_path: Path) -> None:
    absent, partial = tmp_path / "absent.yaml", tmp_path / "partial.yaml"
    absent.write_text(f"kind: utkface\npictures: {(tmp_path / 'nowhere').as_posix()}\n")
    labels = tmp_path / "labels.csv"
    labels.write_text("path,age\nhere.jpg,46\ngone.jpg,30\n")
    (tmp_path / "here.jpg").write_bytes(ASTRONAUT.read_bytes())
    folder = tmp_path.as_posix()
    partial.write_text(f"kind: csv\npictures: {folder}\nlabels: {labels.as_posix()}\n")
    first, second, *_ = missing([str(absent), str(partial)], tmp_path)
    assert first.startswith(f"{absent}: ")
    assert "nowhere" in first
    reason = "1 of 2 pictures cannot be used; the first is 'gone.jpg': the picture is missing"
    assert second == f"{partial}: {reason}"
