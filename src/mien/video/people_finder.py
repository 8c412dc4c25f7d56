"""The work on one frame after another: detect, track, predict, recognise, pool."""

from __future__ import annotations

import time as clock
from collections.abc import Iterable, Sequence

from mien.analyzer import Analyzer
from mien.attributes.model import Prediction
from mien.faces import AlignedFace
from mien.images import Picture, read_picture
from mien.results import Box, Detection, TrackedFace
from mien.video.identity.evidence import View, make_view
from mien.video.identity.identities import decide
from mien.video.identity.people import People
from mien.video.identity.person import Person
from mien.video.rate_controller import Effort, RateController
from mien.video.tracking import Track, Tracker
from mien.video.tracking.motion import CameraMotion

SHOWN_FOR = 0.4
"""Seconds for which a face that is not found any more is still shown where it should be."""

_LONGEST_UNSEARCHED = 0.2
"""Seconds after which a frame is searched even if little may be done in it. At a low rate, every
fourth frame would come when everyone has been lost."""

_LEAST_WORTH = 0.06
"""Worth below which a view is not taken. One person gets about 15 views a second at first."""

_LONGEST_COST = 0.1
"""Seconds beyond which what is done with a frame is waiting, not work."""

_NEW_FIRST = 4.0
"""How many times more the first view of a person is worth than another of a known person."""


