"""The two loops that are compared, run over the same frames: mien's, and one without a memory."""

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

_LONGEST_SIDE = 640  # pixels, at which the plain loop searches
_SCORE = 0.6  # from which the plain loop takes a detection, as tracks begin
_LEAST_OVERLAP = 0.3


@dataclass(frozen=True)
class Shown:
    """What was shown of one face in one frame.

    Attributes:
        time: Of the frame, seconds.
        person: Number of the person by the truth; -1 where there is none.
        identity: Number of the person by the loop; -1 without one.
        box: Place of the face by the loop.
        age: Apparent age; None if there was no answer yet.
        gender: Apparent gender presentation; None likewise.
    """

    time: float
    person: int
    identity: int
    box: Box
    age: AgeEstimate | None
    gender: GenderEstimate | None


@dataclass
class Run:
    """What was shown over a scene, and what was there."""

    scene: Scene
    truths: list[list[Truth]]
    pooled: list[list[Shown]]
    single: list[list[Shown]]


def run_scene(scene: Scene, analyzer: Analyzer, plainly: bool = True) -> Run:
    """Runs the loops over a scene.

    Args:
        scene: The video.
        analyzer: Of both loops.
        plainly: Whether the plain loop is run too.
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
    """Describes every face of a frame as if there had been none before."""
    found = analyzer.detector.detect(frame, _SCORE, _LONGEST_SIDE)
    near = [face for face in analyzer.detector.detect_near(frame, found) if face is not None]
    faces = analyzer.describe(frame, near)
    return [Shown(time, -1, -1, face.box, face.age, face.gender) for face in faces]


def _matched(shown: list[Shown], truths: Sequence[Truth]) -> list[Shown]:
    """Adds the true person to each face, by the boxes."""
    there = [truth for truth in truths if truth.visible > 0.3]
    pairs = dict(assign(distances(shown, there), 1 - _LEAST_OVERLAP))
    return [
        replace(s, person=there[pairs[i]].person) if i in pairs else s for i, s in enumerate(shown)
    ]


def distances(shown: Sequence[Shown], truths: Sequence[Truth]) -> NDArray[np.float64]:
    """Returns 1 - intersection over union of each box with each true one."""
    true_boxes = [Box(*truth.box) for truth in truths]
    return 1 - overlaps(corners([s.box for s in shown]), corners(true_boxes))
