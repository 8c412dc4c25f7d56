"""Motion over frames: which detection continues which track.

Two-stage association (Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every
Detection Box", 2022): certain detections first, then doubtful ones for the tracks still without.
Where tracks should be is predicted by a Kalman filter and the measured motion of the camera. Who a
track shows is another question, see :mod:`mien.video.identity.identities`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mien.faces.boxes import corners, covered, suppress
from mien.results import Box, Detection
from mien.video.identity.identities import Person
from mien.video.tracking.assignment import assign
from mien.video.tracking.motion import BoxFilter

FIRST_SCORE = 0.6
"""Detections at least this certain are associated first and may begin a track."""

SECOND_SCORE = 0.3
"""Detections less certain than this are ignored."""

LOST_FOR = 1.5
"""Seconds after which a track that was not seen is ended."""

_ALONE = 1.0  # cost of leaving a pair alone: centres a face apart, or sizes that differ by e
_NEAR = 2.0  # the same cost, up to which a face that appears may be one that was lost
_REACH = 2.0  # face sizes that a face may be from where it is expected, at most
_DOUBLE = 0.6  # intersection over union from which two tracks follow one face
_BESIDE = 0.2  # share of a box from which another covers it
_HITS = 2  # detections that make a track believed


@dataclass(slots=True, eq=False)
class Track:
    """A face as long as its motion is followed.

    Attributes:
        filter: Where the face is and how it moves.
        detection: The last detection.
        seen: When that was, seconds.
        person: Whom it shows.
        hits: How often it was detected.
        lost: Whether the last search did not find it.
    """

    filter: BoxFilter
    detection: Detection
    seen: float
    person: Person
    hits: int = 1
    lost: bool = False

    @property
    def confirmed(self) -> bool:
        """Whether it was detected often enough to wait for it to be seen again."""
        return self.hits >= _HITS

    def near(self, other: Track) -> bool:
        """Whether the face may have come from where the other track's is expected."""
        return bool(_costs([self.filter], [other.filter.box])[0, 0] < _NEAR)

    def observe(self, detection: Detection, time: float) -> None:
        """Takes account of a detection of this face."""
        self.filter.update(detection.box)
        self.detection = detection
        self.seen = time
        self.person.seen = time
        self.hits += 1
        self.lost = False


class Tracker:
    """Follows faces from frame to frame.

    Attributes:
        tracks: The faces that are followed.
        searched: Time of the last frame that was searched for faces, seconds.
    """

    def __init__(self) -> None:
        self.tracks: list[Track] = []
        self._time: float | None = None
        self.searched = 0.0

    def predict(self, time: float, shift: tuple[float, float] = (0.0, 0.0)) -> list[Track]:
        """Moves all tracks on to the time of a frame.

        Args:
            time: Of the frame, seconds.
            shift: How the whole picture moved since the last frame, pixels.

        Returns:
            The tracks that ended because they were not seen for too long.
        """
        seconds = 0.0 if self._time is None else max(0.0, min(time - self._time, LOST_FOR))
        self._time = time
        for track in self.tracks:
            track.filter.predict(seconds)
            track.filter.shift(*shift)
        return self._drop([track for track in self.tracks if time - track.seen > LOST_FOR])

    def update(self, detections: Sequence[Detection], time: float) -> list[Track]:
        """Takes account of the detections of a frame.

        Args:
            detections: Those of the whole frame.
            time: Of the frame, seconds.

        Returns:
            The tracks that ended because they were a mistake.
        """
        certain = [d for d in detections if d.score >= FIRST_SCORE]
        doubtful = [d for d in detections if SECOND_SCORE <= d.score < FIRST_SCORE]
        free, new = self._associate(self.tracks, certain, time)
        unseen, _ = self._associate(free, doubtful, time)
        for track in unseen:
            track.lost = True
            track.filter.coast(time - self.searched)
        self.searched = time
        ended = self._drop([track for track in unseen if not track.confirmed])
        for detection in new:
            self.tracks.append(Track(BoxFilter(detection.box), detection, time, Person(time)))
        return ended

    def drop_doubles(self) -> list[Track]:
        """Ends tracks that came to follow the same face as an older one.

        Returns:
            The tracks that ended.
        """
        tracks = sorted(self.tracks, key=lambda track: (-track.seen, -track.hits))
        boxes = corners([track.filter.box for track in tracks])
        kept = set(suppress(boxes, range(len(tracks)), _DOUBLE))
        return self._drop([track for i, track in enumerate(tracks) if i not in kept])

    def beside(self, track: Track) -> list[Track]:
        """Returns the tracks whose faces are so near that one may hide the other."""
        others = [other for other in self.tracks if other is not track and not other.lost]
        here = corners([track.filter.box])
        there = corners([other.filter.box for other in others])
        share = np.maximum(covered(here, there)[0], covered(there, here)[:, 0])
        return [other for other, value in zip(others, share, strict=True) if value > _BESIDE]

    def scale(self, x: float, y: float) -> None:
        """Changes the pixels that boxes are counted in, because the video's size changed."""
        for track in self.tracks:
            track.filter.scale(x, y)

    def _associate(
        self, tracks: Sequence[Track], detections: Sequence[Detection], time: float
    ) -> tuple[list[Track], list[Detection]]:
        """Gives detections to tracks; returns the tracks and the detections left over."""
        cost = _costs([track.filter for track in tracks], [d.box for d in detections])
        pairs = assign(cost, _ALONE)
        for row, column in pairs:
            tracks[row].observe(detections[column], time)
        rows, columns = {row for row, _ in pairs}, {column for _, column in pairs}
        return (
            [track for row, track in enumerate(tracks) if row not in rows],
            [detection for column, detection in enumerate(detections) if column not in columns],
        )

    def _drop(self, ended: list[Track]) -> list[Track]:
        self.tracks = [track for track in self.tracks if track not in ended]
        return ended


def _costs(filters: Sequence[BoxFilter], boxes: Sequence[Box]) -> NDArray[np.float64]:
    """Distance of each box from each prediction: centres in face sizes, and logarithms of sizes."""
    if not filters or not boxes:
        return np.zeros((len(filters), len(boxes)))
    a = np.array([_centre_and_size(filter_.box) for filter_ in filters])
    b = np.array([_centre_and_size(box) for box in boxes])
    reach = np.array([min(1 + 2 * filter_.uncertainty, _REACH) for filter_ in filters])
    size = np.sqrt(a[:, None, 2] * b[None, :, 2])
    distance = np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1]) / size
    growth = np.abs(np.log(a[:, None, 2] / b[None, :, 2]))
    return np.asarray(distance / reach[:, None] + growth, np.float64)


def _centre_and_size(box: Box) -> tuple[float, float, float]:
    side = math.sqrt(max(box.width, 1e-3) * max(box.height, 1e-3))
    return box.x + box.width / 2, box.y + box.height / 2, side
