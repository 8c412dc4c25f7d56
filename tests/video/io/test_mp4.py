"""What MP4 files say about their tracks."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from films import change, make_film, needs_ffmpeg, unlike
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mien.video.io.geometry import AS_IT_IS, turn_by_matrix
from mien.video.io.mp4 import Mp4, read_mp4
from mien.video.io.sources import open_source


def _lay(content: bytes, box: bytes, position: int, matrix: tuple[int, int, int, int]) -> bytes:
    """Changes the matrix of the first header of a kind."""
    a, b, c, d = (value << 16 for value in matrix)
    start = content.index(box) + 4 + position
    lying = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    return content[:start] + lying + content[start + 36 :]


@pytest.mark.parametrize(
    "matrix",
    [(-1, 0, 0, 1), (1, 0, 0, -1), (0, 1, 1, 0), (0, -1, -1, 0), (0, 1, -1, 0), (-1, 0, 0, -1)],
    ids=["mirrored", "flipped", "transposed", "anti-transposed", "turned", "upside-down"],
)
@pytest.mark.parametrize(("box", "position"), [(b"tkhd", 40), (b"mvhd", 36)])
def test_pictures_are_shown_as_the_file_says(
    mp4: Path,
    walk: list[np.ndarray],
    tmp_path: Path,
    matrix: tuple[int, int, int, int],
    box: bytes,
    position: int,
) -> None:
    path = tmp_path / "lying.mp4"
    path.write_bytes(_lay(mp4.read_bytes(), box, position, matrix))
    frame = next(open_source(path).frames())
    assert unlike(frame.pixels, turn_by_matrix(*matrix)(walk[0])) < 6


def test_both_matrices_count(mp4: Path, tmp_path: Path) -> None:
    path = tmp_path / "lying.mp4"
    content = _lay(mp4.read_bytes(), b"tkhd", 40, (0, 1, -1, 0))
    path.write_bytes(_lay(content, b"mvhd", 36, (0, 1, -1, 0)))
    assert read_mp4(path) == Mp4(turn_by_matrix(-1, 0, 0, -1), has_sound=False)


def test_a_file_as_opencv_writes_it(mp4: Path, avi: Path, tmp_path: Path) -> None:
    assert read_mp4(mp4) == Mp4(AS_IT_IS, has_sound=False)
    assert read_mp4(avi) is None
    assert read_mp4(tmp_path) is None
    assert read_mp4(tmp_path / "none.mp4") is None


@needs_ffmpeg
def test_sound_and_long_boxes(walk: list[np.ndarray], tmp_path: Path) -> None:
    sound = ("-f", "lavfi", "-i", "sine=d=1", "-c:v", "mpeg4", "-c:a", "aac")
    film = make_film(tmp_path / "film.mov", walk[:2], *sound)
    assert read_mp4(film) == Mp4(AS_IT_IS, has_sound=True)
    pieces = change(film, tmp_path / "pieces.mp4", "-movflags", "frag_keyframe+empty_moov", "-an")
    assert read_mp4(pieces) == Mp4(AS_IT_IS, has_sound=False)
    content = film.read_bytes()
    offset = content.index(b"mdat")
    size = struct.unpack(">I", content[offset - 4 : offset])[0]
    long = struct.pack(">I4sQ", 1, b"mdat", size + 8) + content[offset + 4 :]
    film.write_bytes(content[: offset - 4] + long)
    assert read_mp4(film) == Mp4(AS_IT_IS, has_sound=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 4000), st.binary(max_size=12), st.booleans())
def test_damaged_headers(mp4: Path, tmp_path: Path, at: int, bits: bytes, ends: bool) -> None:
    content = mp4.read_bytes()
    moov = content[content.index(b"moov") - 4 :]
    path = tmp_path / "damaged.mp4"
    path.write_bytes(moov[:at] + bits + (b"" if ends else moov[at + len(bits) :]))
    assert isinstance(read_mp4(path), Mp4 | None)
