from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from mien.datasets.records import Record
from mien.datasets.sets import read_set
from mien.errors import DataError

WritePictures = Callable[[Path, Sequence[str]], None]
NAME = "26_1_2_20170116220224657.jpg.chip.jpg"


@pytest.fixture
def folder(tmp_path: Path, write_pictures: WritePictures, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_pictures(tmp_path / "faces", [NAME, "a.png"])
    (tmp_path / "splits.csv").write_text(f"file,split\n{NAME},test\n")
    (tmp_path / "labels.csv").write_text("path,age\na.png,30\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_names_pictures_labels_and_splits(folder: Path) -> None:
    (folder / "mine.yaml").write_text("kind: utkface\npictures: faces\nsplits: splits.csv\n")
    read = read_set("mine.yaml")
    assert read.name == "mine"
    assert read.pictures == Path("faces")
    assert read.split("test") == [Record(NAME, 26, 26, "female", "Asian", "Asian", split="test")]
    assert read.split(None) == read.labels.records
    with pytest.raises(DataError, match="no pictures in the split 'val'; it has test"):
        read.split("val")


def test_labels_in_a_file(folder: Path) -> None:
    (folder / "mine.yaml").write_text(
        "name: ours\nkind: csv\npictures: faces\nlabels: labels.csv\n"
    )
    read = read_set("mine.yaml")
    assert (read.name, read.labels.records) == ("ours", [Record("a.png", 30, 30)])


def test_kind_and_folder_are_enough_if_the_labels_are_in_the_names(folder: Path) -> None:
    assert [record.path for record in read_set("utkface:faces").labels.records] == [NAME]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: utkface", "lacks the entry 'pictures'"),
        ("pictures: faces", "lacks the entry 'kind'"),
        ("kind: imdb\npictures: faces", "unknown kind 'imdb'"),
        ("kind: csv\npictures: faces", "lacks the entry 'labels'"),
        ("kind: aaf\npictures: faces\nlabels: labels.csv", "in the names of its pictures"),
        ("kind: utkface\npictures: faces\nsplit: test", "unknown entry 'split'"),
        ("kind: utkface\npictures: 3", "'pictures' of 'mine.yaml' must be a text"),
        ("- utkface", "must have the entries"),
        ("{", "not a YAML file"),
        ("kind: !!int x", "not a YAML file: invalid literal"),
        ("kind: 2001-99-99", "not a YAML file: month must be"),
        ("[" * 2000, "not a YAML file: it is nested too deeply"),
        ('kind: csv\npictures: faces\nlabels: "a\\0b"', "'a\0b' is not a CSV file"),
        (f"kind: aaf\npictures: {'x' * 300}", "there is no folder"),
        ("kind: &a [*a]\npictures: faces", r"must be a text; it is \[+\.\.\.\]+"),
    ],
)
def test_a_faulty_file_is_refused(folder: Path, text: str, message: str) -> None:
    (folder / "mine.yaml").write_text(text)
    with pytest.raises(DataError, match=message):
        read_set("mine.yaml")


@pytest.mark.parametrize("text", ["none.yaml", "imdb:faces"])
def test_a_missing_set_is_refused(folder: Path, text: str) -> None:
    with pytest.raises(DataError, match=r"there is no data set .*KIND:FOLDER"):
        read_set(text)


def test_only_the_data_of_the_committed_sets_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = sorted((Path(__file__).parents[2] / "recipes" / "sets").glob("*.yaml"))
    assert len(files) >= 5
    for path in files:
        with pytest.raises(DataError, match=r"there is no (folder|file)"):
            read_set(str(path))
