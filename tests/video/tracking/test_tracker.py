import numpy as np
import pytest

from mien.results import Box, Detection
from mien.video.tracking.tracker import LOST_FOR, Tracker

_FPS = 30.0


def _face(x: float, y: float = 100.0, side: float = 60.0, score: float = 0.9) -> Detection:
    return Detection(Box(x, y, side, side), None, score)


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
    tracker.predict(4 / _FPS + LOST_FOR - 0.01)
    assert tracker.tracks == [track]
    tracker.predict(4 / _FPS + LOST_FOR + 0.01)
    assert tracker.tracks == []


def test_a_track_with_a_single_detection_ends_at_once() -> None:
    tracker = Tracker()
    _run(tracker, [[_face(100)], []])
    assert tracker.tracks == []


@pytest.mark.parametrize("min_score", [0.8, 0.5])
def test_doubtful_detections_continue_a_track_but_begin_none(min_score: float) -> None:
    certain, doubtful = 0.76 * min_score, 0.74 * min_score
    tracker = Tracker(min_score)
    _run(tracker, [[_face(100, score=s)] for s in (certain, certain, doubtful)])
    assert [track.hits for track in tracker.tracks] == [3]
    _run(tracker, [[_face(400, score=doubtful)]], start=3)
    assert len(tracker.tracks) == 1


def test_detections_below_the_least_score_are_ignored() -> None:
    tracker = Tracker()
    assert tracker.least_score == pytest.approx(0.3)
    _run(tracker, [[_face(100)], [_face(100)], [_face(101, score=tracker.least_score - 0.01)]])
    assert [track.hits for track in tracker.tracks] == [2]


def test_tracks_follow_a_sudden_motion_of_the_camera() -> None:
    tracker = Tracker()
    _run(tracker, [[_face(100), _face(220)] for _ in range(10)])
    first = {id(track): track.filter.box.x for track in tracker.tracks}
    tracker.predict(10 / _FPS, shift=(150.0, 0.0))
    tracker.update([_face(250), _face(370)], 10 / _FPS)
    for track in tracker.tracks:
        assert track.filter.box.x == pytest.approx(first[id(track)] + 150, abs=5)


def test_fifty_faces_keep_their_tracks() -> None:
    tracker = Tracker()
    random = np.random.default_rng(0)
    positions = [(100 * (i % 10), 100 * (i // 10)) for i in range(50)]
    frames = [
        [_face(x + 2 * step, y, 40) for x, y in random.permutation(positions)] for step in range(10)
    ]
    _run(tracker, frames)
    assert [track.hits for track in tracker.tracks] == [10] * 50


def test_if_two_tracks_follow_one_face_the_older_stays() -> None:
    tracker = Tracker()
    _run(tracker, [[_face(100)] for _ in range(5)])
    (old,) = tracker.tracks
    tracker.update([_face(100), _face(106)], 5 / _FPS)
    assert [track.hits for track in tracker.tracks] == [6, 1]
    tracker.drop_duplicates()
    assert tracker.tracks == [old]


def test_neighbours_are_not_duplicates() -> None:
    tracker = Tracker()
    _run(tracker, [[_face(100), _face(150)] for _ in range(5)])
    tracker.drop_duplicates()
    assert len(tracker.tracks) == 2


def test_each_track_has_a_number_and_the_time_of_its_first_detection() -> None:
    tracker = Tracker()
    _run(tracker, [[_face(100)], [_face(100), _face(400)]])
    assert [(track.id, track.since) for track in tracker.tracks] == [(1, 0.0), (2, 1 / _FPS)]
    assert [track.seen for track in tracker.tracks] == [1 / _FPS] * 2
    _run(tracker, [[], [_face(700)]], start=2)
    assert [track.id for track in tracker.tracks] == [1, 3]


def test_the_expected_box_of_a_lost_face_moves_on_for_a_while() -> None:
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


def test_overlapping_faces_are_found() -> None:
    tracker = Tracker()
    _run(tracker, [[_face(100), _face(140), _face(400)] for _ in range(3)])
    left, right, far = sorted(tracker.tracks, key=lambda track: track.filter.box.x)
    assert tracker.overlapping(left) == [right]
    assert tracker.overlapping(far) == []
    right.lost = True
    assert tracker.overlapping(left) == []
