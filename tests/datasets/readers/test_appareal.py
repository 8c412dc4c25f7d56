from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from mien.datasets.readers import read_appareal
from mien.datasets.records import Record

WritePictures = Callable[[Path, Sequence[str]], None]


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
