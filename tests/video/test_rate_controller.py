from itertools import pairwise

import pytest

from mien.errors import OptionError
from mien.video.rate_controller import LADDER, RateController


def _spend(rate: RateController, seconds: float, frames: int) -> None:
    for _ in range(frames):
        rate.add_cost(seconds)


def test_the_effort_falls_while_frames_are_slow_and_grows_again() -> None:
    rate = RateController(30)
    assert rate.effort == LADDER[0]
    _spend(rate, 0.1, 1000)
    assert rate.effort == LADDER[-1]
    assert rate.reduced
    _spend(rate, 0.001, 1000)
    assert rate.effort == LADDER[0]
    assert not rate.reduced


def test_a_single_slow_frame_changes_nothing() -> None:
    rate = RateController(30)
    _spend(rate, 0.02, 100)
    rate.add_cost(0.1)
    _spend(rate, 0.02, 5)
    assert rate.effort == LADDER[0]


def test_a_cost_that_fits_changes_nothing() -> None:
    rate = RateController(30)
    _spend(rate, 0.025, 500)
    assert rate.effort == LADDER[0]


def test_without_a_rate_the_effort_is_the_maximum() -> None:
    rate = RateController(None)
    _spend(rate, 10.0, 100)
    assert rate.effort == LADDER[0]


def test_a_rate_of_0_is_refused() -> None:
    with pytest.raises(OptionError, match=r"^fps must be more than 0; it is 0$"):
        RateController(0)


def test_first_the_interval_grows_then_resolution_falls_then_fewer_faces_are_predicted() -> None:
    for before, after in pairwise(LADDER):
        assert after.interval >= before.interval
        assert after.longest_side <= before.longest_side
        assert after.faces <= before.faces
    assert [step.interval for step in LADDER[:3]] == [1, 2, 3]
    assert {step.faces for step in LADDER[:5]} == {LADDER[0].faces}


def test_an_effort_is_one_line() -> None:
    assert str(LADDER[0]) == "search every frame at 640 px, predict 4 faces"
    assert str(LADDER[-1]) == "search every 4 frames at 320 px, predict 1 face"
