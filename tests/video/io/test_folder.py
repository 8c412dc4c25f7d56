"""Folders of pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.errors import VideoError
from mien.video.io.folder import FolderSource
from mien.video.io.sources import open_source


def test_a_folder_shows_its_pictures_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for number in (10, 2, 1, 33):
        Image.new("RGB", (32, 24), (number, 0, 0)).save(tmp_path / f"shot{number}.png")
    (tmp_path / "notes7.txt").write_text("no picture")
    (tmp_path / "album8.png").mkdir()
    frames = list(open_source(tmp_path).frames())
    assert [int(frame.pixels[0, 0, 0]) for frame in frames] == [1, 2, 10, 33]
    assert [frame.time for frame in frames] == pytest.approx([0, 0.04, 0.08, 0.12])
    assert [frame.index for frame in frames] == [0, 1, 2, 3]


def test_a_folder_of_pictures_of_several_sizes(tmp_path: Path) -> None:
    sizes = [(32, 24), (64, 48), (17, 40)]
    for number, size in enumerate(sizes):
        Image.new("RGB", size).save(tmp_path / f"{number}.png")
    shapes = [frame.pixels.shape for frame in FolderSource(tmp_path).frames()]
    assert shapes == [(height, width, 3) for width, height in sizes]


def test_a_folder_has_a_limit_on_pixels(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "1.png")
    assert len(list(open_source(tmp_path, max_pixels=1200).frames())) == 1
    with pytest.raises(VideoError, match=r"1\.png': the picture has 40 x 30 pixels; at most"):
        next(open_source(tmp_path, max_pixels=1199).frames())


def test_a_folder_without_pictures(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.raises(VideoError, match="there is no picture in the folder"):
        open_source(tmp_path)


def test_what_systems_put_into_a_folder_is_left_out(tmp_path: Path) -> None:
    Image.new("RGB", (32, 24)).save(tmp_path / "1.jpg")
    for name in ("._1.jpg", "._0.png"):
        (tmp_path / name).write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X")
    assert [frame.index for frame in open_source(tmp_path).frames()] == [0]


def test_pictures_that_cannot_be_used_are_named_after_the_others(
    tmp_path: Path, walk: list[np.ndarray]
) -> None:
    for number in range(1, 8):
        Image.fromarray(walk[number]).save(tmp_path / f"{number}.jpg")
    whole = (tmp_path / "2.jpg").read_bytes()
    (tmp_path / "2.jpg").write_bytes(whole[: len(whole) // 2])
    frames = open_source(tmp_path).frames()
    assert [next(frames).index for _ in range(6)] == [0, 2, 3, 4, 5, 6]
    with pytest.raises(
        VideoError, match=r"^1 of 7 pictures cannot be used: '.*2\.jpg': the picture is damaged"
    ):
        next(frames)
    for number in (1, 3, 5, 7):
        (tmp_path / f"{number}.jpg").write_text("no picture")
    frames = open_source(tmp_path).frames()
    assert [next(frames).time for _ in range(2)] == [0.12, 0.2]
    with pytest.raises(
        VideoError, match=r"^5 of 7 .*: '.*1\.jpg': .*; '.*2\.jpg': .*; '.*3\.jpg': .*; and 2 more$"
    ):
        next(frames)
