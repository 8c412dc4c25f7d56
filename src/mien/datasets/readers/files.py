"""The picture files of a data set."""

from __future__ import annotations

import os
from pathlib import Path

from mien.errors import DataError
from mien.images import PICTURE_SUFFIXES


def pictures_in(folder: Path) -> list[str]:
    """Returns the sorted paths of the pictures in a folder and below, relative to it, with ``/``.

    Raises:
        DataError: There is no such folder, or no picture in it.
    """
    if not os.path.isdir(folder):  # noqa: PTH112 (as of is_file)
        raise DataError(f"there is no folder '{folder}'")
    paths = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix.lower() in PICTURE_SUFFIXES
    )
    if not paths:
        raise DataError(f"there is no picture in '{folder}'")
    return paths


def is_file(path: Path) -> bool:
    """Returns whether a path from a label file leads to a file."""
    return os.path.isfile(path)  # noqa: PTH113 (pathlib's raises for a name that cannot be)
