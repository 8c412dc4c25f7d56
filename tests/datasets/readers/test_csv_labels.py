from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from mien.datasets.readers import Labels, read_csv
from mien.datasets.records import ANY_AGE, Record
from mien.errors import DataError

WritePictures = Callable[[Path, Sequence[str]], None]


def test_csv_with_every_column(tmp_path: Path, write_pictures: WritePictures) -> None:
    write_pictures(tmp_path, ["a.png", "b.png"])
    labels = tmp_path / "labels.csv"
    labels.write_text(
        "path,age,gender,ethnicity,group,split\nb.png,20-29,F,Indian,7,val\na.png,31,man,,,\n"
    )
    assert read_csv(labels) == Labels(
        [
            Record("a.png", 31, 31, "male"),
            Record("b.png", 20, 29, "female", "Indian", "Indian", 7, "val"),
        ]
    )


def test_further_columns_are_attributes(tmp_path: Path, write_pictures: WritePictures) -> None:
    write_pictures(tmp_path, ["a.png", "b.png", "c.png"])
    labels = tmp_path / "labels.csv"
    labels.write_text("path,age,hat,glasses\na.png,31, yes ,\nb.png,5,no,round\nc.png,5,,\n")
    assert [record.labels for record in read_csv(labels).records] == [
        {"hat": "yes"},
        {"hat": "no", "glasses": "round"},
        {},
    ]


def test_csv_without_ages(tmp_path: Path, write_pictures: WritePictures) -> None:
    write_pictures(tmp_path, ["a.png", "b.png"])
    labels = tmp_path / "labels.csv"
    labels.write_text("path,gender\na.png,female\n")
    assert read_csv(labels).records == [Record("a.png", *ANY_AGE, "female")]
    labels.write_text("path,age,age_deviation,gender\na.png,,,female\nb.png,4.37,1.2,\n")
    records = read_csv(labels).records
    assert records == [
        Record("a.png", *ANY_AGE, "female"),
        Record("b.png", 4.37, 4.37, age_deviation=1.2),
    ]
    assert [record.age_known for record in records] == [False, True]
    assert [record.exact_age for record in records] == [None, 4.37]


def test_csv_with_two_age_columns(tmp_path: Path, write_pictures: WritePictures) -> None:
    write_pictures(tmp_path / "pictures", ["a.png", "b.png", "c.png"])
    labels = tmp_path / "labels.csv"
    labels.write_text("path,age_low,age_high\na.png,20,29\nb.png,,29\nc.png,20,\n")
    read = read_csv(labels, tmp_path / "pictures")
    assert read.records == [Record("a.png", 20, 29)]
    assert read.problems == [
        ("row 3", "an age that cannot be read: '-29'"),
        ("row 4", "an age that cannot be read: '20-'"),
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("a.png,old,male,White,", ("row 3", "an age that cannot be read: 'old'")),
        ("b.png,30,male,White,", ("b.png", "the picture is missing")),
        ("a.png,30,both,White,", ("a.png", "an unknown gender: 'both'")),
        ("a.png,30,male,Martian,", ("a.png", "an unknown ethnicity: 'Martian'")),
        ("a.png,30,male,White,one", ("a.png", "a group that is not a number: 'one'")),
        (
            f"a.png,30,male,White,{'9' * 20}",
            ("a.png", f"a group that is not a number: '{'9' * 20}'"),
        ),
        (f"{'x' * 300},30,male,White,", ("x" * 300, "the picture is missing")),
    ],
)
def test_csv_with_a_problem(
    tmp_path: Path, write_pictures: WritePictures, row: str, problem: tuple[str, str]
) -> None:
    write_pictures(tmp_path, ["a.png", "good.png"])
    labels = tmp_path / "labels.csv"
    labels.write_text(f"path,age,gender,ethnicity,group\ngood.png,40,male,White,\n{row}\n")
    read = read_csv(labels)
    assert read.problems == [problem]
    assert "good.png" in [record.path for record in read.records]


def test_a_deviation_that_is_no_number_is_missing(
    tmp_path: Path, write_pictures: WritePictures
) -> None:
    write_pictures(tmp_path, ["a.png", "b.png"])
    labels = tmp_path / "labels.csv"
    labels.write_text(f"path,age,age_deviation\na.png,40,{'9' * 400}\nb.png,40,3.5\n")
    assert [record.age_deviation for record in read_csv(labels).records] == [None, 3.5]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"file,age\na.png,30\n", "has no column 'path'"),
        (b"", "has no column 'path'"),
        (b"path,age\n", "it is empty"),
        (b"path,age\nb.png,30\n", r"\(b.png: the picture is missing\)"),
        (b"path,age\n\xff\xfe\x00,30\n", "is not a CSV file"),
    ],
)
def test_csv_without_usable_pictures_is_refused(
    tmp_path: Path, content: bytes, message: str
) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_csv(labels)


def test_a_csv_that_is_missing_or_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no file"):
        read_csv(tmp_path / "labels.csv")
    with pytest.raises(DataError, match="cannot be read"):
        read_csv(tmp_path)
