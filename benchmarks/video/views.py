"""Where the constants of mien.video.identity.evidence and mien.video.identity.identities come from.

    python -m benchmarks.video.views --utkface data/utkface --splits utkface.csv

Faces of UTKFace's ``val`` split walk through scenes. Of their views it measures how alike those of
one face and those of different faces are, and which share of an error's variance the views of a
face have in common: the one with which pooled answers are the most probable given the labels.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.video.portraits import backgrounds, utkface_portraits
from benchmarks.video.synthesis import Scene
from mien.analyzer import Analyzer
from mien.faces.align import align
from mien.faces.quality import measure_quality
from mien.results import Box, Detection
from mien.video.identity import evidence
from mien.video.identity.evidence import Pool, View, make_view

_LANDMARKS = ((0.0, 0.0),) * 5  # not used: only the box of a face is searched again


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--utkface", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--model", default="default")
    args = parser.parse_args()
    analyzer = Analyzer(args.model)
    people = utkface_portraits(analyzer.detector, args.utkface, args.splits, args.people, "val")
    views: list[list[View]] = []
    for start in range(0, len(people), 5):
        scene = Scene(
            people[start : start + 5],
            backgrounds()[start // 5 % 3],
            fps=4.0,
            seconds=6.0,
            occluders=1,
            seed=start,
        )
        views += scene_views(scene, analyzer)
    ages = np.array([person.age for person in people])
    females = np.array([person.female for person in people])
    kept = [i for i, own in enumerate(views) if len(own) >= 8]
    views, ages, females = [views[i] for i in kept], ages[kept], females[kept]
    print(f"{len(views)} people, {sum(map(len, views))} views")
    similarities(views)
    shares(views, ages, females)


def scene_views(scene: Scene, analyzer: Analyzer) -> list[list[View]]:
    """Returns the views of each person of a scene."""
    views: list[list[View]] = [[] for _ in scene.portraits]
    card = analyzer.card
    for index, (frame, truths) in enumerate(scene.frames()):
        there = [truth for truth in truths if truth.visible > 0.7]
        expected = [Detection(Box(*truth.box), _LANDMARKS, 1.0) for truth in there]
        for truth, face in zip(there, analyzer.detector.refine(frame, expected), strict=True):
            if face is None:
                continue
            chip = align(frame, face.landmarks, card.size, card.template)
            answer = analyzer.model.predict(chip[None])
            quality = measure_quality(chip, face.box, face.landmarks)
            views[truth.person].append(
                make_view(
                    answer.age[0],
                    float(answer.female[0]),
                    answer.embedding[0],
                    quality,
                    face.score,
                    index / scene.fps,
                )
            )
    return views


def similarities(views: list[list[View]]) -> None:
    """Prints quantiles of the similarity within and between people."""
    features = [np.stack([view.features for view in own]) for own in views]
    within = np.concatenate([(own @ own.T)[np.triu_indices(len(own), 1)] for own in features])
    firsts = np.stack([own[0] for own in features])
    seconds = np.stack([own[-1] for own in features])
    between = (firsts @ seconds.T)[~np.eye(len(firsts), dtype=bool)]
    levels = (1, 5, 25, 50, 75, 95, 99)
    print("similarity, quantiles", levels)
    print("  of one face       ", np.percentile(within, levels).round(3))
    print("  of different faces", np.percentile(between, levels).round(3))


def shares(views: list[list[View]], ages: NDArray[np.float64], females: NDArray[np.bool_]) -> None:
    """Prints how probable the labels are, given pooled answers, for several common shares."""
    print("common share: log loss of gender, of age; single views first")
    labelled = list(zip(views, ages, females, strict=True))
    single_gender = [np.mean([loss(v.gender, f) for v in own]) for own, _, f in labelled]
    single_age = [np.mean([-v.age[int(a)] for v in own]) for own, a, _ in labelled]
    print(f"  single {np.mean(single_gender):.4f} {np.mean(single_age):.4f}")
    for share in (0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0):
        evidence.GENDER_COMMON = evidence.AGE_COMMON = share
        gender, age = [], []
        for own, years, female in labelled:
            pool = Pool()
            for view in own:
                pool.add(view)
            distribution, probability = pool.pooled()
            gender.append(-np.log(probability if female else 1 - probability))
            age.append(-np.log(max(distribution[int(min(years, 100))], 1e-9)))
        print(f"  {share:.2f}   {np.mean(gender):.4f} {np.mean(age):.4f}")


def loss(logit: float, female: bool) -> float:
    """Returns the logistic loss of one logit."""
    return float(np.logaddexp(0, -logit if female else logit))


if __name__ == "__main__":
    main()
