import numpy as np
import pytest

from mien.results import Box, Detection
from mien.video.tracking.tracker import FIRST_SCORE, LOST_FOR, SECOND_SCORE, Tracker

_FPS = 30.0


def _face(x: float, y: float = 100.0, side: float = 60.0, score: float = 0.9) -> Detection:
    points = tuple((x + dx * side, y + dy * side) for dx, dy in [(0.3, 0.3), (0.7, 0.3)])
    middle = (x + side / 2, y + side / 2)
    low = ((x + 0.3 * side, y + 0.7 * side), (x + 0.7 * side, y + 0.7 * side))
    return Detection(Box(x, y, side, side), (*points, middle, *low), score)


def _run(tracker: Tracker, frames: list[list[Detection]], start: int = 0) -> None:
    for number, faces in enumerate(frames, start):
        tracker.predict(number / _FPS)
        tracker.update(faces, number / _FPS)


def test_two_people_keep_their_tracks_side_by_side() -> None:
    tracker = Tracker()
    _run(tracker, [[_face(100 + 3 * i), _face(400 - 3 * i)] for i in range(20)])
    left, right = sorted(tracker.tracks, key=lambda track: track.filter.box.x)
    assert left.hits == right.hits == 20


def test_people_who_cross_keep_their_tracks() -> None:
    tracker = Tracker()
    frames = [
        [_face(100 + 10 * i, y=100, side=60), _face(500 - 10 * i, y=125, side=75)]
        for i in range(41)
    ]
    _run(tracker, frames[:5])
    walks_right = min(tracker.tracks, key=lambda track: track.filter.box.x)
    _run(tracker, frames[5:], start=5)
    assert walks_right is max(tracker.tracks, key=lambda track: track.filter.box.x)
    assert len(tracker.tracks) == 2


def test_a_missed_detection_does_not_end_a_track() -> None:
    tracker = Tracker()
    _run(tracker, [[_face(100 + 2 * i)] for i in range(10)])
    (track,) = tracker.tracks
    _run(tracker, [[] for _ in range(10)], start=10)
    _run(tracker, [[_face(100 + 2 * 20)]], start=20)
    assert tracker.tracks == [track]
    assert track.hits == 11


def test_a_track_ends_after_a_while() -> None:
    tracker = Tracker()
    _run(tracker, [[_face(100)] for _ in range(5)])
    (track,) = tracker.tracks
    assert tracker.predict(4 / _FPS + LOST_FOR + 0.01) == [track]
    assert tracker.tracks == []


def test_a_single_detection_is_dropped_when_it_is_not_seen_again() -> None:
    tracker = Tracker()
    _run(tracker, [[_face(100)], []])
    assert tracker.tracks == []


def test_doubtful_detections_continue_a_track_but_begin_none() -> None:
    doubtful = (FIRST_SCORE + SECOND_SCORE) / 2
    tracker = Tracker()
    _run(tracker, [[_face(100)], [_face(100)], [_face(101, score=doubtful)]])
    assert [track.hits for track in tracker.tracks] == [3]
    _run(tracker, [[_face(400, score=doubtful)]], start=3)
    assert len(tracker.tracks) == 1


def test_a_jerk_of_the_camera_is_followed() -> None:
    tracker = Tracker()
    _run(tracker, [[_face(100), _face(220)] for _ in range(10)])
    first = {id(track): track.filter.box.x for track in tracker.tracks}
    tracker.predict(10 / _FPS, shift=(150.0, 0.0))
    tracker.update([_face(250), _face(370)], 10 / _FPS)
    for track in tracker.tracks:
        assert track.filter.box.x == pytest.approx(first[id(track)] + 150, abs=5)


def test_fifty_faces_at_once() -> None:
    tracker = Tracker()
    random = np.random.default_rng(0)
    places = [(100 * (i % 10), 100 * (i // 10)) for i in range(50)]
    frames = [
        [_face(x + 2 * step, y, 40) for x, y in random.permutation(places)] for step in range(10)
    ]
    _run(tracker, frames)
    assert [track.hits for track in tracker.tracks] == [10] * 50


def test_of_two_tracks_of_one_face_the_older_stays() -> None:
    tracker = Tracker()
    _run(tracker, [[_face(100)] for _ in range(5)])
    (old,) = tracker.tracks
    tracker.update([_face(100), _face(106)], 5 / _FPS)
    assert len(tracker.tracks) == 2
    assert [track.hits for track in tracker.drop_doubles()] == [1]
    assert tracker.tracks == [old]


def test_neighbours_are_no_doubles() -> None:
    tracker = Tracker()
    _run(tracker, [[_face(100), _face(150)] for _ in range(5)])
    assert tracker.drop_doubles() == []


def test_a_lost_face_is_followed_on_but_not_into_nowhere() -> None:
    tracker = Tracker()
    _run(tracker, [[_face(100 + 10 * i)] for i in range(15)])
    (track,) = tracker.tracks
    last = track.filter.box.x
    _run(tracker, [[] for _ in range(10)], start=15)
    assert track.lost
    soon = track.filter.box.x
    assert last + 40 < soon < last + 100
    _run(tracker, [[] for _ in range(30)], start=25)
    assert track.filter.box.x < last + 160


def test_faces_that_overlap_are_beside_each_other() -> None:
    tracker = Tracker()
    _run(tracker, [[_face(100), _face(140), _face(400)] for _ in range(3)])
    left, right, far = sorted(tracker.tracks, key=lambda track: track.filter.box.x)
    assert tracker.beside(left) == [right]
    assert tracker.beside(far) == []
    right.lost = True
    assert tracker.beside(left) == []
