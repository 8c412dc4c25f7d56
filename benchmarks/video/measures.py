"""What is measured of runs: steadiness, accuracy, calibration, identity, delay, the audience."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import motmetrics
import numpy as np
from numpy.typing import NDArray

from benchmarks.video.loops import Run, Shown, distances
from mien.video.tracking.assignment import assign

_MOSTLY = 0.5  # share of a box that is to be seen of a face that counts
_SOON = 0.15  # seconds
_MOST_DISTANCE = 0.7  # 1 - intersection over union, for a face to be shown where it is

Frames = Sequence[Sequence[Shown]]


def by_person(frames: Frames) -> dict[int, list[Shown]]:
    """Returns what was shown of each person, in the order of time."""
    shown: dict[int, list[Shown]] = defaultdict(list)
    for frame in frames:
        for face in frame:
            if face.person >= 0 and face.age is not None:
                shown[face.person].append(face)
    return shown


def steadiness(runs: Iterable[Run], which: Callable[[Run], Frames]) -> dict[str, float]:
    """Returns the deviation of the shown age and the changes of the gender label a minute.

    The deviation of all that was shown of a person is also that of mistaken identities; within one
    identity (the plain loop has none: of a person) it is that of the estimates alone.
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
    """Returns errors: the mean over a person's frames, then over people."""
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
            # Neighbouring frames say the same; one in ten is enough for calibration.
            females.append(female[::10])
            truths.append(portrait.female)
    return {
        "mae": float(np.mean(errors)),
        "inside_80": float(np.mean(inside)),
        "gender_accuracy": float(np.mean(rights)),
        "gender_log_loss": float(np.mean(losses)),
        "gender_calibration_error": calibration_error(females, truths),
        "gender_calibration_error_by_chance": _calibration_error_by_chance(females),
        "people": len(errors),
    }


def calibration_error(
    females: Sequence[NDArray[np.float64]], truths: Sequence[bool], bins: int = 10
) -> float:
    """Returns the expected calibration error of the more probable label, equally full bins.

    Args:
        females: What was said of each person, a few times.
        truths: Whether they are labelled female.
        bins: How many.
    """
    probabilities = np.concatenate(females)
    truth = np.repeat(truths, [len(one) for one in females])
    confidence = np.maximum(probabilities, 1 - probabilities)
    right = (probabilities >= 0.5) == truth
    order = np.argsort(confidence)
    parts = np.array_split(order, bins)
    gaps = [abs(confidence[part].mean() - right[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(order))


def _calibration_error_by_chance(females: Sequence[NDArray[np.float64]]) -> float:
    """Returns the error that perfect probabilities would have, for there are only so many people.

    The more alike what is said of one person, the greater it is.
    """
    random = np.random.default_rng(0)
    means = np.array([one.mean() for one in females])
    drawn = random.random((200, len(means))) < means
    return float(np.mean([calibration_error(females, list(truths)) for truths in drawn]))


def identity(run: Run) -> dict[str, float]:
    """Returns IDF1 and switches by motmetrics.

    Faces that are mostly hidden are left out: neither is it wrong to show one nor not to.
    """
    accumulator = motmetrics.MOTAccumulator(auto_id=True)
    for truths, shown in zip(run.truths, run.pooled, strict=True):
        there = [truth for truth in truths if truth.visible > _MOSTLY]
        pairs = dict(assign(distances(shown, truths), _MOST_DISTANCE))
        counted = [
            s for i, s in enumerate(shown) if i not in pairs or truths[pairs[i]].visible > _MOSTLY
        ]
        distance = distances(counted, there).T
        distance[distance > _MOST_DISTANCE] = np.nan
        accumulator.update([t.person for t in there], [s.identity for s in counted], distance)
    host = motmetrics.metrics.create()
    summary = host.compute(accumulator, metrics=["idf1", "num_switches", "mota"], name="run")
    return {key: float(summary[key].iloc[0]) for key in ("idf1", "num_switches", "mota")}


def first_label_delays(runs: Iterable[Run]) -> dict[str, float]:
    """Returns how long after the plain loop first finds them people are labelled, seconds.

    The plain loop finds people who are half hidden; mien's loop waits until they can be seen.
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
    """Returns the seconds until nothing of the old label is left after one person became another.

    Nothing is left once the pooled age is nearer to the median of what the plain loop says of the
    new person than to that of the old one, or within three years of it, and the gender label is one
    that the plain loop shows of the new person.
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
