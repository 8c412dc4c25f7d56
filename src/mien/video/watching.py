"""The real-time loop: frames in, steady answers about people out."""

from __future__ import annotations

import time as clock
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mien.analyzer import Analyzer
from mien.faces.align import align
from mien.faces.quality import measure_quality
from mien.images import Picture
from mien.results import Detection, TrackedFace
from mien.video.capture import Capture
from mien.video.evidence import make_view
from mien.video.frames import Frame, Source
from mien.video.motion import CameraMotion
from mien.video.pace import Effort, Pace
from mien.video.people import People, Person
from mien.video.sources import open_source
from mien.video.tracker import SECOND_SCORE, VERIFIED_SCORE, Track, Tracker

SHOWN_FOR = 0.4
"""Seconds for which a face that is not found any more is still shown where it should be."""


_IDLE_EVERY = 0.1
"""Seconds between two calls while no frame comes."""

_LEAST_WORTH = 0.06
"""Worth below which a view is not taken: of one person about 15 views a second at first."""


_NEW_FIRST = 4.0
"""How many times more the first view of a person is worth than another of someone known."""


class Watched(NamedTuple):
    """What is known after a frame.

    Attributes:
        frame: The picture that was analysed, RGB, uint8, height x width x 3.
        time: When it belongs, seconds since the first frame.
        faces: The people in it.
    """

    frame: Picture
    time: float
    faces: list[TrackedFace]


@dataclass(slots=True)
class Status:
    """How the loop is doing.

    Attributes:
        index: Number of the newest frame in the source.
        fps: Frames analysed per second, lately.
        latency: Seconds from the capture of the newest frame to its answer.
        dropped: Frames of a live source that nobody had time for.
        effort: What is done in a frame.
        reduced: Whether that is less than usual, to hold the rate.
    """

    index: int = -1
    fps: float = 0.0
    latency: float = 0.0
    dropped: int = 0
    effort: Effort | None = None
    reduced: bool = False


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
        self._count = 0
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
        searched = self._count % effort.interval == 0
        if searched:
            found = self._detector.search(picture, effort.detail, SECOND_SCORE)
            self._people.leave(self._tracker.update(found, time))
        self._count += 1
        # Who was not found by a search is hidden: near there is only whoever hides them.
        there = [t for t in self._tracker.tracks if _visible(t, time)]
        self._judge(picture, time, [t for t in there if t.seen == time or not searched], effort)
        self._people.leave(self._tracker.drop_doubles())
        faces = [
            self._shown(track, time)
            for track in self._tracker.tracks
            if track.verified and _visible(track, time)
        ]
        self._pace.spent(clock.perf_counter() - started)
        return sorted(faces, key=lambda face: face.track_id)

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
            if detection is not None:
                track.verified = track.verified or detection.score >= VERIFIED_SCORE
                if track.verified:
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
            if self._people.recognise(track, view.features, tracks, time):
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
        )


def _visible(track: Track, time: float) -> bool:
    return (track.confirmed or track.seen == time) and time - track.seen <= SHOWN_FOR


def _worth(person: Person, time: float) -> float:
    """What another view of a person is worth: the more the longer ago the last one was.

    It is in seconds since then, and falls with the number of views that there are.
    """
    since = time - person.judged
    return since / person.pool.effective_views if len(person.pool) else _NEW_FIRST * since


class Watcher:
    """An iterator over :class:`Watched` frames of a source, capturing in a thread of its own.

    Use it in a ``with`` statement, or call :meth:`close`.

    Args:
        source: A camera's number, a file, an address, a folder, or a
            :class:`~mien.video.frames.Source`.
        analyzer: Finds and judges faces; the default one if not given.
        fps: Rate to hold; 30 for live sources if not given, none for recordings.
        real_time: Whether a file is played at its own pace, dropping what is late.
        idle: Called several times a second while no frame comes, with the seconds since the last.

    Raises:
        VideoError: The source cannot be opened.
    """

    def __init__(
        self,
        source: str | int | Path | Source,
        *,
        analyzer: Analyzer | None = None,
        fps: float | None = None,
        real_time: bool = False,
        idle: Callable[[float], None] | None = None,
    ) -> None:
        if isinstance(source, (str, int, Path)):
            source = open_source(source, real_time=real_time)
        self.source = source
        self.status = Status()
        if fps is None and source.live:
            fps = min(source.fps or 30.0, 30.0)
        self._watcher = FaceWatcher(analyzer or Analyzer(), fps)
        self._idle = idle
        self._capture = Capture(source)

    def __iter__(self) -> Iterator[Watched]:
        """Yields what is known after each frame.

        Raises:
            VideoError: The source failed for good.
        """
        last = None
        started = clock.monotonic()
        for frame in self._capture.frames(None if self._idle is None else _IDLE_EVERY):
            if frame is None:
                if self._idle is not None:
                    self._idle(clock.monotonic() - (last or started))
                continue
            faces = self._watcher.process(frame.pixels, frame.time)
            now = clock.monotonic()
            self._note(frame, now, last)
            last = now
            yield Watched(frame.pixels, frame.time, faces)

    def _note(self, frame: Frame, now: float, last: float | None) -> None:
        status = self.status
        if last is not None:
            rate = 1 / max(now - last, 1e-6)
            status.fps += (0.1 if status.fps else 1.0) * (rate - status.fps)
        status.index = frame.index
        status.latency = now - frame.captured
        status.dropped = self._capture.dropped
        status.effort = self._watcher.effort
        status.reduced = self._watcher.reduced

    def stop(self) -> None:
        """Ends the iteration from another thread or from a signal handler."""
        self._capture.stop()

    def close(self) -> None:
        """Ends capture and lets go of the source."""
        self._capture.close()

    def __enter__(self) -> Watcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def watch(
    source: str | int | Path | Source,
    *,
    analyzer: Analyzer | None = None,
    fps: float | None = None,
    real_time: bool = False,
) -> Iterator[Watched]:
    """Yields ``(frame, time, faces)`` of a video; see :class:`Watcher`."""
    with Watcher(source, analyzer=analyzer, fps=fps, real_time=real_time) as watcher:
        yield from watcher
