from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.datasets.readers import OLDEST, parse_utkface_name, read_utkface
from mien.datasets.records import ETHNICITIES, Record
from mien.errors import DataError

WritePictures = Callable[[Path, Sequence[str]], None]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes; links need a right")
def test_only_files_of_the_user_are_read_and_the_rest_is_told(
    tmp_path: Path, write_pictures: WritePictures
) -> None:
    name = "31_1_0_20170116220224657.jpg"
    for folder in ("a", "@eaDir", "a/__MACOSX"):
        write_pictures(tmp_path / folder, [name])
    (tmp_path / "a" / f"32{name[2:]}").mkdir()
    (tmp_path / "a" / f"._{name}").write_bytes(b"of a Mac")
    os.mkfifo(tmp_path / f"33{name[2:]}")
    (tmp_path / "link").symlink_to("a")
    labels = read_utkface(tmp_path)
    assert [record.path for record in labels.records] == [f"a/{name}"]
    assert labels.problems == [
        ("link", "a linked folder is not followed"),
        (f"33{name[2:]}", "a pipe, socket or device"),
    ]


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
