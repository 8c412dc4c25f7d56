from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.datasets.readers import (
    OLDEST,
    Labels,
    parse_bracket,
    parse_utkface_name,
    read_aaf,
    read_appareal,
    read_celeba,
    read_csv,
    read_fairface,
    read_utkface,
    with_splits,
)
from mien.datasets.records import ANY_AGE, ETHNICITIES, MAX_AGE, Record
from mien.errors import DataError

WritePictures = Callable[[Path, Sequence[str]], None]


@given(st.text() | st.text("0123456789_. jpg"))
def test_any_text_can_be_parsed_as_an_utkface_name(name: str) -> None:
    record, problem = parse_utkface_name(name)
    assert record is not None or problem == "no age"


@given(
    st.integers(0, OLDEST),
    st.sampled_from(["male", "female"]),
    st.sampled_from(ETHNICITIES),
    st.integers(10**11, 10**20 - 1),
)
def test_a_well_formed_name_gives_its_labels(
    age: int, gender: str, ethnicity: str, date: int
) -> None:
    fields = (age, ["male", "female"].index(gender), ETHNICITIES.index(ethnicity), date)
    name = "some/folder/" + "_".join(map(str, fields)) + ".jpg.chip.jpg"
    record, problem = parse_utkface_name(name)
    assert record == Record(name, age, age, gender, ethnicity, ethnicity)
    assert problem == ""


@pytest.mark.parametrize(
    ("name", "labels", "problem"),
    [
        ("61_3_20170109150557335.jpg.chip.jpg", (61, None, None), "a missing field"),
        ("39_1_0_4_20170116174525125.jpg.chip.jpg", (39, None, None), "a surplus field"),
        ("53__0_20170116184028385.jpg.chip.jpg", (53, None, "White"), "no gender"),
        ("44_1_4_20170116235150272.pg.chip.jpg", (44, "female", "Other"), "a damaged ending"),
        ("24_0_1_20170116220224657 .jpg.chip.jpg", (24, "male", "Black"), "a damaged ending"),
        ("24_0_1_20170116220224657.jpg..chip.jpg", (24, "male", "Black"), "a damaged ending"),
        ("24_0_7_20170116220224657.jpg.chip.jpg", (24, "male", None), "no ethnicity"),
        ("24_0_1.jpg", (24, "male", "Black"), "no date and time"),
    ],
)
def test_a_malformed_name_gives_the_labels_that_can_be_read(
    name: str, labels: tuple[int, str | None, str | None], problem: str
) -> None:
    record, found = parse_utkface_name(name)
    assert record is not None
    assert (record.age_low, record.gender, record.ethnicity) == labels
    assert record.exact_age == record.age_low
    assert found == problem


@pytest.mark.parametrize(
    "name",
    [
        "20170109150557335.jpg.chip.jpg",
        "121_0_0_20170109150557335.jpg.chip.jpg",
        "-3_0_0_20170109150557335.jpg.chip.jpg",
        "9" * 5000 + "_0_0_20170109150557335.jpg.chip.jpg",
        "",
    ],
)
def test_a_name_without_an_age_gives_no_record(name: str) -> None:
    record, problem = parse_utkface_name(name)
    assert record is None
    assert problem == "no age"


def test_utkface_folder(tmp_path: Path, write_pictures: WritePictures) -> None:
    good = "26_1_2_20170116220224657.jpg.chip.jpg"
    odd = "61_3_20170109150557335.jpg.chip.jpg"
    write_pictures(tmp_path, [good])
    write_pictures(tmp_path / "part", [odd, "readme.jpg"])
    (tmp_path / "notes.txt").write_text("not a picture")
    labels = read_utkface(tmp_path)
    assert [record.path for record in labels.records] == [good, f"part/{odd}"]
    assert labels.problems == [(f"part/{odd}", "a missing field"), ("part/readme.jpg", "no age")]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are always text there")
def test_a_name_that_is_no_text(tmp_path: Path, write_pictures: WritePictures) -> None:
    names = ["40_1_0_20170116174525125.jpg", os.fsdecode(b"30_1_0_caf\xe9.jpg")]
    write_pictures(tmp_path, names)
    labels = read_utkface(tmp_path)
    assert [record.path for record in labels.records] == names[:1]
    assert (r"30_1_0_caf\udce9.jpg", "its name is not UTF-8") in labels.problems


def test_utkface_folder_without_pictures(tmp_path: Path, write_pictures: WritePictures) -> None:
    with pytest.raises(DataError, match="there is no folder"):
        read_utkface(tmp_path / "nowhere")
    with pytest.raises(DataError, match="there is no picture"):
        read_utkface(tmp_path)
    write_pictures(tmp_path, ["holiday.jpg"])
    with pytest.raises(DataError, match=r"no picture that can be used \(holiday.jpg: .*no age"):
        read_utkface(tmp_path)


@given(st.text() | st.text("0123456789-+. "))
def test_any_text_can_be_parsed_as_a_bracket(text: str) -> None:
    bracket = parse_bracket(text)
    assert bracket is None or 0 <= bracket[0] <= bracket[1] <= OLDEST


