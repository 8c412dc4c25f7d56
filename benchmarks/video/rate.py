"""Rate and latency of the video loop for a live source of 1280 x 720 at 30 frames per second.

    python -m benchmarks.video.rate
    python -m benchmarks.video.rate --utkface data/utkface --splits utkface.csv

Without UTKFace all faces are the astronaut's. Each number of faces is measured with mien's loop,
and with a plain loop without scheduling and pooling. The plain loop searches every frame and
predicts every face.
"""

from __future__ import annotations

import argparse
import json
import time as clock
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.video.loops import analyze_plainly
from benchmarks.video.portraits import astronaut_portrait, backgrounds, utkface_portraits
from benchmarks.video.synthesis import Pixels, Portrait, Scene
from mien.analyzer import Analyzer
from mien.video.io.capture import Capture
from mien.video.io.frames import Frame
from mien.video.people_finder import PeopleFinder

_FPS = 30.0
_FRAMES = 90  # frames that are made in advance and played forwards and backwards


class Replay:
    """A live source that plays frames forwards and backwards at the rate of a camera."""

    name = "replay"
    live = True
    fps: float | None = _FPS

    def __init__(self, frames: Sequence[Pixels], seconds: float) -> None:
        self._frames = [*frames, *frames[-2:0:-1]]
        self._count = round(seconds * _FPS)

    def frames(self) -> Iterator[Frame]:
        started = clock.monotonic()
        for index in range(self._count):
            due = started + index / _FPS
            clock.sleep(max(0.0, due - clock.monotonic()))
            # A camera gives a new array for each frame.
            pixels = self._frames[index % len(self._frames)].copy()
            yield Frame(pixels, index, index / _FPS, due)

    def close(self) -> None:
        self._count = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--utkface", type=Path, help="folder of UTKFace's pictures")
    parser.add_argument("--splits", type=Path, help="CSV file with the splits of UTKFace")
    parser.add_argument("--faces", type=int, nargs="*", default=[1, 5, 20, 50])
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--model", default="default")
    args = parser.parse_args()
    analyzer = Analyzer(args.model)
    if args.utkface is None:
        people = [astronaut_portrait(analyzer.detector)] * max(args.faces)
    else:
        people = utkface_portraits(analyzer.detector, args.utkface, args.splits, max(args.faces))
    for count in args.faces:
        frames = make_frames(people[:count])
        finder = PeopleFinder(analyzer, _FPS)
        ours = measure(frames, args.seconds, finder.process)
        effort = str(finder.effort)
        plain = measure(frames, args.seconds, lambda f, t: analyze_plainly(f, t, analyzer))
        ratio = ours["frames_a_second"] / plain["frames_a_second"]
        result = {"faces": count, "mien": ours, "effort": effort, "plain": plain}
        print(json.dumps(result | {"rate, times the plain loop's": round(ratio, 2)}))


def make_frames(people: Sequence[Portrait]) -> list[Pixels]:
    """Returns the frames of a scene; with more people the faces are smaller."""
    face = min(140.0, 420.0 / len(people) ** 0.5)
    scene = Scene(people, backgrounds()[0], seconds=_FRAMES / _FPS, face=face)
    return [frame for frame, _ in scene.frames()]


def measure(
    frames: Sequence[Pixels], seconds: float, process: Callable[[Pixels, float], Any]
) -> dict[str, float]:
    """Measures a loop after the first third of the time, in which its effort settles."""
    capture = Capture(Replay(frames, seconds))
    latencies, ends = [], []
    for frame in capture:
        process(frame.pixels, frame.time)
        now = clock.monotonic()
        if frame.time > seconds / 3:
            latencies.append(now - frame.captured)
            ends.append(now)
    middle, most, nearly_all = 1000 * np.percentile(latencies, (50, 95, 99))
    return {
        "frames_a_second": round((len(ends) - 1) / (ends[-1] - ends[0]), 1),
        "latency_p50_ms": round(middle, 1),
        "latency_p95_ms": round(most, 1),
        "latency_p99_ms": round(nearly_all, 1),
    }


if __name__ == "__main__":
    main()
