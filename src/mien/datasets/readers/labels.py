"""The labels of a data set."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from mien.datasets.records import Record
from mien.errors import DataError


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a data set.

    Attributes:
        records: The pictures that can be used, ordered by path.
        problems: Pairs of a path or row and its problem. A picture with a problem is also among the
            records if some of its labels can be used.
    """

    records: list[Record]
    problems: list[tuple[str, str]] = field(default_factory=list)


def usable_labels(records: list[Record], problems: list[tuple[str, str]], source: Path) -> Labels:
    """Returns the labels ordered by path, of the pictures whose names can be written into a CSV.

    Raises:
        DataError: There is no record.
    """
    problems = [(_as_text(where), problem) for where, problem in problems]
    for record in records:
        if (name := _as_text(record.path)) != record.path:
            problems.append((name, "its name is not UTF-8"))
    records = [record for record in records if _as_text(record.path) == record.path]
    if not records:
        reason = ": ".join(problems[0]) if problems else "it is empty"
        raise DataError(f"'{source}' has no picture that can be used ({reason})")
    return Labels(sorted(records, key=lambda record: record.path), problems)


def _as_text(name: str) -> str:
    """Returns a name with escapes for its bytes that are no text."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
