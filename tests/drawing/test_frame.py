import numpy as np

from mien.drawing.frame import audience_lines, draw_frame, status_line
from mien.video.audience import Audience
from mien.video.rate_controller import LADDER
from mien.video.watcher import Status, Watched

_GREY = np.full((240, 320, 3), 120, np.uint8)


def _changed(picture: np.ndarray) -> tuple[bool, bool]:
    """Whether there is something at the lower left, and at the upper right."""
    different = (picture != _GREY).any(axis=2)
    return bool(different[120:, :160].any()), bool(different[:120, 160:].any())


def test_the_frame_is_left_as_it_is_and_panels_stand_where_they_should() -> None:
    watched = Watched(_GREY.copy(), 0.0, [])
    audience = Audience(None).current
    assert _changed(draw_frame(watched)) == (False, False)
    assert _changed(draw_frame(watched, Status())) == (True, False)
    assert _changed(draw_frame(watched, audience=audience)) == (False, True)
    assert np.array_equal(watched.frame, _GREY)


def test_doing_less_is_said() -> None:
    watched = Watched(_GREY, 0.0, [])
    usual = draw_frame(watched, Status())
    less = draw_frame(watched, Status(reduced=True, effort=LADDER[3]))
    assert (less != _GREY).sum() > (usual != _GREY).sum()


def test_latency_is_told_of_live_sources_only() -> None:
    assert status_line(Status(fps=29.6, latency=0.0424)) == "30 frames/s"
    live = Status(live=True, fps=29.6, latency=0.0424, dropped=2)
    assert status_line(live) == "30 frames/s   42 ms behind   2 dropped"


def test_kinds_of_people_that_there_are_not_are_left_out() -> None:
    assert audience_lines(Audience(None).current) == [("people", "0")]
