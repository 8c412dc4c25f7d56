"""Headers that allow for interlaced pictures, as encoders write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.video.io.fields import may_be_interlaced

H264 = "000001 67640015acd941410fcb808800000300080000030190f8a14cb0"
MPEG2 = "000001b31400f023ffffe018 000001b51482000100 00"
MPEG4 = "000001b001000001b58913 00000100 00000120 00c48d8800cd0a041e1c43"
HEVC = "0101600000004000000000003cf000fcfdf8f800000f04200001001840010c01ffff"


@pytest.mark.parametrize(
    ("header", "interlaced"),
    [
        (H264, True),
        ("01640015ffe1001a 67640015acd941410fcb808800000300080000030190f8a14cb0", True),  # MP4
        ("0164000dffe10019 67640 00dacd94141fb011000000300100000030320f14299 6001000668eb", False),
        ("01f4000dffe10019 67f4000d919b28283f6022000003000200000300641e28532c", False),  # 4:4:4
        ("0142c00bffe10018 6742c00bda1c77abc404000003000400000300c83c50aa80", False),  # baseline
        (MPEG2, True),
        ("000001b31400f023ffffe018 000001b5148a000100 00", False),
        ("000001b31400f013ffffe018", False),  # MPEG-1
        (MPEG4, True),
        ("000001b001000001b58913 00000100 00000120 00c48d8800cd0a041e1443", False),
        (HEVC, True),
        ("0101600000009000000000003cf000fcfdf8f800000f04200001001840010c01ffff", False),
        ("0101600000000000000000003cf000fcfdf8f800000f04200001001840010c01ffff", None),
        ("00000140010c01ffff01600000030040000003000003003c959809", True),  # H.265 of a stream
        ("00000140010c01ffff01600000030090000003000003003c959809", False),
        ("00000142010101600000030040000003000003003ca00a080f16", True),
        ("", None),
    ],
)
def test_headers(header: str, interlaced: bool | None) -> None:
    assert may_be_interlaced("none", bytes.fromhex(header.replace(" ", ""))) is interlaced


@pytest.mark.parametrize(
    ("codec", "interlaced"),
    [("VP90", False), ("vp09", False), ("av01", False), ("MJPG", False), ("dvsd", None)],
)
def test_codecs_without_a_header(codec: str, interlaced: bool | None) -> None:
    assert may_be_interlaced(codec, b"") is interlaced


@given(
    st.sampled_from(
        [bytes.fromhex(header.replace(" ", "")) for header in (H264, MPEG2, MPEG4, HEVC)]
    ),
    st.integers(0, 60),
    st.binary(max_size=40),
)
def test_damaged_headers(header: bytes, kept: int, rest: bytes) -> None:
    assert may_be_interlaced("none", header[:kept] + rest) in (True, False, None)


@given(st.binary(max_size=80))
def test_headers_that_are_none(header: bytes) -> None:
    assert may_be_interlaced("none", header) in (True, False, None)
