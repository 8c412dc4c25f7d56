"""Which detection continues which track.

Two-stage association (Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every
Detection Box", 2022): certain detections first, then doubtful ones for the tracks that got none.
A Kalman filter and the measured motion of the camera predict where each face should be. A track is
motion alone; which person it shows is decided in :mod:`mien.video.identity`.
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
"""Seconds after which a track that was not seen ends."""

# At low resolution and in motion, faces score less than in a picture: shares of its least score.
_CERTAIN = 0.75  # from which a detection is associated first and may begin a track
_DOUBTFUL = 0.375  # from which it may continue a track

_UNPAIRED = 1.0  # cost of no pair: centres a face apart, or sizes that differ by the factor e
_NEAR = 2.0  # the same cost, up to which a new face may be one that was lost
_REACH = 2.0  # face sizes that a face may be from where it is expected, at most
_DUPLICATE = 0.6  # intersection over union from which two tracks follow one face
_OVERLAPPING = 0.2  # share of a box from which another covers it
_HITS = 2  # detections after which a track is confirmed


@dataclass(slots=True, eq=False)
class Track:
    """A face, for as long as its motion can be followed.

    Attributes:
        id: Number of the track, from 1.
        filter: Where the face is and how it moves.
        detection: The last detection.
        since: Time of the first detection, seconds.
        seen: Time of the last detection, seconds.
        best_score: The greatest score with which a search of the whole frame found it, 0..1.
        hits: How often it was detected.
        lost: Whether the last search did not find it.
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
        """Whether it was detected often enough to wait for the next detection."""
        return self.hits >= _HITS

    def near(self, other: Track) -> bool:
        """Whether the face may have come from where the other track's face is expected."""
        return bool(_costs([self.filter], [other.filter.box])[0, 0] < _NEAR)

    def observe(self, detection: Detection, time: float) -> None:
        """Adds a detection of this face.

        Args:
            detection: The face as it is now.
            time: Of the frame, seconds.
        """
        self.filter.update(detection.box)
        self.detection = detection
        self.seen = time
        self.hits += 1
        self.lost = False


class Tracker:
    """Follows faces from frame to frame.

    For each frame call :meth:`predict`, then :meth:`update` if the frame was searched for faces.

    Args:
        min_score: Detection score from which a face in a picture counts, 0..1. A track begins at
            three quarters of it and is continued from three eighths on.

    Attributes:
        tracks: The faces that are followed.
        searched: Time of the last frame that was searched for faces, seconds.
        least_score: Detections that score less are ignored, 0..1.

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
        """Moves all tracks on to the time of a frame; tracks not seen for too long end.

        Args:
            time: Of the frame, seconds.
            shift: How far the whole picture moved since the last frame, (x, y) in pixels.
        """
        seconds = 0.0 if self._time is None else max(0.0, min(time - self._time, LOST_FOR))
        self._time = time
        self.tracks = [track for track in self.tracks if time - track.seen <= LOST_FOR]
        for track in self.tracks:
            track.filter.predict(seconds)
            track.filter.shift(*shift)

    def update(self, detections: Sequence[Detection], time: float) -> None:
        """Adds the detections of a frame; a track that was detected just once and is lost ends.

        Args:
            detections: All faces of the frame.
            time: Of the frame, seconds.
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
        """Ends tracks that came to follow the same face as an older one."""
        tracks = sorted(self.tracks, key=lambda track: (-track.seen, -track.hits))
        boxes = corners([track.filter.box for track in tracks])
        kept = {tracks[i].id for i in suppress(boxes, range(len(tracks)), _DUPLICATE)}
        self.tracks = [track for track in self.tracks if track.id in kept]

    def overlapping(self, track: Track) -> list[Track]:
        """Returns the tracks whose faces are so near that one may hide the other."""
        others = [other for other in self.tracks if other is not track and not other.lost]
        here = corners([track.filter.box])
        there = corners([other.filter.box for other in others])
        share = np.maximum(covered(here, there)[0], covered(there, here)[:, 0])
        return [o for o, value in zip(others, share, strict=True) if value > _OVERLAPPING]

    def scale(self, x: float, y: float) -> None:
        """Scales all tracks because the size of the video changed.

        Args:
            x: New width divided by the old one.
            y: New height divided by the old one.
        """
        for track in self.tracks:
            track.filter.scale(x, y)

    def _associate(
        self, tracks: Sequence[Track], detections: Sequence[Detection], time: float
    ) -> tuple[list[Track], list[Detection]]:
        """Gives detections to tracks; returns the tracks and the detections left over."""
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
    """Returns how far each box is from each prediction, (filters, boxes).

    It is the distance of the centres in face sizes plus the difference of the sizes' logarithms.
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
