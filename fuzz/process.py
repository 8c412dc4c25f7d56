"""Runs one target in a process of its own, with limits: ``python -m fuzz.process TARGET ...``."""

from __future__ import annotations

import argparse
import faulthandler
import resource
from pathlib import Path

from fuzz.contract import check
from fuzz.engines import with_atheris, with_hypothesis
from fuzz.targets import TARGETS, load

CURRENT = "current"
"""The file with the input that is being tried."""

_MEMORY = 6 << 30  # bytes of addresses; libraries take half of them before the first input
_SLOW = 20  # seconds that an input may take


def main() -> None:
    """Fuzzes a target, or tries one input."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--input", type=Path)
    arguments = parser.parse_args()
    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    if arguments.input:
        _try(arguments.target, arguments.input.read_bytes())
        return
    folder: Path = arguments.folder / arguments.target
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    current = folder / CURRENT

    def keep_and_try(data: bytes) -> None:
        current.write_bytes(data)
        _try(arguments.target, data)

    if _makes_inputs(arguments.target):
        with_hypothesis(load(arguments.target), keep_and_try, arguments.seconds)
    else:
        with_atheris(arguments.target, keep_and_try, arguments.seconds, folder / "corpus")


def _makes_inputs(target: str) -> bool:
    """Returns whether a target has a strategy; it is not imported, which atheris does."""
    source = Path(__file__).parent / "targets" / f"{target}.py"
    return "\nINPUTS" in source.read_text(encoding="utf-8")


def _try(target: str, data: bytes) -> None:
    faulthandler.dump_traceback_later(_SLOW, exit=True)  # also if it hangs in a library
    try:
        check(load(target).run, data)
    finally:
        faulthandler.cancel_dump_traceback_later()


if __name__ == "__main__":
    main()
