"""The headers of videos: MP4 of files, Matroska of pipes."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from fuzz.folders import file
from mien.video.io.matroska import RawVideo
from mien.video.io.mp4 import read_mp4


def run(data: bytes) -> None:
    """Reads the headers and a few pictures."""
    read_mp4(file("film.mp4", data))
    video = RawVideo(io.BytesIO(data))
    assert video.pixel_aspect > 0
    for _ in range(4):
        if video.readable and video.read() is None:
            break


def seeds() -> Iterator[bytes]:
    """Makes an MP4 with a track of video and one of sound, and a Matroska of one picture."""
    matrix = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    tracks = b"".join(
        _box(
            b"trak",
            _box(b"tkhd", bytes(40) + matrix + bytes(8))
            + _box(b"mdia", _box(b"hdlr", bytes(8) + kind + bytes(13))),
        )
        for kind in (b"vide", b"soun")
    )
    header = _box(b"mvhd", bytes(36) + matrix + bytes(28))
    yield _box(b"ftyp", b"isom" + bytes(8)) + _box(b"moov", header + tracks)
    video = _element(b"\xb0", b"\x02") + _element(b"\xba", b"\x01")
    track = b"\x16\x54\xae\x6b\xff" + b"\xae\xff" + b"\xe0\xff" + video
    picture = _element(b"\xe7", b"\x05") + _element(b"\xa3", b"\x81\x00\x01\x80" + bytes(6))
    yield b"\x18\x53\x80\x67\xff" + track + b"\x1f\x43\xb6\x75\xff" + picture


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def _element(kind: bytes, content: bytes) -> bytes:
    return kind + bytes([0x80 | len(content)]) + content
