from itertools import pairwise

from mien.video.rate_controller import LADDER, Pace


def _spend(pace: Pace, seconds: float, frames: int) -> None:
    for _ in range(frames):
        pace.spent(seconds)


def test_less_is_done_while_it_is_too_slow_and_more_again_after() -> None:
    pace = Pace(30)
    assert pace.effort == LADDER[0]
    _spend(pace, 0.1, 1000)
    assert pace.effort == LADDER[-1]
    assert pace.reduced
    _spend(pace, 0.001, 1000)
    assert pace.effort == LADDER[0]
    assert not pace.reduced


def test_a_single_slow_frame_changes_nothing() -> None:
    pace = Pace(30)
    _spend(pace, 0.02, 100)
    pace.spent(0.1)
    _spend(pace, 0.02, 5)
    assert pace.effort == LADDER[0]


def test_a_cost_that_fits_changes_nothing() -> None:
    pace = Pace(30)
    _spend(pace, 0.025, 500)
    assert pace.effort == LADDER[0]


def test_without_a_rate_effort_is_full() -> None:
    pace = Pace(None)
    _spend(pace, 10.0, 100)
    assert pace.effort == LADDER[0]


def test_first_the_interval_grows_then_detail_falls_then_fewer_are_judged() -> None:
    for before, after in pairwise(LADDER):
        assert after.interval >= before.interval
        assert after.detail <= before.detail
        assert after.judged <= before.judged
    assert [step.interval for step in LADDER[:3]] == [1, 2, 3]
    assert {step.judged for step in LADDER[:5]} == {LADDER[0].judged}
