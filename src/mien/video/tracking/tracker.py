"""The tracker: it associates the detections of a frame with tracks.

It is a two-stage association (Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every
Detection Box", 2022): first the certain detections, then the doubtful ones for the tracks that are
left. A Kalman filter and the measured motion of the camera predict the box of each face. A track
knows the motion of a face only; :mod:`mien.video.identity` decides which person it shows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from mien.faces import MIN_SCORE
from mien.faces.boxes import corners, covered, suppress
from mien.results import Box, Detection
from mien.video.tracking.assignment import assign
from mien.video.tracking.motion import BoxFilter

LOST_FOR = 1.5
"""Seconds without a detection after which a track ends."""

# Shares of the minimum score. Faces in motion or at a low resolution have lower scores.
_CERTAIN = 0.75  # minimum of a certain detection, which may begin a track
_DOUBTFUL = 0.375  # minimum of a doubtful detection, which may only continue a track

_UNPAIRED = (
    1.0  # cost of no pair: a distance of one face size, or sizes that differ by the factor e
)
_NEAR = 2.0  # maximum cost at which a new face may be a lost one
_REACH = 2.0  # maximum distance of a face from its expected position, in face sizes
_DUPLICATE = 0.6  # minimum intersection over union of two tracks of one face
_OVERLAPPING = 0.2  # minimum share of a box that an overlapping box covers
_HITS = 2  # detections after which a track is confirmed


@dataclass(slots=True, eq=False)
class Track:
    """The track of a face.

    Attributes:
        id: Number of the track, from 1.
        filter: Filter of the box, with the expected box and its motion.
        detection: The last detection.
        since: Time of the first detection in seconds.
        seen: Time of the last detection in seconds.
        best_score: The highest score of the face in a search of the whole frame, 0..1.
        hits: Number of detections.
        lost: Whether the last search did not find the face.
    """

    id: int
    filter: BoxFilter
    detection: Detection
    since: float
    seen: float
    best_score: float = 0.0
    hits: int = 1
    lost: bool = False

    @property
    def confirmed(self) -> bool:
        """Whether the face was detected twice; a confirmed track stays while it is lost."""
        return self.hits >= _HITS

    def near(self, other: Track) -> bool:
        """Returns whether the face is near the expected position of another track's face."""
        return bool(_costs([self.filter], [other.filter.box])[0, 0] < _NEAR)

    def observe(self, detection: Detection, time: float) -> None:
        """Adds a detection of the face.

        Args:
            detection: The detection.
            time: Time of the frame in seconds.
        """
        self.filter.update(detection.box)
        self.detection = detection
        self.seen = time
        self.hits += 1
        self.lost = False


