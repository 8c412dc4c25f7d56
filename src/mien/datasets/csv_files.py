"""Rows of CSV files with named columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from mien.errors import DataError


def read_rows(
    path: Path, columns: tuple[str, ...], renamed: Mapping[str, str] | None = None
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yields the rows of a CSV file with their line numbers.

    Args:
        path: The file.
        columns: Names of the columns that it must have.
        renamed: Other names of columns, each with the name that it gets.

    Raises:
        DataError: The file is missing, is not a CSV file, or lacks a column.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, restval="")
            names = [(renamed or {}).get(name, name) for name in reader.fieldnames or ()]
            reader.fieldnames = names
            missing = [column for column in columns if column not in names]
            if missing:
                raise DataError(f"'{path}' has no column '{missing[0]}'; add it to its first row")
            for row in reader:
                yield reader.line_num, {k: v for k, v in row.items() if isinstance(k, str)}
    except FileNotFoundError:
        raise DataError(f"there is no file '{path}'") from None
    except OSError as error:
        raise DataError(f"'{path}' cannot be read: {error.strerror}") from None
    except (ValueError, csv.Error) as error:  # a path with a null character is a ValueError
        raise DataError(f"'{path}' is not a CSV file: {error}") from None
