"""The people finder: it detects, tracks and recognises the people of one frame after another."""

from __future__ import annotations

import time as clock
from collections.abc import Iterable, Sequence

from mien.analyzer import Analyzer
from mien.attributes.model import Prediction
from mien.faces import AlignedFace
from mien.images import Picture, read_picture
from mien.results import Box, Detection, TrackedFace
from mien.video.identity.evidence import COMMON_SHARES, View, make_view
from mien.video.identity.identities import decide
from mien.video.identity.people import People
from mien.video.identity.person import Person
from mien.video.rate_controller import Effort, RateController
from mien.video.tracking import Track, Tracker
from mien.video.tracking.motion import CameraMotion

SHOWN_FOR = 0.4
"""Seconds for which a face that is not detected any more is shown at its expected position."""

_LONGEST_UNSEARCHED = 0.2
"""Maximum number of seconds between two searches for faces.

If only every fourth frame was searched at a low rate, people would be lost between two searches.
"""

_LEAST_PRIORITY = 0.06
"""Minimum priority of a view. One person gets about 15 views a second at first."""

_LONGEST_COST = 0.1
"""Maximum number of seconds outside the finder that count as work on a frame; more is waiting."""

_NEW_FACTOR = 4.0
"""Factor of the priority of a person without a view."""


