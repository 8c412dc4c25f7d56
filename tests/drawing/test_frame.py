from collections.abc import Sequence

import numpy as np

from mien.ages import AGE_GROUP_NAMES
from mien.attributes.heads import AGE, GENDER, Head
from mien.drawing.frame import audience_lines, draw_frame, status_line
from mien.results import (
    AgeEstimate,
    Box,
    Estimate,
    GenderEstimate,
    LabelEstimate,
    Quality,
    TrackedFace,
)
from mien.video.audience import Audience, AudienceRow
from mien.video.rate_controller import LADDER
from mien.video.watcher import Status, Watched

_GREY = np.full((240, 320, 3), 120, np.uint8)


def _changed(picture: np.ndarray) -> tuple[bool, bool]:
    """Whether something is drawn at the lower left, and at the upper right."""
    different = (picture != _GREY).any(axis=2)
    return bool(different[120:, :160].any()), bool(different[:120, 160:].any())


def test_panels_are_at_their_corners_and_the_frame_is_not_changed() -> None:
    watched = Watched(_GREY.copy(), 0.0, [])
    audience = Audience(None).current
    assert _changed(draw_frame(watched)) == (False, False)
    assert _changed(draw_frame(watched, Status())) == (True, False)
    assert _changed(draw_frame(watched, audience=audience)) == (False, True)
    assert np.array_equal(watched.frame, _GREY)


def test_a_reduced_effort_is_shown() -> None:
    watched = Watched(_GREY, 0.0, [])
    usual = draw_frame(watched, Status())
    less = draw_frame(watched, Status(reduced=True, effort=LADDER[3]))
    assert (less != _GREY).sum() > (usual != _GREY).sum()


def test_only_live_sources_have_a_latency() -> None:
    assert status_line(Status(fps=29.6, latency=0.0424)) == "30 frames/s"
    live = Status(live=True, fps=29.6, latency=0.0424, dropped=2)
    assert status_line(live) == "30 frames/s   42 ms behind   2 dropped"


def _tracked(number: int, x: float, *heads: str) -> TrackedFace:
    """A person of about 35, female with a probability of 0.75, with estimates of these heads."""
    shares = dict.fromkeys(AGE_GROUP_NAMES, 0.0) | {"30-39": 0.8, "40-49": 0.2}
    ages = np.zeros(101, np.float32)
    ages[35] = 1
    estimates: dict[str, Estimate] = {
        "age": AgeEstimate(35, 31, 39, "30-39", shares, ages, ages),
        "gender": GenderEstimate("undetermined", {"male": 0.25, "female": 0.75}),
        "hat": LabelEstimate("yes", {"no": 0.1, "yes": 0.9}),
    }
    return TrackedFace(
        estimates={name: estimates[name] for name in heads},
        box=Box(x, 90, 60, 70),
        landmarks=None,
        score=0.9,
        quality=Quality(60, 0.8, 0.9),
        person_id=number,
        since=0.0,
    )


def _audience(heads: Sequence[Head], *faces: TrackedFace) -> AudienceRow:
    audience = Audience(None, heads)
    for time in (0.0, 1.0):
        audience.add(time, faces)
    return audience.current


def test_the_audience_has_the_attributes_that_the_model_predicts() -> None:
    both = [_tracked(n, 100 * n, "age", "gender") for n in (1, 2)]
    assert audience_lines(_audience([AGE, GENDER], *both)) == [
        *(("people", "2"), ("female", "1.5"), ("male", "0.5")),
        *(("30-39", "1.6"), ("40-49", "0.4")),
    ]
    hat = Head("hat", "binary", ("no", "yes"))
    assert audience_lines(_audience([hat], _tracked(1, 0, "hat"))) == [("person", "1")]


def test_a_frame_of_any_attributes_can_be_drawn() -> None:
    for heads in (("age", "gender"), ("age",), ("hat",), ()):
        face = _tracked(1, 120, *heads)
        drawn = draw_frame(Watched(_GREY, 0.0, [face]), Status())
        assert drawn.shape == _GREY.shape
        box = drawn[90:161, 120:181]
        assert (box != _GREY[90:161, 120:181]).any(axis=2).mean() > 0.05


def test_groups_without_people_are_left_out() -> None:
    assert audience_lines(Audience(None).current) == [("people", "0")]
