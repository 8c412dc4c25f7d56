"""People over time: views come in, decisions are applied."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from mien.attributes.heads import Floats
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


def _like(who: int, similarity: float, rest: int = 3) -> Floats:
    """A unit vector so similar to a person, the rest of it to another."""
    return similarity * _direction(who) + np.float32((1 - similarity**2) ** 0.5) * _direction(rest)


def _view(embedding: Floats, time: float, quality: Quality = _GOOD) -> View:
    return make_view({"age": _FLAT}, embedding, quality, 0.9, time)


class Scene:
    """Tracks and their people, looked at one view after another."""

    def __init__(self, *places: float) -> None:
        self.people = People()
        self.tracks: list[Track] = []
        for x in places or (0.0,):
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

    def look(
        self,
        track: Track,
        who: int | Floats,
        time: float,
        overlapping: Sequence[Track] = (),
        quality: Quality = _GOOD,
    ) -> bool:
        """Takes a view; returns whether it counts."""
        embedding = _direction(who) if isinstance(who, int) else who
        decision = self.decide(track, embedding, time, overlapping)
        counts = self.people.apply(track, decision, time)
        if counts:
            person = self.people[track]
            person.evidence.add(_view(embedding, time, quality))
            self.people.name(person)
        return counts

    @property
    def shown(self) -> list[Person]:
        return [self.people[track] for track in self.tracks]


def _left_and_gone() -> tuple[Scene, Person]:
    """A scene whose first person was seen once and has left."""
    scene = Scene()
    (track,) = scene.tracks
    scene.look(track, 1, 0.0)
    person = scene.people[track]
    scene.end(track)
    return scene, person


def _two_seen() -> tuple[Scene, Track, Track]:
    """The tracks of the first and the second person, each seen once."""
    scene = Scene(0.0, 0.0)
    left, right = scene.tracks
    scene.look(left, 1, 0.0)
    scene.look(right, 2, 0.0)
    return scene, left, right


def test_a_person_who_returns_gets_their_number_back() -> None:
    scene, person = _left_and_gone()
    again = scene.begin(3.0)
    scene.look(again, 1, 3.0)
    assert scene.people[again] is person
    assert (person.number, person.since) == (1, 0.0)


def test_another_person_gets_a_number_of_their_own() -> None:
    scene, _ = _left_and_gone()
    other = scene.begin(3.0)
    scene.look(other, 2, 3.0)
    assert scene.people[other].number == 2


def test_a_person_gone_for_long_is_forgotten() -> None:
    for gone, number in ((REMEMBERED_FOR - 1, 1), (REMEMBERED_FOR + 1, 2)):
        scene, _ = _left_and_gone()
        again = scene.begin(gone)
        scene.look(again, 1, gone)
        assert scene.people[again].number == number


def test_one_odd_view_does_not_make_a_new_person_and_does_not_count() -> None:
    scene = Scene()
    (track,) = scene.tracks
    scene.look(track, 1, 0.0)
    person = scene.people[track]
    assert not scene.look(track, 2, 0.1)
    assert scene.look(track, 1, 0.2)
    assert scene.people[track] is person
    assert len(person.evidence) == 1


def test_a_replacement_in_the_same_place_is_noticed() -> None:
    scene = Scene()
    (track,) = scene.tracks
    scene.look(track, 1, 0.0)
    first = scene.people[track]
    scene.look(track, 2, 0.1)
    assert scene.look(track, 2, 0.2)
    second = scene.people[track]
    assert second is not first
    assert (second.number, second.since) == (2, 0.2)
    assert second.evidence.similarity_to(_direction(2)) == pytest.approx(1)
    assert second.evidence.similarity_to(_direction(1)) == pytest.approx(0)


def test_a_person_who_is_replaced_may_come_back() -> None:
    scene = Scene()
    (track,) = scene.tracks
    scene.look(track, 1, 0.0)
    first = scene.people[track]
    for time in (3.1, 3.2, 5.3):
        scene.look(track, 2, time)
    for time in (7.4, 7.5):
        scene.look(track, 1, time)
    assert scene.people[track] is first
    assert first.former_ids == ()


def test_tracks_that_were_confused_in_a_crossing_are_put_right() -> None:
    scene, left, right = _two_seen()
    one, two = scene.shown
    for time in (0.1, 0.2):
        scene.look(left, 2, time)
        scene.look(right, 1, time)
    assert scene.shown == [two, one]
    assert (one.doubts, two.doubts) == (0, 0)


def test_an_ended_track_without_a_view_leaves_nobody() -> None:
    scene = Scene()
    (track,) = scene.tracks
    before = scene.people[track]
    scene.end(track)
    again = scene.begin(1.0)
    scene.look(again, 1, 1.0)
    assert scene.people[again] is not before


def test_a_person_in_front_of_a_track_does_not_take_its_place() -> None:
    scene, hidden, front = _two_seen()
    before = scene.shown
    for step in range(1, 6):
        time = step / 10
        assert scene.look(front, 2, time)
        assert not scene.look(hidden, 2, time)
    assert scene.shown == before


def test_a_poor_first_view_does_not_hinder_recognition() -> None:
    scene, person = _left_and_gone()
    again = scene.begin(1.0)
    scene.look(again, _like(1, 0.45), 1.0, quality=_POOR)
    assert scene.people[again] is not person
    scene.look(again, 1, 1.2)
    assert scene.people[again] is person


def test_a_person_lost_is_recognised_where_they_appear_next() -> None:
    scene = Scene()
    (lost,) = scene.tracks
    scene.look(lost, 1, 0.0)
    one = scene.people[lost]
    again = scene.begin(0.5)
    lost.lost = True
    assert scene.look(again, 1, 0.5)
    assert scene.people[again] is one
    assert scene.people[lost] is not one


@pytest.mark.parametrize(("x", "known"), [(60.0, True), (600.0, False)])
def test_of_a_person_lost_nearby_half_a_view_is_enough(x: float, known: bool) -> None:
    scene = Scene()
    (lost,) = scene.tracks
    scene.look(lost, 1, 0.0)
    one = scene.people[lost]
    again = scene.begin(0.5, x)
    lost.lost = True
    assert scene.look(again, _like(1, 0.4), 0.5)
    assert (scene.people[again] is one) == known


def test_the_first_view_of_a_track_does_not_show_the_person_in_front() -> None:
    scene = Scene()
    (front,) = scene.tracks
    scene.look(front, 1, 0.0)
    behind = scene.begin(0.5)
    assert not scene.look(behind, 1, 0.5, overlapping=[front])
    assert scene.look(behind, 2, 0.6, overlapping=[front])
    assert scene.people[behind] is not scene.people[front]


def test_a_view_much_more_like_a_person_lost_is_doubted() -> None:
    scene, left, right = _two_seen()
    one, two = scene.shown
    right.lost = True
    mixed = _like(1, 0.4, rest=2)
    assert not scene.look(left, mixed, 3.1)
    scene.look(left, mixed, 3.2)
    assert scene.shown == [two, one]


def test_a_doubt_is_not_ended_by_a_view_that_is_hardly_like_them() -> None:
    scene = Scene()
    (track,) = scene.tracks
    scene.look(track, 1, 0.0)
    before = scene.people[track]

    def apply(similarity: float, time: float) -> bool:
        return scene.people.apply(track, scene.decide(track, _like(1, similarity), time), time)

    assert not apply(0.45, 0.1)
    assert not apply(0.55, 0.2)  # without the doubt before it, enough to be them
    assert apply(0.7, 0.3)
    assert apply(0.55, 0.4)
    assert not apply(0.45, 0.5)
    assert not apply(0.55, 0.6)
    assert apply(0.45, 0.7)
    assert scene.people[track] is not before


def test_of_faces_that_overlap_nobody_new_is_made_but_swaps_are_undone() -> None:
    scene, left, right = _two_seen()
    one, two = scene.shown
    for time in (3.1, 3.2, 3.3):
        assert not scene.look(left, 3, time, overlapping=[right])
    assert scene.people[left] is one
    right.lost = True
    scene.look(left, 2, 3.4, overlapping=[right])
    assert scene.shown == [two, one]


def test_a_person_known_under_two_numbers_keeps_the_older() -> None:
    scene, _ = _left_and_gone()
    track = scene.begin(1.0)
    scene.look(track, _like(1, 0.3), 1.0, quality=_POOR)
    assert scene.people[track].number == 2
    assert scene.look(track, _like(1, 0.86), 5.0)
    assert scene.people[track].number == 1
    assert scene.people[track].former_ids == (2,)


def test_a_new_face_waits_until_the_track_of_the_same_person_was_looked_at() -> None:
    scene = Scene()
    (wrong,) = scene.tracks
    scene.look(wrong, 1, 0.0)
    one = scene.people[wrong]
    one.predicted = 0.9
    right = scene.begin(1.0)
    assert not scene.look(right, 1, 3.0)
    assert one.predicted == -np.inf
    for time in (3.1, 3.2):
        scene.look(wrong, 2, time)
    assert scene.look(right, 1, 3.3)
    assert scene.people[right] is one


def test_two_who_look_the_same_are_two_people() -> None:
    scene = Scene()
    (left,) = scene.tracks
    scene.look(left, 1, 0.0)
    right = scene.begin(1.0)
    for time in (1.0, 1.1, 1.2):
        assert not scene.look(right, 1, time)
        assert scene.look(left, 1, time)
    assert scene.look(right, 1, 1.3)
    assert [person.number for person in scene.shown] == [1, 2]
