"""Headers of MP4 and QuickTime files, of which OpenCV tells too little."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias

import numpy as np

from mien.video.io.geometry import Turn, turn_by_matrix

_Box: TypeAlias = tuple[bytes, int, int]
"""A box's kind, and where in the file its content begins and ends."""

_BEGINNINGS = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_MOST_BOXES = 10_000  # of a box; files have tens


class Mp4(NamedTuple):
    """The headers of an MP4 or QuickTime file about its tracks.

    Attributes:
        turn: How the pictures of the first video track lie.
        has_sound: Whether there is a sound track.
    """

    turn: Turn
    has_sound: bool


def read_mp4(path: Path) -> Mp4 | None:
    """Reads a file's headers.

    Returns:
        None if it is not such a file, is damaged, or has no video track.
    """
    try:
        with path.open("rb") as file:
            boxes = list(_boxes(file, 0, file.seek(0, os.SEEK_END)))
            return _read_movie(file, boxes) if boxes and boxes[0][0] in _BEGINNINGS else None
    except (OSError, struct.error):
        return None


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(8))
        content = start + 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            content += 8
        start = start + size if size else end
        if not content <= start <= end:
            return
        yield kind, content, start


def _read_movie(file: BinaryIO, boxes: list[_Box]) -> Mp4 | None:
    turn, has_sound = None, False
    for movie in _inner(file, boxes, b"moov"):
        for track in _inner(file, movie, b"trak"):
            for media in _inner(file, track, b"mdia"):
                kind = _content(file, media, b"hdlr")[8:12]
                has_sound |= kind == b"soun"
                if kind == b"vide" and turn is None:
                    track_matrix = _matrix(file, track, b"tkhd", 40)
                    matrix = track_matrix @ _matrix(file, movie, b"mvhd", 36)
                    turn = turn_by_matrix(*matrix.ravel().tolist())
    return Mp4(turn, has_sound) if turn else None


def _inner(file: BinaryIO, boxes: list[_Box], kind: bytes) -> Iterator[list[_Box]]:
    """Yields what is in each box of a kind."""
    for name, start, end in boxes:
        if name == kind:
            yield list(_boxes(file, start, end))


def _content(file: BinaryIO, boxes: list[_Box], kind: bytes) -> bytes:
    for name, start, end in boxes:
        if name == kind:
            file.seek(start)
            return file.read(min(end - start, 256))
    return b""


def _matrix(file: BinaryIO, boxes: list[_Box], kind: bytes, position: int) -> np.ndarray:
    """Returns the part of a header's matrix that turns; its position is that of version 0."""
    header = _content(file, boxes, kind)
    a, b, _, c, d = struct.unpack_from(">5i", header, position + 12 * (header[:1] == b"\1"))
    return np.array([[a, b], [c, d]]) / 65536
