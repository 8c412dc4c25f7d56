from __future__ import annotations

import re

import numpy as np
import pytest
from picture_files import encoded

from mien.errors import PictureFormatError
from mien.images import read_picture

_KINDS = {
    "baseline": {},
    "progressive": {"progressive": True},
    "full colour": {"subsampling": 0, "quality": 92},
    "restarts": {"restart_marker_blocks": 8},
}


@pytest.fixture(params=_KINDS)
def jpeg(request: pytest.FixtureRequest, astronaut: np.ndarray) -> bytes:
    return encoded(astronaut[:220, 100:320].copy(), "JPEG", **_KINDS[request.param])


@pytest.mark.parametrize("missing", [1, 2])
def test_a_picture_without_its_end_marker_is_read(jpeg: bytes, missing: int) -> None:
    np.testing.assert_array_equal(read_picture(jpeg[:-missing]), read_picture(jpeg))
    np.testing.assert_array_equal(read_picture(jpeg[:-2] + bytes(50)), read_picture(jpeg))


@pytest.mark.parametrize("missing", [3, 6, 12])
def test_a_picture_without_its_last_bytes_is_read(jpeg: bytes, missing: int) -> None:
    whole, read = read_picture(jpeg), read_picture(jpeg[:-missing])
    np.testing.assert_array_equal(read[:-18], whole[:-18])
    np.testing.assert_array_equal(read[:, :-48], whole[:, :-48])


@pytest.mark.parametrize("share", [0.97, 0.9, 0.5, 0.2])
def test_a_picture_that_lacks_more_is_refused(jpeg: bytes, share: float) -> None:
    with pytest.raises(PictureFormatError, match="the picture is damaged: its file ends too early"):
        read_picture(jpeg[: int(share * len(jpeg))])


def test_a_picture_that_ends_between_two_restarts_is_refused(astronaut: np.ndarray) -> None:
    data = encoded(astronaut[:220, 100:320].copy(), "JPEG", restart_marker_blocks=8)
    restarts = [found.start() for found in re.finditer(rb"\xff[\xd0-\xd7]", data)]
    assert len(restarts) > 20
    for restart in restarts:
        for kept in (0, 1, 2):
            with pytest.raises(PictureFormatError):
                read_picture(data[: restart + kept])
