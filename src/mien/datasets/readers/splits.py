"""Adding the splits of a CSV file to labels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mien.datasets.csv_files import read_rows
from mien.datasets.readers.cells import parse_group
from mien.datasets.readers.labels import Labels
from mien.errors import DataError


def with_splits(labels: Labels, splits: Path) -> Labels:
    """Adds the splits and the near-duplicate groups that a CSV file gives.

    Args:
        labels: Labels from a reader.
        splits: CSV file with the columns ``file`` and ``split``, and ``group`` if it is known. If
            the file does not have the whole path of a picture, its row has the last part of it.

    Returns:
        The labels with the splits. A picture that is not in the file is a problem.

    Raises:
        DataError: The file is missing, lacks a column, or names none of the pictures.
    """
    rows = {row["file"]: row for _, row in read_rows(splits, ("file", "split"))}
    records, problems = [], list(labels.problems)
    matched = 0
    for record in labels.records:
        row = rows.get(record.path) or rows.get(record.path.rsplit("/", 1)[-1])
        if row is None:
            problems.append((record.path, f"not in {splits.name}"))
            records.append(record)
            continue
        matched += 1
        group = parse_group(row)
        if group is None:
            group = record.group
        records.append(replace(record, split=row["split"], group=group))
    if not matched:
        raise DataError(
            f"'{splits}' names none of the data set's pictures; give the splits of this data set"
        )
    return Labels(records, problems)
