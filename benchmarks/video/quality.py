"""Steadiness, accuracy and identity of the video loop, compared with the truth and a plain loop.

    python -m benchmarks.video.quality
    python -m benchmarks.video.quality --utkface data/utkface --splits utkface.csv

Without UTKFace it uses the astronaut's face alone.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.video import measures
from benchmarks.video.loops import Run, run_scene
from benchmarks.video.portraits import astronaut_portrait, backgrounds, utkface_portraits
from benchmarks.video.synthesis import Scene
from mien.analyzer import Analyzer
from mien.video.audience import Audience
from mien.video.people_finder import PeopleFinder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--utkface", type=Path, help="folder of UTKFace's pictures")
    parser.add_argument("--splits", type=Path, help="CSV file with the splits of UTKFace")
    parser.add_argument(
        "--split", default="test", help="split of the people; tune constants on another split"
    )
    parser.add_argument("--people", type=int, default=300, help="for accuracy and calibration")
    parser.add_argument("--scenes", type=int, default=6, help="number of scenes with crossings")
    parser.add_argument("--seconds", type=float, default=6.0, help="duration of each scene")
    parser.add_argument(
        "--parts", nargs="*", default=["steady", "identity", "exchange", "audience"]
    )
    parser.add_argument("--model", default="default")
    args = parser.parse_args()
    analyzer = Analyzer(args.model)
    photographs = backgrounds()
    if args.utkface is None:
        scene = Scene([astronaut_portrait(analyzer.detector)], photographs[0], seconds=20.0)
        run = run_scene(scene, analyzer)
        show("astronaut", compared([run]) | measures.first_label_delays([run]))
        return
    people = utkface_portraits(
        analyzer.detector, args.utkface, args.splits, args.people, args.split
    )
    if "steady" in args.parts:
        runs = []
        for number, start in enumerate(range(0, len(people), 5)):
            scene = Scene(
                people[start : start + 5],
                photographs[number % len(photographs)],
                fps=10.0,
                seconds=args.seconds,
                occluders=number % 2,
                seed=number,
            )
            runs.append(run_scene(scene, analyzer))
        show("five at a time", compared(runs))
        show("first label, seconds", measures.first_label_delays(runs))
    if "identity" in args.parts:
        found = []
        for i in range(args.scenes):
            scene = crossing(people[5 * i : 5 * i + 5], photographs, i)
            found.append(measures.identity(run_scene(scene, analyzer, plainly=False)))
            show(f"five crossing, scene {i}", found[-1])
        show("five crossing, mean IDF1", float(np.mean([one["idf1"] for one in found])))
    if "exchange" in args.parts:
        for i in range(2 * args.scenes):
            scene = Scene(
                people[i : i + 1],
                photographs[0],
                seconds=8.0,
                seed=i,
                successors=people[20 + i : 21 + i],
            )
            delay = measures.exchange_delay(run_scene(scene, analyzer))
            show("one becomes another, seconds until right", delay)
    if "audience" in args.parts:
        for i in range(args.scenes // 2):
            number = counted(people[20 * i : 20 * i + 20], photographs, i, analyzer)
            show("people counted of 20", number)


def show(name: str, result: Any) -> None:
    """Prints a result as a line of JSON."""
    print(json.dumps({name: result}), flush=True)


def crossing(people: list[Any], photographs: list[Any], seed: int) -> Scene:
    return Scene(
        people, photographs[1], seconds=20.0, crossing=True, occluders=1, face=120.0, seed=seed
    )


def counted(people: list[Any], photographs: list[Any], seed: int, analyzer: Analyzer) -> int:
    scene = Scene(people, photographs[0], fps=15.0, seconds=30.0, face=80.0, seed=seed)
    finder, audience = PeopleFinder(analyzer), Audience(None)
    for index, (frame, _) in enumerate(scene.frames()):
        time = index / scene.fps
        audience.add(time, finder.process(frame, time))
    return audience.people


def compared(runs: list[Run]) -> dict[str, Any]:
    """Returns the measures of both loops, and the ratio of their steadiness."""
    pooled = measures.steadiness(runs, lambda run: run.pooled)
    single = measures.steadiness(runs, lambda run: run.single)
    return {
        "pooled": pooled | measures.accuracy(runs, lambda run: run.pooled),
        "frame by frame": single | measures.accuracy(runs, lambda run: run.single),
        "times steadier": {
            key: single[key] / pooled[key] if pooled[key] else float("inf") for key in pooled
        },
    }


if __name__ == "__main__":
    main()
