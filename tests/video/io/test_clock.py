"""Times of a recording's frames from their stamps."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.video.io.clock import Clock


def _times(stamps: list[float], fps: float = 25, lasts: float = 0) -> list[float]:
    clock = Clock(fps, lasts)
    after = [*stamps[1:], None]
    return [clock.time(stamp, lambda i=i: after[i]) for i, stamp in enumerate(stamps)]


@pytest.mark.parametrize(
    ("stamps", "fps", "lasts"),
    [
        ([0, 0.04, 0.08, 15, 15.04], 25, 0),
        ([0, 12, 24, 36], 1 / 12, 0),
        ([0, 3600, 7200], 1 / 3600, 0),
        ([0, 60, 120, 180], 25, 0.16),  # it says another rate and length
        ([0, 0.04, 60, 120, 180, 180.04], 25, 0),
        ([0, 0.04, 500, 500.04], 25, 500.04),  # the file says that it lasts so long
    ],
)
def test_frames_far_apart_keep_their_times(stamps: list[float], fps: float, lasts: float) -> None:
    assert _times(stamps, fps, lasts) == pytest.approx(stamps)


@pytest.mark.parametrize(
    ("stamps", "times"),
    [
        ([5, 5.04, 5.08], [0, 0.04, 0.08]),
        ([0, 0.04, 500, 500.1], [0, 0.04, 0.08, 0.18]),
        ([0, 0.04, 95443, 0.08, 0.12], [0, 0.04, 0.08, 0.12, 0.16]),
        ([0, 0.04, 500], [0, 0.04, 0.08]),
        ([0, 0.04, 0.01, 0.05], [0, 0.04, 0.08, 0.12]),
        ([0, 0.04, 0.04, 0.08], [0, 0.04, 0.08, 0.12]),
    ],
)
def test_stamps_that_cannot_be(stamps: list[float], times: list[float]) -> None:
    assert _times(stamps) == pytest.approx(times)


@given(st.lists(st.floats(-1e9, 1e9)), st.floats(1e-3, 1e3), st.floats(0, 1e9))
def test_time_never_falls(stamps: list[float], fps: float, lasts: float) -> None:
    times = _times(stamps, fps, lasts)
    assert times[:1] in ([], [0])
    assert all(before <= after for before, after in pairwise(times))
