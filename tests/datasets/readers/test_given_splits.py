from __future__ import annotations

from pathlib import Path

import pytest

from mien.datasets.readers import Labels, with_splits
from mien.datasets.records import Record
from mien.errors import DataError


def test_splits_match_whole_paths_before_names(tmp_path: Path) -> None:
    labels = Labels([Record("a/1.png", 30, 30), Record("b/1.png", 30, 30), Record("2.png", 1, 1)])
    splits = tmp_path / "splits.csv"
    splits.write_text("file,split,group\n1.png,train,4\nb/1.png,test,\n")
    read = with_splits(labels, splits)
    assert [record.split for record in read.records] == ["train", "test", ""]
    assert [record.group for record in read.records] == [4, None, None]
    assert read.problems == [("2.png", "not in splits.csv")]


def test_splits_of_other_pictures_are_refused(tmp_path: Path) -> None:
    splits = tmp_path / "splits.csv"
    splits.write_text("file,split\nother.png,train\n")
    with pytest.raises(DataError, match="names none of"):
        with_splits(Labels([Record("1.png", 30, 30)]), splits)
