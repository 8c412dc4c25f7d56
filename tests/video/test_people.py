import numpy as np
import pytest

from mien.results import Box, Detection, Quality
from mien.video.evidence import View, make_view
from mien.video.motion import BoxFilter
from mien.video.people import REMEMBERED_FOR, People, Person
from mien.video.tracker import Track

_FLAT = np.full(101, 1 / 101, np.float32)
_LANDMARKS = ((0.0, 0.0),) * 5


def _direction(number: int) -> np.ndarray:
    features = np.zeros(16, np.float32)
    features[number] = 1
    return features


def _view(who: int, time: float) -> View:
    return make_view(_FLAT, 0.5, _direction(who), Quality(80.0, 1.0, 1.0), 0.9, time)


def _track(time: float = 0.0) -> Track:
    box = Box(0, 0, 50, 50)
    return Track(BoxFilter(box), Detection(box, _LANDMARKS, 0.9), time, Person(time))


def _look(people: People, track: Track, who: int, tracks: list[Track], time: float) -> bool:
    view = _view(who, time)
    counted = people.recognise(track, view.features, tracks, time)
    if counted:
        track.person.pool.add(view)
        people.name(track.person)
    return counted


def _seen_and_gone(people: People, who: int) -> Track:
    track = _track()
    _look(people, track, who, [track], 0.0)
    people.leave([track])
    return track


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
    left, right = _track(), _track()
    tracks = [left, right]
    _look(people, left, 1, tracks, 0.0)
    _look(people, right, 2, tracks, 0.0)
    one, two = left.person, right.person
    for time in (0.1, 0.2):
        _look(people, left, 2, tracks, time)
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
    people.recognise(again, blurred, [again], 1.0)
    again.person.pool.add(make_view(_FLAT, 0.5, blurred, Quality(20.0, 0.1, 0.5), 0.5, 1.0))
    _look(people, again, 1, [again], 1.2)
    assert again.person is track.person
