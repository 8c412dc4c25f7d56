"""Raw pictures from a pipe."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mien.video.io.matroska import RawVideo


def _element(kind: int, content: bytes, size: int | None = None) -> bytes:
    length = (1 << 56) - 1 if size is None and not content else size or len(content)
    return kind.to_bytes((kind.bit_length() + 7) // 8) + (length | 1 << 56).to_bytes(8) + content


def _film(pictures: list[np.ndarray], shown: tuple[int, int] = (0, 0)) -> bytes:
    height, width = pictures[0].shape[:2]
    sides = _element(0xB0, width.to_bytes(2)) + _element(0xBA, height.to_bytes(2))
    if any(shown):
        sides += _element(0x54B0, shown[0].to_bytes(2)) + _element(0x54BA, shown[1].to_bytes(2))
    track = _element(0x23E383, (40_000_000).to_bytes(4)) + _element(0xE0, sides)
    film = _element(0x1A45DFA3, b"header") + _element(0x18538067, b"")
    film += _element(0x1654AE6B, _element(0xAE, track))
    for number, picture in enumerate(pictures):
        block = b"\x81" + (5).to_bytes(2) + b"\x80" + picture.tobytes()
        film += _element(0x1F43B675, b"") + _element(0xE7, (100_000 * number).to_bytes(4))
        film += _element(0xA3, block) if number % 2 else _element(0xA0, _element(0xA1, block))
    return film


PICTURES = [np.full((4, 6, 3), value, np.uint8) for value in (10, 20, 30)]
FILM = _film(PICTURES)


def test_pictures_and_times() -> None:
    video = RawVideo(io.BytesIO(FILM))
    assert video.readable
    assert (video.fps, video.pixel_aspect) == (pytest.approx(25), 1.0)
    for number, picture in enumerate(PICTURES):
        time, pixels = video.read() or (None, None)
        assert time == 100_000 * number + 5
        assert np.array_equal(pixels, picture)
    assert video.read() is None


@pytest.mark.parametrize(("shown", "aspect"), [((12, 4), 2.0), ((3, 2), 1.0), ((16, 9), 32 / 27)])
def test_the_shape_of_pixels(shown: tuple[int, int], aspect: float) -> None:
    video = RawVideo(io.BytesIO(_film(PICTURES, shown)))
    assert video.pixel_aspect == pytest.approx(aspect)


@given(st.integers(0, len(FILM) - 1))
def test_what_ends_early(kept: int) -> None:
    video = RawVideo(io.BytesIO(FILM[:kept]))
    count = 0
    while video.read() is not None:
        count += 1
    assert count < 3


@given(st.integers(0, len(FILM)), st.binary(max_size=30))
@example(FILM.rindex(b"\xa1"), _element(0xA1, b"\x81"))  # a block without its header
def test_what_is_damaged(kept: int, rest: bytes) -> None:
    video = RawVideo(io.BytesIO(FILM[:kept] + rest))
    for _ in range(4):
        video.read()
