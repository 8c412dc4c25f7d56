"""Two loops over the same frames: mien's loop, and a plain one that analyses each frame alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.video.synthesis import Pixels, Scene, Truth
from mien.analyzer import Analyzer
from mien.faces.boxes import corners, overlaps
from mien.results import AgeEstimate, Box, GenderEstimate, TrackedFace
from mien.video.people_finder import PeopleFinder
from mien.video.tracking.assignment import assign

_LONGEST_SIDE = 640  # longer side in pixels of the frames that the plain loop searches
_SCORE = 0.6  # minimum score of a detection of the plain loop, as for the begin of a track
_LEAST_OVERLAP = 0.3  # minimum intersection over union with the true box


@dataclass(frozen=True)
class Shown:
    """A face that a loop showed in one frame.

    Attributes:
        time: Time of the frame in seconds.
        person: True number of the person; -1 if there is no true face.
        identity: Number that the loop gave to the person; -1 for the plain loop.
        box: Box of the face from the loop.
        age: Apparent age; None if there was no estimate yet.
        gender: Apparent gender presentation; None if there was no estimate yet.
    """

    time: float
    person: int
    identity: int
    box: Box
    age: AgeEstimate | None
    gender: GenderEstimate | None


@dataclass
class Run:
    """The results of the loops for a scene, and the truth.

    Attributes:
        scene: The scene.
        truths: True faces of each frame.
        pooled: Faces of each frame from mien's loop.
        single: Faces of each frame from the plain loop.
    """

    scene: Scene
    truths: list[list[Truth]]
    pooled: list[list[Shown]]
    single: list[list[Shown]]


def run_scene(scene: Scene, analyzer: Analyzer, plainly: bool = True) -> Run:
    """Runs the loops over a scene.

    Args:
        scene: The scene.
        analyzer: Analyzer of both loops.
        plainly: Whether the plain loop runs too.
    """
    finder = PeopleFinder(analyzer)
    run = Run(scene, [], [], [])
    for index, (frame, truths) in enumerate(scene.frames()):
        time = index / scene.fps
        pooled = [_shown(face, time) for face in finder.process(frame, time)]
        run.truths.append(truths)
        run.pooled.append(_matched(pooled, truths))
        if plainly:
            run.single.append(_matched(analyze_plainly(frame, time, analyzer), truths))
    return run


def _shown(face: TrackedFace, time: float) -> Shown:
    known = bool(face.estimates)
    return Shown(
        time,
        -1,
        face.person_id,
        face.box,
        face.age if known else None,
        face.gender if known else None,
    )


def analyze_plainly(frame: Pixels, time: float, analyzer: Analyzer) -> list[Shown]:
    """Analyses a frame alone, without the frames before it."""
    found = analyzer.detector.detect(frame, _SCORE, _LONGEST_SIDE)
    near = [face for face in analyzer.detector.detect_near(frame, found) if face is not None]
    faces = analyzer.describe(frame, near)
    return [Shown(time, -1, -1, face.box, face.age, face.gender) for face in faces]


def _matched(shown: list[Shown], truths: Sequence[Truth]) -> list[Shown]:
    """Adds the true person to each face, by the boxes."""
    visible = [truth for truth in truths if truth.visible > 0.3]
    pairs = dict(assign(distances(shown, visible), 1 - _LEAST_OVERLAP))
    return [
        replace(s, person=visible[pairs[i]].person) if i in pairs else s
        for i, s in enumerate(shown)
    ]


def distances(shown: Sequence[Shown], truths: Sequence[Truth]) -> NDArray[np.float64]:
    """Returns 1 - intersection over union of each box with each true box, (shown, truths)."""
    true_boxes = [Box(*truth.box) for truth in truths]
    return 1 - overlaps(corners([s.box for s in shown]), corners(true_boxes))
