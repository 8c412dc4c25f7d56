"""Memory of the video loop after many frames, compared with that after a few frames.

    python -m benchmarks.video.memory --frames 20000

People come and go all the time, so that tracks, people and visits begin and end.
"""

from __future__ import annotations

import argparse
import gc
from pathlib import Path

import numpy as np

from benchmarks.video.portraits import astronaut_portrait, backgrounds
from benchmarks.video.synthesis import Scene
from mien.analyzer import Analyzer
from mien.video.audience import Audience
from mien.video.people_finder import PeopleFinder

_EARLY = 1_000  # frames before the first measurement
_FPS = 30.0


def resident() -> float:
    """Returns the resident memory of this process in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=20_000)
    args = parser.parse_args()
    analyzer = Analyzer()
    portraits = [astronaut_portrait(analyzer.detector)] * 3
    size = (640, 360)
    scene = Scene(portraits, backgrounds()[0], size, _FPS, seconds=4.0, face=70.0, crossing=True)
    frames = [frame for frame, _ in scene.frames()]
    empty = np.full_like(frames[0], 127)
    finder, audience = PeopleFinder(analyzer), Audience(60.0)
    early = 0.0
    for index in range(args.frames):
        # Every half minute the frames are empty, until all people are forgotten.
        frame = empty if index % 900 < 350 else frames[index % len(frames)]
        audience.add(index / _FPS, finder.process(frame, index / _FPS))
        if index + 1 == _EARLY:
            gc.collect()
            early = resident()
    gc.collect()
    late = resident()
    print(f"after {_EARLY} frames {early:.1f} MiB, after {args.frames} {late:.1f} MiB")
    print(f"difference {late - early:+.1f} MiB; {audience.people} visits counted")


if __name__ == "__main__":
    main()
