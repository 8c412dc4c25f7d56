from __future__ import annotations

import os
import threading

import numpy as np
import pytest

from benchmarks.soak.growth import Samples, growth, sample

TIMES = [2.0 * i for i in range(150)]


def series(slope: float, seed: int = 0) -> list[float]:
    """Memory in MiB that grows by so much in the whole time, with noise and a few peaks."""
    chance = np.random.default_rng(seed)
    values = 200 + slope * np.linspace(0, 1, len(TIMES)) + chance.normal(0, 3, len(TIMES))
    values[:10] -= 120  # what is loaded at the start
    values[chance.integers(0, len(TIMES), 8)] += 90
    return values.tolist()


@pytest.mark.parametrize("seed", range(5))
def test_memory_that_only_swings_does_not_grow(seed: int) -> None:
    assert not growth("memory", TIMES, series(0, seed)).grows


@pytest.mark.parametrize("seed", range(5))
def test_memory_that_leaks_grows(seed: int) -> None:
    found = growth("memory", TIMES, series(60, seed))
    assert found.grows
    assert found.by_slope == pytest.approx(48, abs=8)  # in the four fifths that count


def test_a_thread_that_is_left_behind_now_and_then_is_seen() -> None:
    assert growth("threads", TIMES, [9.0 + i // 20 for i in range(150)]).grows
    assert not growth("threads", TIMES, [9.0 + i % 3 for i in range(150)]).grows


def test_too_few_samples_tell_nothing() -> None:
    with pytest.raises(ValueError, match="run longer"):
        growth("files", TIMES[:10], [3.0] * 10)


def test_a_process_is_sampled_until_told_to_end() -> None:
    samples, ended = Samples(), threading.Event()
    thread = threading.Thread(target=sample, args=(os.getpid(), samples, ended, 0.01))
    thread.start()
    while len(samples.times) < 3:
        pass
    ended.set()
    thread.join()
    assert min(samples.values["memory"]) > 20
    assert min(samples.values["threads"]) >= 2
    assert min(samples.values["files"]) >= 1
