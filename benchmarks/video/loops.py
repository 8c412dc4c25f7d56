"""The two loops that are compared, run over the same frames: mien's, and one without a memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.video.synthesis import Pixels, Scene, Truth
from mien.analyzer import Analyzer
from mien.faces.align import align
from mien.faces.boxes import corners, overlaps
from mien.results import AgeEstimate, Box, GenderEstimate
from mien.video.people_finder import FaceWatcher
from mien.video.tracking.assignment import assign
from mien.video.tracking.tracker import FIRST_SCORE

_DETAIL = 640  # longer side, in pixels, at which the plain loop searches
_LEAST_OVERLAP = 0.3


@dataclass(frozen=True)
class Shown:
    """What was shown of one face in one frame.

    Attributes:
        time: Of the frame, seconds.
        person: Whose face it is by the truth; -1 where nobody is.
        track: Whose it is said to be.
        box: Where it is said to be.
        age: Apparent age; None if there was no answer yet.
        gender: Apparent gender presentation; None likewise.
    """

    time: float
    person: int
    track: int
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
    watcher = FaceWatcher(analyzer)
    run = Run(scene, [], [], [])
    for index, (frame, truths) in enumerate(scene.frames()):
        time = index / scene.fps
        watched = watcher.process(frame, time)
        pooled = [Shown(time, -1, f.track_id, f.box, f.age, f.gender) for f in watched]
        run.truths.append(truths)
        run.pooled.append(_matched(pooled, truths))
        if plainly:
            run.single.append(_matched(analyze_plainly(frame, time, analyzer), truths))
    return run


def analyze_plainly(frame: Pixels, time: float, analyzer: Analyzer) -> list[Shown]:
    """Judges every face of a frame as if there had been none before."""
    found = analyzer.detector.search(frame, _DETAIL, FIRST_SCORE)
    faces = [f for f in analyzer.detector.refine(frame, found) if f is not None]
    if not faces:
        return []
    card = analyzer.card
    chips = np.stack([align(frame, f.landmarks, card.size, card.template) for f in faces])
    answers = analyzer.model.predict(chips)
    ages = analyzer.model.age_estimates(answers.age)
    genders = analyzer.model.gender_estimates(answers.female)
    return [
        Shown(time, -1, -1, face.box, age, gender)
        for face, age, gender in zip(faces, ages, genders, strict=True)
    ]


def _matched(shown: list[Shown], truths: Sequence[Truth]) -> list[Shown]:
    """Finds out by the boxes who is shown."""
    there = [truth for truth in truths if truth.visible > 0.3]
    pairs = dict(assign(distances(shown, there), 1 - _LEAST_OVERLAP))
    return [
        replace(s, person=there[pairs[i]].person) if i in pairs else s for i, s in enumerate(shown)
    ]


def distances(shown: Sequence[Shown], truths: Sequence[Truth]) -> NDArray[np.float64]:
    """Returns 1 - intersection over union of each box with each true one."""
    true_boxes = [Box(*truth.box) for truth in truths]
    return 1 - overlaps(corners([s.box for s in shown]), corners(true_boxes))
