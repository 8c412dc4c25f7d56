from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from mien.datasets.readers import read_celeba
from mien.datasets.records import ANY_AGE, Record

WritePictures = Callable[[Path, Sequence[str]], None]


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
