from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from mien.datasets.readers import read_aaf
from mien.datasets.records import Record

WritePictures = Callable[[Path, Sequence[str]], None]


def test_all_age_faces(tmp_path: Path, write_pictures: WritePictures) -> None:
    write_pictures(tmp_path, ["07380A02.jpg", "07381A80.jpg", "A02.jpg"])
    read = read_aaf(tmp_path)
    assert read.records == [
        Record("07380A02.jpg", 2, 2, "female"),
        Record("07381A80.jpg", 80, 80, "male"),
    ]
    assert read.problems == [("A02.jpg", "not a name of All-Age-Faces")]
