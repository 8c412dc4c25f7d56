"""Measurement of the constants of ``mien.video.identity``.

    python -m benchmarks.video.views --utkface data/utkface --splits utkface.csv

Faces of UTKFace's split ``val`` move through scenes. The first result is the similarity of the
views of one face, and of different faces. The second result is the log loss of the labels for
several common shares of the error's variance; the share with the lowest loss is the best one.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.video.portraits import backgrounds, utkface_portraits
from benchmarks.video.synthesis import Scene
from mien.analyzer import Analyzer
from mien.results import Box, Detection
from mien.video.identity.evidence import Evidence, View, make_view


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
    usable = [i for i, own in enumerate(views) if len(own) >= 8]
    views, ages, females = [views[i] for i in usable], ages[usable], females[usable]
    print(f"{len(views)} people, {sum(map(len, views))} views")
    similarities(views)
    shares(views, ages, females)


def scene_views(scene: Scene, analyzer: Analyzer) -> list[list[View]]:
    """Returns the views of each person of a scene."""
    views: list[list[View]] = [[] for _ in scene.portraits]
    for index, (frame, truths) in enumerate(scene.frames()):
        visible = [truth for truth in truths if truth.visible > 0.7]
        expected = [Detection(Box(*truth.box)) for truth in visible]
        found = analyzer.detector.detect_near(frame, expected)
        pairs = [(truth, face) for truth, face in zip(visible, found, strict=True) if face]
        if not pairs:
            continue
        aligned = analyzer.align(frame, [face for _, face in pairs])
        prediction = analyzer.predict(aligned)
        for i, (truth, face) in enumerate(pairs):
            probabilities = {name: p[i] for name, p in prediction.probabilities.items()}
            embedding, quality = prediction.embedding[i], aligned[i].quality
            view = make_view(probabilities, embedding, quality, face.score, index / scene.fps)
            views[truth.person].append(view)
    return views


def similarities(views: list[list[View]]) -> None:
    """Prints percentiles of the similarity of views of one face and of different faces."""
    embeddings = [np.stack([view.embedding for view in own]) for own in views]
    within = np.concatenate([(own @ own.T)[np.triu_indices(len(own), 1)] for own in embeddings])
    firsts = np.stack([own[0] for own in embeddings])
    seconds = np.stack([own[-1] for own in embeddings])
    between = (firsts @ seconds.T)[~np.eye(len(firsts), dtype=bool)]
    levels = (1, 5, 25, 50, 75, 95, 99)
    print("similarity, percentiles", levels)
    print("  of one face       ", np.percentile(within, levels).round(3))
    print("  of different faces", np.percentile(between, levels).round(3))


def shares(views: list[list[View]], ages: NDArray[np.float64], females: NDArray[np.bool_]) -> None:
    """Prints the log loss of the labels with pooled predictions, for several common shares."""
    print("common share: log loss of gender, log loss of age; single views first")
    labelled = list(zip(views, ages, females, strict=True))
    single_gender = [np.mean([_loss(v.logs["gender"], f) for v in own]) for own, _, f in labelled]
    single_age = [np.mean([_loss(v.logs["age"], a) for v in own]) for own, a, _ in labelled]
    print(f"  single {np.mean(single_gender):.4f} {np.mean(single_age):.4f}")
    for share in (0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0):
        gender, age = [], []
        for own, years, female in labelled:
            pool = Evidence()
            for view in own:
                pool.add(view)
            pooled = pool.pooled(dict.fromkeys(own[0].logs, share)).probabilities
            gender.append(_loss(np.log(np.maximum(pooled["gender"][0], 1e-9)), female))
            age.append(_loss(np.log(np.maximum(pooled["age"][0], 1e-9)), years))
        print(f"  {share:.2f}   {np.mean(gender):.4f} {np.mean(age):.4f}")


def _loss(logs: NDArray[np.float32], truth: float) -> float:
    """Returns the log loss of a label; the second label of gender is female."""
    return -float(logs[min(int(truth), len(logs) - 1)])


if __name__ == "__main__":
    main()
