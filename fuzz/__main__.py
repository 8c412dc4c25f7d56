"""Fuzzes all targets, or some: ``python -m fuzz [--minutes 30] [TARGET ...]``.

The time is divided equally. An input that breaks the contract is kept in ``runs/fuzz``, and the
command to repeat it is printed.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import time
from pathlib import Path

from fuzz.process import CURRENT
from fuzz.targets import TARGETS

_FOLDER = Path("runs") / "fuzz"
_SHOWN = 25  # lines of a failure
_STARTING = 150  # seconds beyond its time in which a process must end, its start included


def main() -> int:
    """Returns 0 if no input was found that breaks the contract."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], metavar="TARGET")
    parser.add_argument("--minutes", type=float, default=30.0, help="for all of them together")
    arguments = parser.parse_args()
    targets: list[str] = arguments.targets or TARGETS
    seconds = 60 * arguments.minutes / len(targets)
    found = [target for target in targets if not _fuzz(target, seconds)]
    print(f"{len(targets)} targets, {len(found)} with a fault" + "".join(f": {t}" for t in found))
    return 1 if found else 0


def _fuzz(target: str, seconds: float) -> bool:
    """Returns whether every input of a target kept to the contract."""
    print(f"{target}: {seconds:.0f} s", flush=True)
    folder = _FOLDER / target
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log"
    command = [sys.executable, "-m", "fuzz.process", target]
    options = ["--seconds", str(seconds), "--folder", str(_FOLDER)]
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(command + options, stdout=output, stderr=subprocess.STDOUT)
        try:
            code = process.wait(seconds + _STARTING)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
    if code == 0:
        return True
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    print(*lines[-_SHOWN:], sep="\n")
    print(f"{target}: code {code} after {time.monotonic() - began:.0f} s; {_repeat(target)}")
    return False


def _repeat(target: str) -> str:
    """Keeps the last input of a target, and says how to repeat it."""
    current = _FOLDER / target / CURRENT
    if not current.exists():
        return "it did not start"
    digest = hashlib.sha256(current.read_bytes()).hexdigest()[:8]
    kept = current.rename(_FOLDER / f"{target}-{digest}")
    return f"'{kept}' is the input; repeat it: python -m fuzz.process {target} --input {kept}"


if __name__ == "__main__":
    sys.exit(main())