@given(st.integers(0, OLDEST), st.integers(0, OLDEST), st.sampled_from(["-", " - ", "–"]))
def test_a_bracket_gives_its_ages(low: int, high: int, dash: str) -> None:
    assert parse_bracket(f"{low}{dash}{high}") == ((low, high) if low <= high else None)


@pytest.mark.parametrize(
    ("text", "bracket"),
    [
        ("31", (31, 31)),
        (" 31.0 ", (31, 31)),
        ("0-2", (0, 2)),
        ("70+", (70, MAX_AGE)),
        ("more than 70", (70, MAX_AGE)),
        ("31.5", (31.5, 31.5)),
        ("4.37", (4.37, 4.37)),
        ("-30", None),
        ("20-", None),
        ("old", None),
        ("121", None),
        ("", None),
    ],
)
def test_brackets(text: str, bracket: tuple[float, float] | None) -> None:
    assert parse_bracket(text) == bracket


def test_fairface(tmp_path: Path, write_pictures: WritePictures) -> None:
    write_pictures(tmp_path / "train", ["1.png", "2.png", "3.png", "4.png"])
    labels = tmp_path / "labels.csv"
    labels.write_text(
        "file,age,gender,race,service_test\n"
        "train/2.png,more than 70,Female,Latino_Hispanic,False\n"
        "train/1.png,3-9,Male,East Asian,True\n"
        "train/3.png,20-29,Unsure,Martian,True\n"
        "train/4.png,grown up,Male,White,True\n"
        "train/5.png,20-29,Male,White,True\n"
    )
    read = read_fairface(tmp_path, labels)
    assert read.records == [
        Record("train/1.png", 3, 9, "male", "Asian", "East Asian"),
        Record("train/2.png", 70, MAX_AGE, "female", "Other", "Latino_Hispanic"),
        Record("train/3.png", 20, 29, None, None, "Martian"),
    ]
    assert read.problems == [
        ("train/3.png", "an unknown gender: 'Unsure'"),
        ("train/3.png", "an unknown race: 'Martian'"),
        ("row 5", "an age that cannot be read: 'grown up'"),
        ("train/5.png", "the picture is missing"),
    ]


def test_all_age_faces(tmp_path: Path, write_pictures: WritePictures) -> None:
    write_pictures(tmp_path, ["07380A02.jpg", "07381A80.jpg", "A02.jpg"])
    read = read_aaf(tmp_path)
    assert read.records == [
        Record("07380A02.jpg", 2, 2, "female"),
        Record("07381A80.jpg", 80, 80, "male"),
    ]
    assert read.problems == [("A02.jpg", "not a name of All-Age-Faces")]


def test_appareal(tmp_path: Path, write_pictures: WritePictures) -> None:
    write_pictures(tmp_path / "train", ["000000.jpg", "000001.jpg"])
    labels = tmp_path / "labels.csv"
    labels.write_text(
        "file,apparent_age,apparent_deviation,real_age,split\n"
        "train/000000.jpg,4.37,0.71,4,val\n"
        "train/000001.jpg,old,,18,train\n"
        "train/000002.jpg,20,2.5,18,train\n"
    )
    read = read_appareal(tmp_path, labels)
    assert read.records == [Record("train/000000.jpg", 4.37, 4.37, split="val", age_deviation=0.71)]
    assert read.problems == [
        ("row 3", "an age that cannot be read: 'old'"),
        ("train/000002.jpg", "the picture is missing"),
    ]


def test_the_own_labels_of_appareal(tmp_path: Path, write_pictures: WritePictures) -> None:
    write_pictures(tmp_path / "train", ["000000.jpg_face.jpg", "000000.jpg"])
    labels = tmp_path / "gt_avg_train.csv"
    labels.write_text(
        "file_name,num_ratings,apparent_age_avg,apparent_age_std,real_age\n"
        "000000.jpg,38,5.05,0.96,4\n"
    )
    [record] = read_appareal(tmp_path, labels).records
    assert record == Record(
        "train/000000.jpg_face.jpg", 5.05, 5.05, split="train", age_deviation=0.96
    )


def test_celeba_crops(tmp_path: Path, write_pictures: WritePictures) -> None:
    write_pictures(tmp_path / "Train" / "female", ["1.jpg"])
    write_pictures(tmp_path / "Validation" / "male", ["2.jpg"])
    write_pictures(tmp_path / "male", ["3.jpg"])
    write_pictures(tmp_path, ["4.jpg"])
    read = read_celeba(tmp_path)
    assert read.records == [
        Record("Train/female/1.jpg", *ANY_AGE, "female", split="train"),
        Record("Validation/male/2.jpg", *ANY_AGE, "male", split="val"),
        Record("male/3.jpg", *ANY_AGE, "male"),
    ]
    assert read.problems == [("4.jpg", "not in a folder named female or male")]


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


@pytest.mark.data
def test_all_of_utkface(shared_data: Path) -> None:
    with (shared_data / "utkface.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    genders = ("male", "female")
    problems = 0
    for row in rows:
        record, problem = parse_utkface_name(row["file"])
        assert record is not None
        assert record.exact_age == int(row["age"])
        assert record.gender == genders[int(row["gender"])]
        assert record.ethnicity == ETHNICITIES[int(row["ethnicity"])]
        problems += bool(problem)
    assert len(rows) == 21_329
    assert problems == 1
