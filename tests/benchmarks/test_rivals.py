"""A run of another system over thousands of pictures goes on after a stop."""

from __future__ import annotations

from pathlib import Path

from benchmarks.rivals.rows import continue_rows


def test_rows_are_kept_and_continued(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    with continue_rows(file, ("path", "age")) as (done, write):
        assert done == set()
        write(("a.jpg", 20))
        assert file.read_text("utf-8").splitlines() == ["path,age", "a.jpg,20"]  # written at once
    with continue_rows(file, ("path", "age")) as (done, write):
        assert done == {"a.jpg"}
        write(("b.jpg", 30))
    assert file.read_text("utf-8").splitlines() == ["path,age", "a.jpg,20", "b.jpg,30"]