class PeopleFinder:
    """Follows the people of one video, frame after frame.

    Every setting of the analyzer holds: its detector, model, ``min_score``, ``max_faces``,
    ``attributes``, ``certainty`` and ``max_pixels``.

    Args:
        analyzer: Detects and describes faces.
        fps: Frames per second to hold by doing less in a frame, more than 0; None does as much as
            can be done in each.
    """

    def __init__(self, analyzer: Analyzer, fps: float | None = None) -> None:
        self._analyzer = analyzer
        self._thresholds = {
            head.name: head.calibration.threshold(analyzer.certainty) for head in analyzer.heads
        }
        self._rate = RateController(fps)
        self._tracker = Tracker(analyzer.min_score)
        self._people = People()
        self._camera = CameraMotion()
        self._unsearched = 0  # frames since the last search
        self._cost_elsewhere = 0.0
        self._size: tuple[int, int] | None = None

    @property
    def effort(self) -> Effort:
        """What is done in the next frame."""
        return self._rate.effort

    @property
    def reduced(self) -> bool:
        """Whether that is less than usual."""
        return self._rate.reduced

    def process(self, picture: Picture, time: float) -> list[TrackedFace]:
        """Finds the people of the next frame.

        Args:
            picture: RGB, uint8, height x width x 3.
            time: Seconds; never falls from frame to frame.

        Returns:
            The people in it, by number.

        Raises:
            PictureError: The frame has too many pixels, or it is not a picture.
        """
        started = clock.perf_counter()
        picture = read_picture(picture, self._analyzer.max_pixels)
        effort = self._rate.effort
        self._follow_size(picture)
        searched = self._track(picture, time, effort)
        # A face that a search did not find is hidden: near it there is only what hides it.
        there = [track for track in self._tracker.tracks if _visible(track, time)]
        seen = [track for track in there if track.seen == time or not searched]
        self._look(picture, time, self._largest(seen), effort.faces)
        self._tracker.drop_duplicates()
        there = [track for track in self._tracker.tracks if _visible(track, time)]
        faces = [
            self._shown(track, time)
            for track in self._largest(there)
            if self._people[track].verified
        ]
        self._rate.spent(clock.perf_counter() - started + self._cost_elsewhere)
        self._cost_elsewhere = 0.0
        return sorted(faces, key=lambda face: face.person_id)

    def add_cost(self, seconds: float) -> None:
        """Counts what is done with a frame elsewhere, such as drawing, as work on it.

        Args:
            seconds: How long it took. A long time, such as a pause, counts as a short one.
        """
        self._cost_elsewhere = min(seconds, _LONGEST_COST)

    def _follow_size(self, picture: Picture) -> None:
        height, width = picture.shape[:2]
        if self._size and self._size != (width, height):
            self._tracker.scale(width / self._size[0], height / self._size[1])
        self._size = (width, height)

    def _track(self, picture: Picture, time: float, effort: Effort) -> bool:
        """Moves tracks on; returns whether the frame was searched for faces."""
        self._tracker.predict(time, self._camera.measure(picture))
        self._unsearched += 1
        overdue = time - self._tracker.searched >= _LONGEST_UNSEARCHED
        searched = overdue or self._unsearched >= effort.interval
        if searched:
            self._unsearched = 0
            detections = self._analyzer.detector.detect(
                picture, self._tracker.least_score, effort.longest_side
            )
            self._tracker.update(detections, time)
        self._people.follow(self._tracker.tracks, time)
        return searched

    def _largest(self, tracks: Iterable[Track]) -> list[Track]:
        """Returns the largest faces, as many as are to be shown.

        A track that is not verified to be a face comes in addition: it takes away no face's place.
        """
        kept: list[Track] = []
        left = self._analyzer.max_faces
        for track in sorted(tracks, key=lambda track: -track.filter.box.area):
            if left == 0:
                break
            kept.append(track)
            if left is not None and self._people[track].verified:
                left -= 1
        return kept

    def _look(self, picture: Picture, time: float, tracks: Sequence[Track], most: int) -> None:
        """Predicts the attributes of the faces of which most can be learnt.

        Args:
            picture: The frame.
            time: Of the frame, seconds.
            tracks: The faces that can be seen, the largest first.
            most: Of how many at most.
        """
        worth = {track.id: _worth(self._people[track], time) for track in tracks}
        chosen = [track for track in tracks if worth[track.id] >= _LEAST_WORTH]
        chosen = sorted(chosen, key=lambda track: -worth[track.id])[:most]
        near = self._analyzer.detector.detect_near(
            picture, [Detection(track.filter.box) for track in chosen]
        )
        views: list[tuple[Track, Detection]] = []
        for track, detection in zip(chosen, near, strict=True):
            person = self._people[track]
            person.predicted = time
            if detection is not None and self._is_clear(picture, track, detection):
                views.append((track, detection))
        if not views:
            return
        aligned = self._analyzer.align(picture, [detection for _, detection in views])
        prediction = self._analyzer.predict(aligned)
        for i, (track, detection) in enumerate(views):
            if track.seen < time:
                track.observe(detection, time)
            self._add_view(track, aligned[i], self._view(aligned[i], prediction, i, time))

    def _is_clear(self, picture: Picture, track: Track, detection: Detection) -> bool:
        """Whether a near view counts; a new face must also be one that a picture would show."""
        person, min_score = self._people[track], self._analyzer.min_score
        if not person.verified and detection.score >= min_score > track.best_score:
            # The search saw the whole frame in less detail than that of a picture does.
            part = _surroundings(picture, detection.box)
            if not self._analyzer.detector.detect(part, min_score, max(part.shape[:2])):
                return False
        return person.verify(detection.score, min_score)

    def _view(self, aligned: AlignedFace, prediction: Prediction, row: int, time: float) -> View:
        return make_view(
            {head.name: prediction.probabilities[head.name][row] for head in self._analyzer.heads},
            prediction.embedding[row],
            aligned.quality,
            aligned.detection.score,
            time,
        )

    def _add_view(self, track: Track, aligned: AlignedFace, view: View) -> None:
        """Adds a view to the evidence about the person that it shows, if that is certain enough."""
        overlapping = self._tracker.overlapping(track)
        situation = self._people.situation(
            track, view.embedding, self._tracker.tracks, overlapping, view.time
        )
        counts = self._people.apply(track, decide(situation), view.time)
        person = self._people[track]  # by now it may be another
        # A view of faces that overlap shows something of both: a person with a view can wait.
        if not counts or (overlapping and len(person.evidence)):
            return
        person.verify(aligned.detection.score, self._analyzer.min_score)
        person.evidence.add(view)
        person.quality = aligned.quality
        (estimates,) = self._analyzer.estimates(person.evidence.pooled())
        person.estimates = person.display.show(estimates, self._thresholds)
        person.predicted = view.time

    def _shown(self, track: Track, time: float) -> TrackedFace:
        person = self._people[track]
        self._people.name(person)
        return TrackedFace(
            estimates=person.estimates,
            box=track.filter.box,
            landmarks=track.detection.landmarks if track.seen == time else None,
            score=track.detection.score,
            quality=person.quality,
            person_id=person.number,
            since=person.since,
            former_ids=person.former_ids,
        )


def _visible(track: Track, time: float) -> bool:
    return (track.confirmed or track.seen == time) and time - track.seen <= SHOWN_FOR


def _surroundings(picture: Picture, box: Box) -> Picture:
    """Returns the part of a picture that reaches a face further than the box on each side."""
    left, top, right, bottom = box.xyxy
    rows = slice(max(0, round(top - box.height)), max(1, round(bottom + box.height)))
    columns = slice(max(0, round(left - box.width)), max(1, round(right + box.width)))
    return picture[rows, columns]


def _worth(person: Person, time: float) -> float:
    """Returns what another view of a person is worth.

    It is the seconds since the last view, divided by how many views there are.
    """
    since = time - person.predicted
    return since / person.evidence.effective_views if len(person.evidence) else _NEW_FIRST * since
