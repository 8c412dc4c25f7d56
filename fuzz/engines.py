"""Makers of inputs: Hypothesis by a strategy; atheris changes seeds by the code they reach."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from hypothesis import HealthCheck, Phase, given, seed, settings

from fuzz.targets import load, seeds

Check = Callable[[bytes], None]

_MODULES = ["mien", "PIL"]  # in which atheris counts the lines that are reached
_LONGEST = 8192  # bytes of an input that atheris makes
_ROUND = 50  # inputs that Hypothesis makes until the clock is read again


def with_hypothesis(module: ModuleType, check: Check, seconds: float) -> None:
    """Makes inputs by the strategy of a target until the time is over.

    Args:
        module: The target.
        check: Raises for an input that breaks the contract. The last of these is the smallest.
        seconds: How long.
    """
    end = time.monotonic() + seconds
    start = time.time_ns()
    chosen: Any = settings(
        report_multiple_bugs=False,
        max_examples=_ROUND,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )

    failed = False

    def one(data: bytes) -> None:
        nonlocal failed
        if not failed and time.monotonic() >= end:
            return  # the rest of the round
        try:
            check(data)
        except BaseException:
            failed = True
            raise

    for number in count(start):
        if time.monotonic() >= end:
            return
        seed(number)(chosen(given(module.INPUTS)(one)))()


def with_atheris(name: str, check: Check, seconds: float, corpus: Path) -> NoReturn:
    """Changes the seeds of a target until the time is over; then the process ends.

    Args:
        name: Of the target.
        check: Raises for an input that breaks the contract.
        seconds: How long.
        corpus: Folder where inputs that reach other code are kept from run to run.
    """
    import atheris

    with atheris.instrument_imports(include=_MODULES):
        load(name)
    for seed_name, data in seeds(name):
        (corpus / seed_name).write_bytes(data)

    def one(data: bytes) -> None:
        try:
            check(data)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)  # libFuzzer would write a second copy of the input

    options = {"max_total_time": round(seconds), "max_len": _LONGEST, "rss_limit_mb": 0}
    arguments = [f"-{option}={value}" for option, value in options.items()]
    atheris.Setup([name, *arguments, f"-artifact_prefix={corpus.parent}/", str(corpus)], one)
    atheris.Fuzz()
    os._exit(0)
