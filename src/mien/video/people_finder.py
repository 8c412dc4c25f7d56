"""The work on one frame after another: search, track, judge, pool."""

from __future__ import annotations

import time as clock
from collections.abc import Sequence

import numpy as np

from mien.analyzer import Analyzer
from mien.faces.align import align
from mien.faces.quality import measure_quality
from mien.images import Picture
from mien.results import Detection, TrackedFace
from mien.video.identity.evidence import make_view
from mien.video.identity.identities import People, Person
from mien.video.rate_controller import Effort, Pace
from mien.video.tracking.motion import CameraMotion
from mien.video.tracking.tracker import SECOND_SCORE, Track, Tracker

SHOWN_FOR = 0.4
"""Seconds for which a face that is not found any more is still shown where it should be."""

_LONGEST_UNSEARCHED = 0.2
"""Seconds after which a frame is searched however little is to be done in it: at a low rate every
fourth frame would come when everybody has been lost."""

_LEAST_WORTH = 0.06
"""Worth below which a view is not taken: of one person about 15 views a second at first."""

_LONGEST_ELSEWHERE = 0.1
"""Seconds beyond which what is done with a frame is no work but waiting."""

_NEW_FIRST = 4.0
"""How many times more the first view of a person is worth than another of someone known."""


class FaceWatcher:
    """Follows the people of one video, frame after frame.

    Args:
        analyzer: Finds and judges faces.
        fps: Rate to hold by doing less in a frame; None for full effort.
    """

    def __init__(self, analyzer: Analyzer, fps: float | None = None) -> None:
        self._detector = analyzer.detector
        self._model = analyzer.model
        self._pace = Pace(fps)
        self._tracker = Tracker()
        self._people = People()
        self._camera = CameraMotion()
        self._unsearched = 0  # frames since the last search
        self._elsewhere = 0.0
        self._size: tuple[int, int] | None = None

    @property
    def effort(self) -> Effort:
        """What is done in the next frame."""
        return self._pace.effort

    @property
    def reduced(self) -> bool:
        """Whether that is less than usual."""
        return self._pace.reduced

    def process(self, picture: Picture, time: float) -> list[TrackedFace]:
        """Takes account of a frame.

        Args:
            picture: RGB, uint8, height x width x 3.
            time: Seconds; never falls from frame to frame.

        Returns:
            The people in it, by number.
        """
        started = clock.perf_counter()
        effort = self._pace.effort
        self._follow_size(picture)
        self._people.leave(self._tracker.predict(time, self._camera.measure(picture)))
        self._people.forget(time)
        self._unsearched += 1
        overdue = time - self._tracker.searched >= _LONGEST_UNSEARCHED
        searched = overdue or self._unsearched >= effort.interval
        if searched:
            self._unsearched = 0
            found = self._detector.search(picture, effort.detail, SECOND_SCORE)
            self._people.leave(self._tracker.update(found, time))
        # Who was not found by a search is hidden: near there is only whoever hides them.
        there = [t for t in self._tracker.tracks if _visible(t, time)]
        self._judge(picture, time, [t for t in there if t.seen == time or not searched], effort)
        self._people.leave(self._tracker.drop_doubles())
        faces = [
            self._shown(track, time)
            for track in self._tracker.tracks
            if track.person.verified and _visible(track, time)
        ]
        self._pace.spent(clock.perf_counter() - started + self._elsewhere)
        self._elsewhere = 0.0
        return sorted(faces, key=lambda face: face.track_id)

    def charge(self, seconds: float) -> None:
        """Takes account of what the last frame cost elsewhere, as by being drawn.

        Args:
            seconds: A long time, as of a pause, counts as a short one.
        """
        self._elsewhere = min(seconds, _LONGEST_ELSEWHERE)

    def _follow_size(self, picture: Picture) -> None:
        height, width = picture.shape[:2]
        if self._size and self._size != (width, height):
            self._tracker.scale(width / self._size[0], height / self._size[1])
        self._size = (width, height)

    def _judge(self, picture: Picture, time: float, seen: Sequence[Track], effort: Effort) -> None:
        """Shows the attribute model the faces from which it can learn most."""
        worth = sorted(
            ((_worth(track.person, time), track) for track in seen), key=lambda pair: pair[0]
        )
        chosen = [track for value, track in reversed(worth) if value >= _LEAST_WORTH]
        chosen = chosen[: effort.judged]
        if not chosen:
            return
        here = [Detection(t.filter.box, t.detection.landmarks, t.detection.score) for t in chosen]
        sharp = []
        for track, detection in zip(chosen, self._detector.refine(picture, here), strict=True):
            track.person.judged = time
            if detection is not None and track.person.verify(detection.score):
                sharp.append((track, detection))
        if not sharp:
            return
        size, template = self._model.card.size, self._model.card.template
        chips = [align(picture, d.landmarks, size, template) for _, d in sharp]
        answers = self._model.predict(np.stack(chips))
        for i, (track, detection) in enumerate(sharp):
            if track.seen < time:
                track.observe(detection, time)
            quality = measure_quality(chips[i], detection.box, detection.landmarks)
            view = make_view(
                answers.age[i],
                float(answers.female[i]),
                answers.embedding[i],
                quality,
                detection.score,
                time,
            )
            tracks = self._tracker.tracks
            beside = self._tracker.beside(track)
            known = self._people.recognise(track, view.features, tracks, beside, time)
            # Of faces that overlap a view shows something of both; who has a view can wait.
            if known and not (beside and len(track.person.pool)):
                track.person.verify(detection.score)  # by now it may be someone else
                track.person.pool.add(view)
                track.person.quality = quality
                self._estimate(track.person)
                track.person.judged = time

    def _estimate(self, person: Person) -> None:
        """Brings what is shown of a person up to their evidence."""
        distribution, female = person.pool.pooled()
        (age,) = self._model.age_estimates(distribution[None])
        (gender,) = self._model.gender_estimates(np.array([female], np.float32))
        person.age = person.labels.show_age(age)
        person.gender = person.labels.show_gender(gender, self._model.card.gender.threshold)

    def _shown(self, track: Track, time: float) -> TrackedFace:
        person = track.person
        self._people.name(person)
        return TrackedFace(
            box=track.filter.box,
            score=track.detection.score,
            landmarks=track.detection.landmarks if track.seen == time else None,
            quality=person.quality,
            age=person.age,
            gender=person.gender,
            track_id=person.number,
            since=person.since,
            former_ids=person.former,
        )


def _visible(track: Track, time: float) -> bool:
    return (track.confirmed or track.seen == time) and time - track.seen <= SHOWN_FOR


def _worth(person: Person, time: float) -> float:
    """What another view of a person is worth: the more the longer ago the last one was.

    It is in seconds since then, and falls with the number of views that there are.
    """
    since = time - person.judged
    return since / person.pool.effective_views if len(person.pool) else _NEW_FIRST * since