class Tracker:
    """Tracks faces from frame to frame.

    For each frame call :meth:`predict`, then :meth:`update` if the frame was searched for faces.

    Args:
        min_score: Minimum detection score of faces in a picture, 0..1. The first detection of a
            track has at least three quarters of it, later ones at least three eighths.

    Attributes:
        tracks: The tracks.
        searched: Time of the last frame that was searched for faces, in seconds.
        least_score: Minimum score of a detection, 0..1; detections with a lower score are ignored.

    Example:
        >>> from mien.results import Box, Detection
        >>> tracker = Tracker()
        >>> for frame in range(3):
        ...     tracker.predict(frame / 25)
        ...     tracker.update([Detection(Box(100 + frame, 80, 40, 50), None, 0.9)], frame / 25)
        >>> [(track.id, track.hits) for track in tracker.tracks]
        [(1, 3)]
    """

    def __init__(self, min_score: float = MIN_SCORE) -> None:
        self.tracks: list[Track] = []
        self.searched = 0.0
        self.least_score = _DOUBTFUL * min_score
        self._first_score = _CERTAIN * min_score
        self._time: float | None = None
        self._ids = count(1)

    def predict(self, time: float, shift: tuple[float, float] = (0.0, 0.0)) -> None:
        """Predicts the boxes of all tracks in the next frame; tracks that were lost too long end.

        Args:
            time: Time of the frame in seconds.
            shift: Shift of the whole picture since the last frame, (x, y) in pixels.
        """
        seconds = 0.0 if self._time is None else max(0.0, min(time - self._time, LOST_FOR))
        self._time = time
        self.tracks = [track for track in self.tracks if time - track.seen <= LOST_FOR]
        for track in self.tracks:
            track.filter.predict(seconds)
            track.filter.shift(*shift)

    def update(self, detections: Sequence[Detection], time: float) -> None:
        """Adds the detections of a frame; lost tracks that are not confirmed end.

        Args:
            detections: Detections of the whole frame.
            time: Time of the frame in seconds.
        """
        certain = [d for d in detections if d.score >= self._first_score]
        doubtful = [d for d in detections if self.least_score <= d.score < self._first_score]
        free, new = self._associate(self.tracks, certain, time)
        unseen, _ = self._associate(free, doubtful, time)
        for track in unseen:
            track.lost = True
            track.filter.coast(time - self.searched)
        self.searched = time
        self.tracks = [track for track in self.tracks if track.confirmed or not track.lost]
        for detection in new:
            motion = BoxFilter(detection.box)
            track = Track(next(self._ids), motion, detection, time, time, detection.score)
            self.tracks.append(track)

    def drop_duplicates(self) -> None:
        """Ends all but one of the tracks that follow the same face.

        The track with the latest detection stays, and of these the one with most detections.
        """
        tracks = sorted(self.tracks, key=lambda track: (-track.seen, -track.hits))
        boxes = corners([track.filter.box for track in tracks])
        different = {tracks[i].id for i in suppress(boxes, range(len(tracks)), _DUPLICATE)}
        self.tracks = [track for track in self.tracks if track.id in different]

    def overlapping(self, track: Track) -> list[Track]:
        """Returns the tracks whose faces overlap that of a track; one may hide the other."""
        others = [other for other in self.tracks if other is not track and not other.lost]
        box = corners([track.filter.box])
        boxes = corners([other.filter.box for other in others])
        share = np.maximum(covered(box, boxes)[0], covered(boxes, box)[:, 0])
        return [o for o, value in zip(others, share, strict=True) if value > _OVERLAPPING]

    def scale(self, x: float, y: float) -> None:
        """Scales all tracks because the size of the video changed.

        Args:
            x: New width divided by the old width.
            y: New height divided by the old height.
        """
        for track in self.tracks:
            track.filter.scale(x, y)

    def _associate(
        self, tracks: Sequence[Track], detections: Sequence[Detection], time: float
    ) -> tuple[list[Track], list[Detection]]:
        """Associates detections with tracks; returns the tracks and detections that are left."""
        cost = _costs([track.filter for track in tracks], [d.box for d in detections])
        pairs = assign(cost, _UNPAIRED)
        for row, column in pairs:
            track, detection = tracks[row], detections[column]
            track.observe(detection, time)
            track.best_score = max(track.best_score, detection.score)
        rows, columns = {row for row, _ in pairs}, {column for _, column in pairs}
        return (
            [track for row, track in enumerate(tracks) if row not in rows],
            [detection for column, detection in enumerate(detections) if column not in columns],
        )


def _costs(filters: Sequence[BoxFilter], boxes: Sequence[Box]) -> NDArray[np.float64]:
    """Returns the cost of each pair of an expected box and another box, (filters, boxes).

    It is the distance of the centres in face sizes, less for an uncertain filter, plus the
    difference of the logarithms of the sizes.
    """
    if not filters or not boxes:
        return np.zeros((len(filters), len(boxes)))
    a = np.array([_center_and_size(filter_.box) for filter_ in filters])
    b = np.array([_center_and_size(box) for box in boxes])
    reach = np.array([min(1 + 2 * filter_.uncertainty, _REACH) for filter_ in filters])
    size = np.sqrt(a[:, None, 2] * b[None, :, 2])
    distance = np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1]) / size
    growth = np.abs(np.log(a[:, None, 2] / b[None, :, 2]))
    return np.asarray(distance / reach[:, None] + growth, np.float64)


def _center_and_size(box: Box) -> tuple[float, float, float]:
    x, y = box.center
    return x, y, math.sqrt(max(box.width, 1e-3) * max(box.height, 1e-3))
