from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from mien.datasets.readers import read_fairface
from mien.datasets.records import MAX_AGE, Record

WritePictures = Callable[[Path, Sequence[str]], None]


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
