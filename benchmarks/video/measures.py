"""Measures of runs: steadiness, accuracy, calibration, identity, delay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import motmetrics
import numpy as np
from numpy.typing import NDArray

from benchmarks.video.loops import Run, Shown, distances
from mien.video.tracking.assignment import assign

_MOSTLY = 0.5  # minimum visible share of a face that counts
_SOON = 0.15  # seconds
_MOST_DISTANCE = 0.7  # maximum of 1 - intersection over union of a box with its true box

Frames = Sequence[Sequence[Shown]]


def by_person(frames: Frames) -> dict[int, list[Shown]]:
    """Returns the shown faces with estimates of each person, in the order of time."""
    shown: dict[int, list[Shown]] = defaultdict(list)
    for frame in frames:
        for face in frame:
            if face.person >= 0 and face.age is not None:
                shown[face.person].append(face)
    return shown


def steadiness(runs: Iterable[Run], which: Callable[[Run], Frames]) -> dict[str, float]:
    """Returns the deviation of the shown age, and the changes of the gender label per minute.

    The deviation of a person includes wrong identities. The deviation within an identity does not;
    for the plain loop, which has no identities, it is that of the person.
    """
    deviations, within, flips, minutes = [], [], 0, 0.0
    for run in runs:
        for shown in by_person(which(run)).values():
            if len(shown) < run.scene.fps:
                continue
            deviations.append(_deviation(shown))
            tracks = [
                [s for s in shown if s.identity == number] for number in {s.identity for s in shown}
            ]
            within += [_deviation(own) for own in tracks if len(own) >= run.scene.fps]
            labels = [s.gender.label for s in shown if s.gender]
            flips += sum(a != b for a, b in pairwise(labels))
            minutes += len(shown) / run.scene.fps / 60
    return {
        "deviation_years": float(np.mean(deviations)),
        "deviation_years_within_an_identity": float(np.mean(within)),
        "label_changes_a_minute": flips / minutes,
    }


def _deviation(shown: Sequence[Shown]) -> float:
    return float(np.std([s.age.years for s in shown if s.age]))


def accuracy(runs: Iterable[Run], which: Callable[[Run], Frames]) -> dict[str, float]:
    """Returns errors: first the mean over the frames of each person, then over the people."""
    errors, rights, losses, inside = [], [], [], []
    females: list[NDArray[np.float64]] = []
    truths: list[bool] = []
    for run in runs:
        for person, shown in by_person(which(run)).items():
            portrait = run.scene.portraits[person]
            errors.append(np.mean([abs(s.age.years - portrait.age) for s in shown if s.age]))
            inside.append(
                np.mean([s.age.low <= portrait.age <= s.age.high for s in shown if s.age])
            )
            female = np.array([s.gender.female for s in shown if s.gender])
            rights.append(np.mean((female >= 0.5) == portrait.female))
            right = female if portrait.female else 1 - female
            losses.append(np.mean(-np.log(np.maximum(right, 1e-9))))
            # Neighbouring frames hardly differ, so that one in ten is enough for calibration.
            females.append(female[::10])
            truths.append(portrait.female)
    return {
        "mae": float(np.mean(errors)),
        "inside_80": float(np.mean(inside)),
        "gender_accuracy": float(np.mean(rights)),
        "gender_log_loss": float(np.mean(losses)),
        "gender_calibration_error": calibration_error(females, truths),
        "gender_calibration_error_by_chance": _random_calibration_error(females),
        "people": len(errors),
    }


def calibration_error(
    females: Sequence[NDArray[np.float64]], truths: Sequence[bool], bins: int = 10
) -> float:
    """Returns the expected calibration error of the more probable label, in equally full bins.

    Args:
        females: Probabilities of a female presentation of each person, (n,).
        truths: Whether each person is labelled female.
        bins: Number of bins.
    """
    probabilities = np.concatenate(females)
    truth = np.repeat(truths, [len(one) for one in females])
    confidence = np.maximum(probabilities, 1 - probabilities)
    right = (probabilities >= 0.5) == truth
    order = np.argsort(confidence)
    parts = np.array_split(order, bins)
    gaps = [abs(confidence[part].mean() - right[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(order))


def _random_calibration_error(females: Sequence[NDArray[np.float64]]) -> float:
    """Returns the calibration error that perfect probabilities would have for so few people.

    It is larger if the probabilities of each person differ less.
    """
    random = np.random.default_rng(0)
    means = np.array([one.mean() for one in females])
    drawn = random.random((200, len(means))) < means
    return float(np.mean([calibration_error(females, list(truths)) for truths in drawn]))


def identity(run: Run) -> dict[str, float]:
    """Returns IDF1, switches and MOTA from motmetrics.

    Faces that are mostly hidden are left out. It is not an error to show them, nor to hide them.
    """
    accumulator = motmetrics.MOTAccumulator(auto_id=True)
    for truths, shown in zip(run.truths, run.pooled, strict=True):
        visible = [truth for truth in truths if truth.visible > _MOSTLY]
        pairs = dict(assign(distances(shown, truths), _MOST_DISTANCE))
        counted = [
            s for i, s in enumerate(shown) if i not in pairs or truths[pairs[i]].visible > _MOSTLY
        ]
        distance = distances(counted, visible).T
        distance[distance > _MOST_DISTANCE] = np.nan
        accumulator.update([t.person for t in visible], [s.identity for s in counted], distance)
    host = motmetrics.metrics.create()
    summary = host.compute(accumulator, metrics=["idf1", "num_switches", "mota"], name="run")
    return {key: float(summary[key].iloc[0]) for key in ("idf1", "num_switches", "mota")}


def first_label_delays(runs: Iterable[Run]) -> dict[str, float]:
    """Returns the delays of the first labels, in seconds after the plain loop found the person.

    The plain loop finds people who are half hidden. mien's loop waits until they can be seen.
    """
    delays = []
    for run in runs:
        for person in range(len(run.scene.portraits)):
            found = [s.time for frame in run.single for s in frame if s.person == person]
            labelled = [
                s.time for frame in run.pooled for s in frame if s.person == person and s.age
            ]
            if labelled and found:
                delays.append(max(0.0, labelled[0] - found[0]))
    soon = np.mean(np.array(delays) <= _SOON)
    return {"share_within_150_ms": float(soon), "greatest": float(np.max(delays))}


def exchange_delay(run: Run) -> float:
    """Returns the seconds until the estimates are right after one person has replaced another.

    They are right under two conditions. The pooled age is nearer to the median age of the new
    person in the plain loop than to that of the old person, or at most three years from it. The
    gender label is one that the plain loop shows for the new person.
    """
    at = run.scene.change
    plain = [s for frame in run.single for s in frame if s.age and s.gender]
    old, new = (
        float(np.median([s.age.years for s in plain if s.age and (s.time >= at) == after]))
        for after in (False, True)
    )
    labels = {s.gender.label for s in plain if s.gender and s.time >= at} | {"undetermined"}
    last_wrong = at
    for frame in run.pooled:
        for s in frame:
            if s.time < at:
                continue
            right = False
            if s.age and s.gender and s.gender.label in labels:
                distance = abs(s.age.years - new)
                right = distance <= 3 or distance < abs(s.age.years - old)
            if not right:
                last_wrong = s.time + 1 / run.scene.fps
    return last_wrong - at
