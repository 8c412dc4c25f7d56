"""People over time: decisions about views are made and applied."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from mien.attributes.calibration import Floats
from mien.results import Box, Detection, Quality
from mien.video.identity.evidence import View, make_view
from mien.video.identity.identities import Decision, decide
from mien.video.identity.people import REMEMBERED_FOR, People
from mien.video.identity.person import Person
from mien.video.tracking import Track
from mien.video.tracking.motion import BoxFilter

_FLAT = np.full(101, 1 / 101, np.float32)
_GOOD, _POOR = Quality(80.0, 1.0, 1.0), Quality(20.0, 0.1, 0.5)


def _direction(number: int) -> Floats:
    embedding = np.zeros(16, np.float32)
    embedding[number] = 1
    return embedding


def _like(number: int, similarity: float, rest: int = 3) -> Floats:
    """Returns a vector of length 1 with a similarity to one person; its rest is of another."""
    own, other = _direction(number), _direction(rest)
    return similarity * own + np.float32((1 - similarity**2) ** 0.5) * other


def _view(embedding: Floats, time: float, quality: Quality = _GOOD) -> View:
    return make_view({"age": _FLAT}, embedding, quality, 0.9, time)


class Scene:
    """Tracks and their people, which get one view after another."""

    def __init__(self, *positions: float) -> None:
        self.people = People()
        self.tracks: list[Track] = []
        for x in positions or (0.0,):
            self.begin(0.0, x)

    def begin(self, time: float, x: float = 0.0) -> Track:
        box = Box(x, 0, 50, 50)
        number = 1 + max((track.id for track in self.tracks), default=len(self.tracks))
        track = Track(number, BoxFilter(box), Detection(box), time, time)
        self.tracks.append(track)
        self.people.follow(self.tracks, time)
        return track

    def end(self, track: Track, time: float = 0.0) -> None:
        self.tracks.remove(track)
        self.people.follow(self.tracks, time)

    def decide(
        self, track: Track, embedding: Floats, time: float, overlapping: Sequence[Track] = ()
    ) -> Decision:
        return decide(self.people.situation(track, embedding, self.tracks, overlapping, time))

    def add_view(
        self,
        track: Track,
        person: int | Floats,
        time: float,
        overlapping: Sequence[Track] = (),
        quality: Quality = _GOOD,
    ) -> bool:
        """Adds a view of a person, by number or embedding; returns whether it was used."""
        embedding = _direction(person) if isinstance(person, int) else person
        decision = self.decide(track, embedding, time, overlapping)
        counts = self.people.apply(track, decision, time)
        if counts:
            shown = self.people[track]
            shown.evidence.add(_view(embedding, time, quality))
            self.people.name(shown)
        return counts

    @property
    def shown(self) -> list[Person]:
        return [self.people[track] for track in self.tracks]


def _left_and_gone() -> tuple[Scene, Person]:
    """A scene whose first person was seen once and has left."""
    scene = Scene()
    (track,) = scene.tracks
    scene.add_view(track, 1, 0.0)
    person = scene.people[track]
    scene.end(track)
    return scene, person


def _two_seen() -> tuple[Scene, Track, Track]:
    """A scene with the tracks of two people, each with one view."""
    scene = Scene(0.0, 0.0)
    left, right = scene.tracks
    scene.add_view(left, 1, 0.0)
    scene.add_view(right, 2, 0.0)
    return scene, left, right


def test_a_person_who_returns_gets_the_same_number() -> None:
    scene, person = _left_and_gone()
    again = scene.begin(3.0)
    scene.add_view(again, 1, 3.0)
    assert scene.people[again] is person
    assert (person.number, person.since) == (1, 0.0)


def test_another_person_gets_another_number() -> None:
    scene, _ = _left_and_gone()
    other = scene.begin(3.0)
    scene.add_view(other, 2, 3.0)
    assert scene.people[other].number == 2


def test_a_person_gone_for_long_is_forgotten() -> None:
    for gone, number in ((REMEMBERED_FOR - 1, 1), (REMEMBERED_FOR + 1, 2)):
        scene, _ = _left_and_gone()
        again = scene.begin(gone)
        scene.add_view(again, 1, gone)
        assert scene.people[again].number == number


def test_a_single_different_view_is_not_used_and_makes_no_new_person() -> None:
    scene = Scene()
    (track,) = scene.tracks
    scene.add_view(track, 1, 0.0)
    person = scene.people[track]
    assert not scene.add_view(track, 2, 0.1)
    assert scene.add_view(track, 1, 0.2)
    assert scene.people[track] is person
    assert len(person.evidence) == 1


def test_another_person_at_the_same_position_is_noticed() -> None:
    scene = Scene()
    (track,) = scene.tracks
    scene.add_view(track, 1, 0.0)
    first = scene.people[track]
    scene.add_view(track, 2, 0.1)
    assert scene.add_view(track, 2, 0.2)
    second = scene.people[track]
    assert second is not first
    assert (second.number, second.since) == (2, 0.2)
    assert second.evidence.similarity_to(_direction(2)) == pytest.approx(1)
    assert second.evidence.similarity_to(_direction(1)) == pytest.approx(0)


def test_a_replaced_person_can_return() -> None:
    scene = Scene()
    (track,) = scene.tracks
    scene.add_view(track, 1, 0.0)
    first = scene.people[track]
    for time in (3.1, 3.2, 5.3):
        scene.add_view(track, 2, time)
    for time in (7.4, 7.5):
        scene.add_view(track, 1, time)
    assert scene.people[track] is first
    assert first.former_ids == ()


def test_tracks_that_exchanged_their_people_are_corrected() -> None:
    scene, left, right = _two_seen()
    one, two = scene.shown
    for time in (0.1, 0.2):
        scene.add_view(left, 2, time)
        scene.add_view(right, 1, time)
    assert scene.shown == [two, one]
    assert (one.doubts, two.doubts) == (0, 0)


def test_the_person_of_a_track_without_a_view_is_forgotten() -> None:
    scene = Scene()
    (track,) = scene.tracks
    before = scene.people[track]
    scene.end(track)
    again = scene.begin(1.0)
    scene.add_view(again, 1, 1.0)
    assert scene.people[again] is not before


def test_a_person_in_front_of_another_does_not_replace_them() -> None:
    scene, hidden, front = _two_seen()
    before = scene.shown
    for step in range(1, 6):
        time = step / 10
        assert scene.add_view(front, 2, time)
        assert not scene.add_view(hidden, 2, time)
    assert scene.shown == before


def test_a_person_can_be_recognised_after_a_poor_first_view() -> None:
    scene, person = _left_and_gone()
    again = scene.begin(1.0)
    scene.add_view(again, _like(1, 0.45), 1.0, quality=_POOR)
    assert scene.people[again] is not person
    scene.add_view(again, 1, 1.2)
    assert scene.people[again] is person


def test_a_lost_person_is_recognised_on_a_new_track() -> None:
    scene = Scene()
    (lost,) = scene.tracks
    scene.add_view(lost, 1, 0.0)
    one = scene.people[lost]
    again = scene.begin(0.5)
    lost.lost = True
    assert scene.add_view(again, 1, 0.5)
    assert scene.people[again] is one
    assert scene.people[lost] is not one


@pytest.mark.parametrize(("x", "known"), [(60.0, True), (600.0, False)])
def test_a_person_lost_nearby_needs_less_similarity(x: float, known: bool) -> None:
    scene = Scene()
    (lost,) = scene.tracks
    scene.add_view(lost, 1, 0.0)
    one = scene.people[lost]
    again = scene.begin(0.5, x)
    lost.lost = True
    assert scene.add_view(again, _like(1, 0.4), 0.5)
    assert (scene.people[again] is one) == known


def test_the_first_view_of_a_track_is_not_used_if_it_shows_the_person_in_front() -> None:
    scene = Scene()
    (front,) = scene.tracks
    scene.add_view(front, 1, 0.0)
    behind = scene.begin(0.5)
    assert not scene.add_view(behind, 1, 0.5, overlapping=[front])
    assert scene.add_view(behind, 2, 0.6, overlapping=[front])
    assert scene.people[behind] is not scene.people[front]


def test_a_view_that_is_more_similar_to_a_lost_person_is_doubted() -> None:
    scene, left, right = _two_seen()
    one, two = scene.shown
    right.lost = True
    mixed = _like(1, 0.4, rest=2)
    assert not scene.add_view(left, mixed, 3.1)
    scene.add_view(left, mixed, 3.2)
    assert scene.shown == [two, one]


def test_a_view_of_low_similarity_does_not_end_a_doubt() -> None:
    scene = Scene()
    (track,) = scene.tracks
    scene.add_view(track, 1, 0.0)
    before = scene.people[track]

    def apply(similarity: float, time: float) -> bool:
        return scene.people.apply(track, scene.decide(track, _like(1, similarity), time), time)

    assert not apply(0.45, 0.1)
    assert not apply(0.55, 0.2)  # without the doubt this similarity is enough
    assert apply(0.7, 0.3)
    assert apply(0.55, 0.4)
    assert not apply(0.45, 0.5)
    assert not apply(0.55, 0.6)
    assert apply(0.45, 0.7)
    assert scene.people[track] is not before


def test_overlapping_faces_make_no_new_person_but_can_be_swapped() -> None:
    scene, left, right = _two_seen()
    one, two = scene.shown
    for time in (3.1, 3.2, 3.3):
        assert not scene.add_view(left, 3, time, overlapping=[right])
    assert scene.people[left] is one
    right.lost = True
    scene.add_view(left, 2, 3.4, overlapping=[right])
    assert scene.shown == [two, one]


def test_a_person_with_two_numbers_keeps_the_older_one() -> None:
    scene, _ = _left_and_gone()
    track = scene.begin(1.0)
    scene.add_view(track, _like(1, 0.3), 1.0, quality=_POOR)
    assert scene.people[track].number == 2
    assert scene.add_view(track, _like(1, 0.86), 5.0)
    assert scene.people[track].number == 1
    assert scene.people[track].former_ids == (2,)


def test_a_new_face_waits_for_a_view_of_the_track_with_the_same_person() -> None:
    scene = Scene()
    (wrong,) = scene.tracks
    scene.add_view(wrong, 1, 0.0)
    one = scene.people[wrong]
    one.predicted = 0.9
    right = scene.begin(1.0)
    assert not scene.add_view(right, 1, 3.0)
    assert one.predicted == -np.inf
    for time in (3.1, 3.2):
        scene.add_view(wrong, 2, time)
    assert scene.add_view(right, 1, 3.3)
    assert scene.people[right] is one


def test_two_faces_that_look_the_same_are_two_people() -> None:
    scene = Scene()
    (left,) = scene.tracks
    scene.add_view(left, 1, 0.0)
    right = scene.begin(1.0)
    for time in (1.0, 1.1, 1.2):
        assert not scene.add_view(right, 1, time)
        assert scene.add_view(left, 1, time)
    assert scene.add_view(right, 1, 1.3)
    assert [person.number for person in scene.shown] == [1, 2]
