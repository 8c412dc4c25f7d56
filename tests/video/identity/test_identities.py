from collections.abc import Sequence

import numpy as np
import pytest

from mien.results import Box, Detection, Quality
from mien.video.identity.evidence import View, make_view
from mien.video.identity.identities import (
    CLEAR_SCORE,
    REMEMBERED_FOR,
    VERIFIED_SCORE,
    People,
    Person,
)
from mien.video.tracking.motion import BoxFilter
from mien.video.tracking.tracker import Track

_FLAT = np.full(101, 1 / 101, np.float32)
_LANDMARKS = ((0.0, 0.0),) * 5


def _direction(number: int) -> np.ndarray:
    features = np.zeros(16, np.float32)
    features[number] = 1
    return features


def _view(who: int, time: float) -> View:
    return make_view(_FLAT, 0.5, _direction(who), Quality(80.0, 1.0, 1.0), 0.9, time)


def _track(time: float = 0.0, x: float = 0.0) -> Track:
    box = Box(x, 0, 50, 50)
    return Track(BoxFilter(box), Detection(box, _LANDMARKS, 0.9), time, Person(time))


def _look(
    people: People,
    track: Track,
    who: int,
    tracks: list[Track],
    time: float,
    beside: Sequence[Track] = (),
) -> bool:
    view = _view(who, time)
    counted = people.recognise(track, view.features, tracks, beside, time)
    if counted:
        track.person.pool.add(view)
        people.name(track.person)
    return counted


def _seen_and_gone(people: People, who: int) -> Track:
    track = _track()
    _look(people, track, who, [track], 0.0)
    people.leave([track])
    return track


def _two_seen(people: People) -> list[Track]:
    """The tracks of the first and the second person, each seen once."""
    tracks = [_track(), _track()]
    for who, track in enumerate(tracks, 1):
        _look(people, track, who, tracks, 0.0)
    return tracks


def test_someone_who_returns_gets_their_number_back() -> None:
    people = People()
    track = _seen_and_gone(people, 1)
    again = _track(3.0)
    _look(people, again, 1, [again], 3.0)
    assert again.person is track.person
    assert again.person.number == 1


def test_someone_else_gets_a_number_of_their_own() -> None:
    people = People()
    _seen_and_gone(people, 1)
    other = _track(3.0)
    _look(people, other, 2, [other], 3.0)
    assert other.person.number == 2


def test_someone_gone_for_long_is_forgotten() -> None:
    people = People()
    track = _track()
    _look(people, track, 1, [track], 0.0)
    track.person.seen = 0.0
    people.leave([track])
    people.forget(REMEMBERED_FOR + 1)
    again = _track(REMEMBERED_FOR + 1)
    _look(people, again, 1, [again], REMEMBERED_FOR + 1)
    assert again.person.number == 2


def test_one_odd_view_does_not_make_a_new_person_and_is_not_counted() -> None:
    people = People()
    track = _track()
    _look(people, track, 1, [track], 0.0)
    person = track.person
    assert not _look(people, track, 2, [track], 0.1)
    assert _look(people, track, 1, [track], 0.2)
    assert track.person is person
    assert len(person.pool) == 1


def test_a_replacement_in_the_same_place_is_noticed() -> None:
    people = People()
    track = _track()
    _look(people, track, 1, [track], 0.0)
    first = track.person
    _look(people, track, 2, [track], 0.1)
    assert _look(people, track, 2, [track], 0.2)
    assert track.person is not first
    assert track.person.pool.similarity_to(_direction(2)) == pytest.approx(1)
    assert track.person.pool.similarity_to(_direction(1)) == pytest.approx(0)


def test_tracks_that_were_confused_in_a_crossing_are_put_right() -> None:
    people = People()
    left, right = tracks = _two_seen(people)
    one, two = left.person, right.person
    for time in (0.1, 0.2):
        _look(people, left, 2, tracks, time)
        _look(people, right, 1, tracks, time)
    assert (left.person, right.person) == (two, one)


def test_an_ended_track_without_a_view_leaves_nobody() -> None:
    people = People()
    track = _track()
    people.leave([track])
    again = _track(1.0)
    _look(people, again, 1, [again], 1.0)
    assert again.person is not track.person


def test_someone_in_front_of_a_track_does_not_take_its_place() -> None:
    people = People()
    hidden, front = _track(), _track()
    tracks = [hidden, front]
    _look(people, hidden, 1, tracks, 0.0)
    _look(people, front, 2, tracks, 0.0)
    one, two = hidden.person, front.person
    for step in range(1, 6):
        time = step / 10
        hidden.seen = front.seen = time
        assert _look(people, front, 2, tracks, time)
        assert not _look(people, hidden, 2, tracks, time)
    assert (hidden.person, front.person) == (one, two)


def test_a_poor_first_view_does_not_hinder_knowing_someone_again() -> None:
    people = People()
    track = _seen_and_gone(people, 1)
    again = _track(1.0)
    blurred = _direction(1) * 0.45 + _direction(3) * 0.89
    people.recognise(again, blurred, [again], [], 1.0)
    again.person.pool.add(make_view(_FLAT, 0.5, blurred, Quality(20.0, 0.1, 0.5), 0.5, 1.0))
    _look(people, again, 1, [again], 1.2)
    assert again.person is track.person