class PeopleFinder:
    """Follows the people of one video from frame to frame.

    All settings of the analyzer are used: its detector, model, ``min_score``, ``max_faces``,
    ``attributes``, ``certainty`` and ``max_pixels``.

    Args:
        analyzer: Analyzer for the frames.
        fps: Frames per second to hold, more than 0. If the machine is too slow, the effort for a
            frame is reduced. None always uses the maximum effort.

    Raises:
        OptionError: ``fps`` is not more than 0.
    """

    def __init__(self, analyzer: Analyzer, fps: float | None = None) -> None:
        self._analyzer = analyzer
        self._thresholds = {
            head.name: head.calibration.threshold(analyzer.certainty) for head in analyzer.heads
        }
        self._common_shares = {head.name: COMMON_SHARES[head.kind] for head in analyzer.heads}
        self._rate = RateController(fps)
        self._tracker = Tracker(analyzer.min_score)
        self._people = People()
        self._camera = CameraMotion()
        self._unsearched = 0  # frames since the last search
        self._cost_elsewhere = 0.0
        self._size: tuple[int, int] | None = None

    @property
    def effort(self) -> Effort:
        """The effort for the next frame."""
        return self._rate.effort

    @property
    def reduced(self) -> bool:
        """Whether the effort is less than the maximum."""
        return self._rate.reduced

    def process(self, picture: Picture, time: float) -> list[TrackedFace]:
        """Finds the people of the next frame.

        Args:
            picture: The frame, RGB, uint8, height x width x 3.
            time: Time of the frame in seconds, at least that of the frame before.

        Returns:
            The people in the frame, ordered by their number.

        Raises:
            PictureError: The frame has too many pixels, or is not a picture.
        """
        started = clock.perf_counter()
        picture = read_picture(picture, self._analyzer.max_pixels)
        effort = self._rate.effort
        self._follow_size(picture)
        searched = self._track(picture, time, effort)
        # A face that the search did not find is hidden, so that there is no view of it.
        visible = [track for track in self._tracker.tracks if _visible(track, time)]
        seen = [track for track in visible if track.seen == time or not searched]
        self._add_views(picture, time, self._largest(seen), effort.faces)
        self._tracker.drop_duplicates()
        visible = [track for track in self._tracker.tracks if _visible(track, time)]
        faces = [
            self._tracked_face(track, time)
            for track in self._largest(visible)
            if self._people[track].verified
        ]
        self._rate.add_cost(clock.perf_counter() - started + self._cost_elsewhere)
        self._cost_elsewhere = 0.0
        return sorted(faces, key=lambda face: face.person_id)

    def add_cost(self, seconds: float) -> None:
        """Adds the cost of other work on a frame, such as drawing, to that of the next frame.

        Args:
            seconds: Duration of the work. At most a tenth of a second counts, for a longer time is
                a pause.
        """
        self._cost_elsewhere = min(seconds, _LONGEST_COST)

    def _follow_size(self, picture: Picture) -> None:
        height, width = picture.shape[:2]
        if self._size and self._size != (width, height):
            self._tracker.scale(width / self._size[0], height / self._size[1])
        self._size = (width, height)

    def _track(self, picture: Picture, time: float, effort: Effort) -> bool:
        """Updates the tracks; returns whether the frame was searched for faces."""
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
        """Returns the largest faces, at most ``max_faces`` of the analyzer.

        Tracks that are not verified to be faces do not count.
        """
        largest: list[Track] = []
        left = self._analyzer.max_faces
        for track in sorted(tracks, key=lambda track: -track.filter.box.area):
            if left == 0:
                break
            largest.append(track)
            if left is not None and self._people[track].verified:
                left -= 1
        return largest

    def _add_views(
        self, picture: Picture, time: float, tracks: Sequence[Track], limit: int
    ) -> None:
        """Adds a view to the faces with the highest priority.

        Args:
            picture: The frame.
            time: Time of the frame in seconds.
            tracks: Tracks whose faces can be seen, the largest first.
            limit: Maximum number of views.
        """
        priorities = {track.id: _priority(self._people[track], time) for track in tracks}
        chosen = [track for track in tracks if priorities[track.id] >= _LEAST_PRIORITY]
        chosen = sorted(chosen, key=lambda track: -priorities[track.id])[:limit]
        near = self._analyzer.detector.detect_near(
            picture,
            [Detection(track.filter.box, track.detection.landmarks) for track in chosen],
        )
        views: list[tuple[Track, Detection]] = []
        for track, detection in zip(chosen, near, strict=True):
            person = self._people[track]
            person.attempt(time)
            if detection is not None and self._is_clear(picture, track, detection):
                views.append((track, detection))
        if not views:
            return
        aligned = self._analyzer.align(picture, [detection for _, detection in views])
        prediction = self._analyzer.predict(aligned)
        aligned = self._analyzer.with_novelty(aligned, prediction)
        for i, (track, detection) in enumerate(views):
            if track.seen < time:
                track.observe(detection, time)
            self._add_view(track, aligned[i], self._view(aligned[i], prediction, i, time))

    def _is_clear(self, picture: Picture, track: Track, detection: Detection) -> bool:
        """Returns whether a near view is used; a new face must also be found as in a picture."""
        person, min_score = self._people[track], self._analyzer.min_score
        if not person.verified and detection.score >= min_score > track.best_score:
            # The search of a frame has a lower resolution than that of a picture.
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
        """Adds a view to the evidence of the person that it shows, if this is certain enough."""
        overlapping = self._tracker.overlapping(track)
        situation = self._people.situation(
            track, view.embedding, self._tracker.tracks, overlapping, view.time
        )
        counts = self._people.apply(track, decide(situation), view.time)
        person = self._people[track]  # the decision may have changed the person
        # A view of overlapping faces shows parts of both, so that only a first view is used.
        if not counts or (overlapping and len(person.evidence)):
            return
        person.verify(aligned.detection.score, self._analyzer.min_score)
        person.add_view(view, aligned.quality)
        (estimates,) = self._analyzer.estimates(person.evidence.pooled(self._common_shares))
        person.show(estimates, self._thresholds)

    def _tracked_face(self, track: Track, time: float) -> TrackedFace:
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
    """Returns whether the face of a track may be shown."""
    return (track.confirmed or track.seen == time) and time - track.seen <= SHOWN_FOR


def _surroundings(picture: Picture, box: Box) -> Picture:
    """Returns the part of a picture around a box, three times as wide and as high."""
    left, top, right, bottom = box.xyxy
    rows = slice(max(0, round(top - box.height)), max(1, round(bottom + box.height)))
    columns = slice(max(0, round(left - box.width)), max(1, round(right + box.width)))
    return picture[rows, columns]


def _priority(person: Person, time: float) -> float:
    """Returns the priority of the next view of a person.

    It is the seconds since the last view divided by the effective number of views.
    """
    since = time - person.predicted
    return since / person.evidence.effective_views if len(person.evidence) else _NEW_FACTOR * since
