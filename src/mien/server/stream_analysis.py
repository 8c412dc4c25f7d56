"""The analysis of one stream."""

from __future__ import annotations

import time as clock
from dataclasses import dataclass
from typing import cast

from mien.analyzer import Analyzer
from mien.results import TrackedFace
from mien.server import schemas
from mien.server.decoding import open_upload
from mien.server.hosting.settings import Settings
from mien.video.audience import Audience
from mien.video.expected_people import summary
from mien.video.people_finder import PeopleFinder
from mien.video.rate_controller import frame_rate

_SUMMARY_EVERY = 1.0  # seconds between two summaries


@dataclass(frozen=True, slots=True)
class StreamFrame:
    """A frame as it came.

    Attributes:
        number: Its number, from 0 in the order in which frames came.
        data: The bytes of its file.
        received: When it came, seconds of the monotonic clock.
    """

    number: int
    data: bytes
    received: float


class StreamAnalysis:
    """The people of one stream; used by one thread at a time.

    Args:
        analyzer: Detects and describes faces, and shows what the stream asks for.
        settings: Settings of the service.
    """

    def __init__(self, analyzer: Analyzer, settings: Settings) -> None:
        self._settings = settings
        self._notices = analyzer.notices
        self._finder = PeopleFinder(analyzer, settings.stream_fps)
        self._audience = Audience(None, analyzer.heads)
        self._first: float | None = None
        self._last: float | None = None
        self._fps = 0.0
        self._summarised = 0.0

    def analyze(
        self, frame: StreamFrame, max_faces: int | None, dropped: int
    ) -> schemas.StreamAnswer:
        """Decodes and analyses a frame.

        Args:
            frame: Newer than all frames before.
            max_faces: How many people are in the answer, the largest; None for all.
            dropped: How many frames were dropped so far.

        Raises:
            Problem: The frame is not a picture, or too large.
            PictureError: The frame cannot be decoded.
        """
        settings = self._settings
        opened = open_upload(
            frame.data, settings.max_frame_pixels, settings.max_side, "max_frame_pixels"
        )
        picture = opened.decode()
        if self._first is None:
            self._first = frame.received
        time = frame.received - self._first
        faces = self._finder.process(picture, time)
        self._audience.add(time, faces)
        now = clock.monotonic()
        self._note_rate(now)
        height, width = picture.shape[:2]
        answer: schemas.StreamAnswer = {
            "frame": frame.number,
            "time": round(time, 3),
            "width": width,
            "height": height,
            "faces": [face.to_dict() for face in _largest(faces, max_faces)],
            "fps": round(self._fps, 2),
            "latency": round(now - frame.received, 4),
            "dropped": dropped,
            "summary": self._summary(time),
        }
        if self._notices:
            answer["notices"] = self._notices
        return answer

    def _note_rate(self, now: float) -> None:
        if self._last is not None:
            self._fps = frame_rate(self._fps, now - self._last)
        self._last = now

    def _summary(self, time: float) -> schemas.Summary | None:
        if time - self._summarised < _SUMMARY_EVERY:
            return None
        self._summarised = time
        return cast(schemas.Summary, summary(self._audience.current.cells))


def _largest(faces: list[TrackedFace], count: int | None) -> list[TrackedFace]:
    """Returns the largest faces, in the order that they have."""
    if count is None or len(faces) <= count:
        return faces
    by_size = sorted(faces, key=lambda face: -face.box.area)
    return sorted(by_size[:count], key=lambda face: face.person_id)