def test_someone_lost_is_known_again_where_they_appear_next() -> None:
    people = People()
    lost, again = _track(), _track(0.5)
    tracks = [lost, again]
    _look(people, lost, 1, tracks, 0.0)
    one = lost.person
    lost.lost = True
    assert _look(people, again, 1, tracks, 0.5)
    assert again.person is one
    assert lost.person is not one


def test_of_someone_lost_nearby_half_a_view_is_enough() -> None:
    half = _direction(1) * 0.4 + _direction(3) * 0.917
    for x, known in ((60.0, True), (600.0, False)):
        people = People()
        lost, again = _track(), _track(0.5, x)
        tracks = [lost, again]
        _look(people, lost, 1, tracks, 0.0)
        one = lost.person
        lost.lost = True
        assert people.recognise(again, half, tracks, [], 0.5)
        assert (again.person is one) == known


def test_the_first_view_of_a_track_does_not_show_who_stands_in_front() -> None:
    people = People()
    front, behind = _track(), _track(0.5)
    tracks = [front, behind]
    _look(people, front, 1, tracks, 0.0)
    assert not _look(people, behind, 1, tracks, 0.5, beside=[front])
    assert _look(people, behind, 2, tracks, 0.6, beside=[front])
    assert behind.person is not front.person


def test_a_view_much_more_like_someone_lost_is_doubted() -> None:
    people = People()
    left, right = tracks = _two_seen(people)
    one, two = left.person, right.person
    right.lost = True
    mixed = _direction(1) * 0.4 + _direction(2) * 0.917
    assert not people.recognise(left, mixed, tracks, [], 3.1)
    people.recognise(left, mixed, tracks, [], 3.2)
    assert (left.person, right.person) == (two, one)


def test_a_doubt_is_not_ended_by_a_view_that_is_hardly_like_them() -> None:
    people = People()
    track = _track()
    _look(people, track, 1, [track], 0.0)
    before = track.person

    def look(alike: float, time: float) -> bool:
        features = alike * _direction(1) + (1 - alike**2) ** 0.5 * _direction(3)
        return people.recognise(track, features, [track], [], time)

    assert not look(0.45, 0.1)
    assert not look(0.55, 0.2)  # without the doubt before it, enough to be them
    assert look(0.7, 0.3)
    assert look(0.55, 0.4)
    assert not look(0.45, 0.5)
    assert not look(0.55, 0.6)
    assert look(0.45, 0.7)
    assert track.person is not before


def test_a_doubt_ends_after_a_moment_without_others() -> None:
    people = People()
    track = _track()
    _look(people, track, 1, [track], 0.0)
    for alike, time, counted in ((0.45, 0.5, False), (0.55, 0.6, False), (0.55, 1.1, True)):
        features = alike * _direction(1) + (1 - alike**2) ** 0.5 * _direction(3)
        assert people.recognise(track, features, [track], [], time) is counted


def test_a_face_is_believed_from_one_certain_view_until_many_are_not() -> None:
    person = Person(0.0)
    assert not person.verify(VERIFIED_SCORE - 0.01)
    assert person.verify(VERIFIED_SCORE)
    assert person.verify(CLEAR_SCORE)
    assert not person.verify(CLEAR_SCORE - 0.01)
    for _ in range(10):
        person.verify(CLEAR_SCORE)
    assert not person.verified
    assert person.verify(VERIFIED_SCORE)


def test_of_faces_that_overlap_nobody_new_is_made_but_swaps_are_undone() -> None:
    people = People()
    left, right = tracks = _two_seen(people)
    one, two = left.person, right.person
    for time in (3.1, 3.2, 3.3):
        assert not _look(people, left, 3, tracks, time, beside=[right])
    assert left.person is one
    right.lost = True
    _look(people, left, 2, tracks, 3.4, beside=[right])
    assert (left.person, right.person) == (two, one)


def test_someone_known_under_two_numbers_keeps_the_older() -> None:
    people = People()
    _seen_and_gone(people, 1)
    track = _track(1.0)
    other = _direction(1) * 0.3 + _direction(3) * 0.954  # a poor view
    people.recognise(track, other, [track], [], 1.0)
    track.person.pool.add(make_view(_FLAT, 0.5, other, Quality(20.0, 0.1, 0.5), 0.5, 1.0))
    people.name(track.person)
    assert track.person.number == 2
    both = _direction(1) * 0.86 + _direction(3) * 0.51
    assert people.recognise(track, both, [track], [], 5.0)
    assert track.person.number == 1
    assert track.person.former == (2,)


def test_a_new_face_waits_until_whoever_shows_the_same_person_was_looked_at() -> None:
    people = People()
    wrong, right = _track(), _track(1.0)
    tracks = [wrong, right]
    _look(people, wrong, 1, tracks, 0.0)
    one = wrong.person
    one.judged = 0.9
    assert not _look(people, right, 1, tracks, 3.0)
    assert one.judged == -np.inf
    for time in (3.1, 3.2):
        _look(people, wrong, 2, tracks, time)
    assert _look(people, right, 1, tracks, 3.3)
    assert right.person is one


def test_two_who_look_the_same_are_two_people() -> None:
    people = People()
    left, right = _track(), _track(1.0)
    tracks = [left, right]
    _look(people, left, 1, tracks, 0.0)
    for time in (1.0, 1.1, 1.2):
        assert not _look(people, right, 1, tracks, time)
        assert _look(people, left, 1, tracks, time)
    assert _look(people, right, 1, tracks, 1.3)
    assert (left.person.number, right.person.number) == (1, 2)
