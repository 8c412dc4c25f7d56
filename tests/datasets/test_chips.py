from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mien import Analyzer
from mien.datasets.chips.cache import ChipCache, build_cache, open_cache
from mien.datasets.readers import read_utkface
from mien.datasets.records import Record
from mien.errors import DataError
from mien.faces.align import UTKFACE_TEMPLATE, chip_matrix
from mien.faces.warp import warp
from mien.images import read_picture

SIZE = 48

WritePictures = Callable[[Path, Sequence[str]], None]


def build(folder: Path, pictures: Path, records: Sequence[Record], **options: object) -> ChipCache:
    arguments = (folder, "faces", pictures, records, SIZE, UTKFACE_TEMPLATE, 1)
    return build_cache(*arguments, **options)  # type: ignore[arg-type]


@pytest.fixture
def pictures(tmp_path: Path, write_pictures: WritePictures) -> Path:
    """A folder with two faces, a picture without a face, and a file that is not a picture."""
    folder = tmp_path / "pictures"
    write_pictures(folder, ["a.png", "sub.jpg"])
    (folder / "broken.png").write_bytes(b"not a picture")
    grey = np.full((40, 60, 3), 90, np.uint8)
    write_grey = folder / "grey.ppm"
    write_grey.write_bytes(b"P6 60 40 255\n" + grey.tobytes())
    return folder


RECORDS = [
    Record("a.png", 31, 31, "female", "White", "White", 3, "train"),
    Record("broken.png", 20, 29),
    Record("grey.ppm", 70, 100, "male", None, "", None, "test"),
    Record(
        "sub.jpg", 5, 5, "female", "Other", "Middle Eastern", labels={"hat": 'a "red" one, big'}
    ),
]


@pytest.fixture
def cache(tmp_path: Path, pictures: Path) -> ChipCache:
    return build(tmp_path / "cache", pictures, RECORDS, problems=[("row 9", "no age")])


def test_rows_have_the_labels_and_the_size_of_the_picture(cache: ChipCache) -> None:
    assert (cache.name, cache.size, cache.template) == ("faces", SIZE, UTKFACE_TEMPLATE)
    assert [row.record for row in cache.rows] == RECORDS
    assert [row.found for row in cache.rows] == [True, False, False, True]
    assert [(row.width, row.height) for row in cache.rows] == [
        (160, 160),
        (0, 0),
        (60, 40),
        (160, 160),
    ]
    assert [bool(row.error) for row in cache.rows] == [False, True, False, False]
    assert cache.rows[0].score > 0.8
    assert cache.problems == [("row 9", "no age")]


def test_an_index_without_further_labels_can_be_read(tmp_path: Path, cache: ChipCache) -> None:
    index = tmp_path / "cache" / "index.csv"
    with index.open(newline="") as file:
        rows = list(csv.DictReader(file))
    with index.open("w", newline="") as file:
        writer = csv.DictWriter(file, [name for name in rows[0] if name != "labels"])
        writer.writeheader()
        writer.writerows({k: v for k, v in row.items() if k != "labels"} for row in rows)
    read = [row.record for row in open_cache(tmp_path / "cache").rows]
    assert read == [replace(record, labels={}) for record in RECORDS]


def test_a_chip_is_the_aligned_face_of_inference(cache: ChipCache, pictures: Path) -> None:
    analyzer = Analyzer(threads=1)
    for position in (0, 3):
        picture = read_picture(pictures / RECORDS[position].path)
        (detection,) = analyzer.detect(picture, cropped=True)
        assert detection.landmarks is not None
        chip = warp(picture, chip_matrix(detection.landmarks, SIZE), SIZE)
        assert np.array_equal(cache.chips[position], chip)


