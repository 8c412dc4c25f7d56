"""A CSV file that is written row by row, and continued after a stop."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def continue_rows(
    path: Path, columns: Sequence[str]
) -> Iterator[tuple[set[str], Callable[[Sequence[object]], None]]]:
    """Opens a CSV file for more rows.

    Args:
        path: The file; it is made if there is none.
        columns: Names of the columns, one of them ``path``.

    Yields:
        The paths that have a row, and a function that writes a row at once.
    """
    done: set[str] = set()
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            done = {row["path"] for row in csv.DictReader(file)}
    with path.open("a", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        if file.tell() == 0:
            rows.writerow(columns)

        def write(row: Sequence[object]) -> None:
            rows.writerow(row)
            file.flush()

        yield done, write
