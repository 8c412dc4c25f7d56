"""Growth of the memory, threads and open files of a process."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import numpy as np
import psutil
from scipy.stats import theilslopes

WARM_UP = 0.2
"""Share of the samples at the beginning that do not count."""

LEAST = 15
"""Samples without which there is nothing to tell."""

TOLERANCES = {"memory": (16.0, 0.06), "threads": (2.0, 0.0), "files": (4.0, 0.0)}
"""Growth that is no growth: in MiB, threads and files, or as a share of the median."""


QUANTITIES = tuple(TOLERANCES)
"""What is sampled."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The change of a quantity.

    Attributes:
        first: Median of the first third after the warm-up.
        last: Median of the last third.
        by_slope: The robust slope of all samples, times their length.
        allowed: Change that is no growth.
    """

    first: float
    last: float
    by_slope: float
    allowed: float

    @property
    def grows(self) -> bool:
        """Whether both the medians and the slope say that it grows."""
        return min(self.last - self.first, self.by_slope) > self.allowed


def growth(name: str, times: list[float], values: list[float]) -> Growth:
    """Compares the beginning and the end of a quantity.

    Args:
        name: One of :data:`TOLERANCES`.
        times: Of the samples, in seconds.
        values: Of the samples.

    Raises:
        ValueError: There are too few samples to tell.
    """
    start = int(len(values) * WARM_UP)
    after, when = np.array(values[start:]), np.array(times[start:])
    if len(values) < LEAST:
        raise ValueError(f"there are {len(values)} samples; let it run longer")
    third = len(after) // 3
    absolute, share = TOLERANCES[name]
    slope = float(theilslopes(after, when).slope)
    return Growth(
        first=float(np.median(after[:third])),
        last=float(np.median(after[-third:])),
        by_slope=slope * float(when[-1] - when[0]),
        allowed=max(absolute, share * float(np.median(after))),
    )


@dataclass
class Samples:
    """Samples of the memory, threads and files of a process.

    Attributes:
        times: When, in seconds.
        values: Memory in MiB, threads and files at these times.
    """

    times: list[float] = field(default_factory=list)
    values: dict[str, list[float]] = field(
        default_factory=lambda: {name: [] for name in TOLERANCES}
    )

    def take(self, process: psutil.Process) -> None:
        """Takes a sample of a process; an ended one gives none."""
        try:
            with process.oneshot():
                taken = {
                    "memory": process.memory_info().rss / 2**20,
                    "threads": process.num_threads(),
                    "files": process.num_handles() if psutil.WINDOWS else process.num_fds(),
                }
        except psutil.NoSuchProcess:
            return
        self.times.append(time.monotonic())
        for name, value in taken.items():
            self.values[name].append(float(value))

    def add_highest(self, other: Samples) -> None:
        """Adds the highest values of another process as one sample."""
        if other.times:
            self.times.append(other.times[-1])
            for name, values in other.values.items():
                self.values[name].append(max(values))


def sample(pid: int, samples: Samples, ended: threading.Event, every: float) -> None:
    """Takes samples of a process until it is told to end, or the process ends.

    Args:
        pid: Of the process.
        samples: Gets them.
        ended: Tells it to end.
        every: Seconds between two.
    """
    process = psutil.Process(pid)
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        samples.take(process)
        if ended.wait(every):
            return