def test_without_a_face_the_chip_shows_the_whole_picture(cache: ChipCache) -> None:
    assert not cache.chips[1].any()
    middle = cache.chips[2][SIZE // 2]
    assert (middle[2:-2] == 90).all()
    assert (cache.chips[2][2] == 128).all()  # above the picture


def test_select_takes_found_faces_of_a_split(cache: ChipCache) -> None:
    assert cache.select(None).tolist() == [0, 3]
    assert cache.select("train").tolist() == [0]
    assert cache.select("test").tolist() == []


def test_building_again_updates_labels_and_keeps_the_chips(
    tmp_path: Path, cache: ChipCache, pictures: Path
) -> None:
    chips = np.array(cache.chips)
    (pictures / "a.png").unlink()
    relabelled = [replace(record, split="val", group=8) for record in RECORDS]
    again = build(tmp_path / "cache", pictures, relabelled)
    assert [row.record for row in again.rows] == relabelled
    assert np.array_equal(again.chips, chips)
    assert again.rows[0].matrix.tolist() == cache.rows[0].matrix.tolist()
    assert again.problems == []


def test_a_cache_of_other_pictures_is_not_changed(
    tmp_path: Path, cache: ChipCache, pictures: Path
) -> None:
    folder = tmp_path / "cache"
    before = (folder / "index.csv").read_bytes()
    for records in (RECORDS[:2], RECORDS[::-1]):
        with pytest.raises(DataError, match="a chip cache of other pictures"):
            build(folder, pictures, records)
    assert (folder / "index.csv").read_bytes() == before


def test_a_cache_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no picture"):
        build(tmp_path / "cache", tmp_path, [])


def test_a_missing_or_damaged_cache_is_refused(tmp_path: Path, cache: ChipCache) -> None:
    folder = tmp_path / "cache"
    with pytest.raises(DataError, match="there is no chip cache"):
        open_cache(tmp_path)
    about = json.loads((folder / "cache.json").read_text())
    (folder / "cache.json").write_text(json.dumps({**about, "template": {}}))
    with pytest.raises(DataError, match="is damaged"):
        open_cache(folder)
    (folder / "cache.json").write_text("{")
    with pytest.raises(DataError, match="is damaged"):
        open_cache(folder)


CHANGES = [
    ("cache.json", '"size": 48', '"size": 47'),
    ("cache.json", '"size": 48', '"size": []'),
    ("cache.json", '"name"', '"title"'),
    ("cache.json", "{", "[" * 100_000),
    ("index.csv", ",split,", ",part,"),
    ("index.csv", ",gender,", ",split,"),
    ("index.csv", "female", "woman"),
    ("index.csv", "age_low", "low"),
    ("index.csv", "\r\n", "\r\n9\r\n"),
    ("problems.csv", "where", "there"),
]


def test_a_cache_of_which_a_file_was_changed_is_refused(tmp_path: Path, cache: ChipCache) -> None:
    folder = tmp_path / "cache"
    for file, old, new in CHANGES:
        whole = (folder / file).read_bytes().decode()
        assert old in whole, old
        (folder / file).write_bytes(whole.replace(old, new).encode())
        with pytest.raises(DataError, match="is damaged"):
            open_cache(folder)
        (folder / file).write_bytes(whole.encode())
    assert len(open_cache(folder).rows) == len(cache.rows)
    for chips in (np.zeros((4, 48, 48, 3)), np.zeros((4, 48), np.uint8), np.uint8(1)):
        np.save(folder / "other.npy", chips)
        (folder / "chips.npy").unlink()
        (folder / "other.npy").rename(folder / "chips.npy")
        with pytest.raises(DataError, match="is damaged"):
            open_cache(folder)


INTERRUPTED = """
import os, signal, sys
from pathlib import Path
from mien.datasets.chips.cache import build_cache
from mien.datasets.readers import read_utkface
from mien.faces.align import UTKFACE_TEMPLATE

def stop(done):
    if done:
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    pictures, folder = map(Path, sys.argv[1:])
    records = read_utkface(pictures).records
    build_cache(folder, "faces", pictures, records, 48, UTKFACE_TEMPLATE, 1, stop)
"""


def test_a_killed_run_can_be_finished(tmp_path: Path, write_pictures: WritePictures) -> None:
    pictures, folder = tmp_path / "pictures", tmp_path / "cache"
    write_pictures(pictures, [f"30_1_0_2017011622022{i:04}.jpg.chip.jpg" for i in range(80)])
    records = read_utkface(pictures).records
    script = tmp_path / "interrupted.py"
    script.write_text(INTERRUPTED)
    # The captured output ends when all processes that write to it have ended. The run would time
    # out if a child process outlived its killed parent.
    killed = subprocess.run(
        [sys.executable, script, pictures, folder], capture_output=True, timeout=60, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    with pytest.raises(DataError, match="holds 64 of 80 pictures"):
        open_cache(folder)
    with (folder / "index.csv").open("a") as index:
        index.write('30_1_0_20170116220220064.jpg.chip.jpg,30,30,female,"Whi')
    with pytest.raises(DataError, match="holds 64 of 80 pictures"):
        open_cache(folder)

    done: list[int] = []
    resumed = build(folder, pictures, records, progress=done.append)
    assert done == [64, 80]
    uninterrupted = build(tmp_path / "whole", pictures, records)
    assert np.array_equal(resumed.chips, uninterrupted.chips)
    for name in ("index.csv", "cache.json", "problems.csv"):
        assert (folder / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    last = build(tmp_path / "last", pictures, records[-1:])
    assert np.array_equal(resumed.chips[-1], last.chips[0])


@pytest.mark.data
def test_faces_of_utkface_are_found(tmp_path: Path, shared_data: Path) -> None:
    with tarfile.open(shared_data / "utkface.tar") as archive:
        members = [member for member, _ in zip(archive, range(101), strict=False)]
        archive.extractall(tmp_path, members, filter="data")
    labels = read_utkface(tmp_path / "utkface")
    cache = build(tmp_path / "cache", tmp_path / "utkface", labels.records)
    assert len(cache.rows) >= 100
    assert sum(row.found for row in cache.rows) >= len(cache.rows) - 1
