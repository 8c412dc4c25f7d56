"""The picture files of a data set."""

from __future__ import annotations

import os
from pathlib import Path

from mien.errors import DataError
from mien.images import PICTURE_SUFFIXES
from mien.images.folders import LeftOut, can_be_read, walk


def pictures_in(folder: Path) -> tuple[list[str], list[tuple[str, str]]]:
    """Searches a folder, and the folders inside it, for pictures.

    Returns:
        The sorted paths of the pictures; and what was left out, as pairs of a path and the reason.
        Paths are relative to the folder, with ``/``. System files are not mentioned.

    Raises:
        DataError: There is no such folder, or no picture in it.
    """
    if not os.path.isdir(folder):  # noqa: PTH112 (as of is_file)
        raise DataError(f"there is no folder '{folder}'")
    left_out = LeftOut()
    paths, problems = [], []
    for path, error in walk(str(folder), left_out, recursive=True):
        if error is not None:
            problems.append((path, str(error)))
        elif path.suffix.lower() in PICTURE_SUFFIXES and can_be_read(path, left_out):
            paths.append(_within(folder, path))
    problems += [(Path(path), "a linked folder is not followed") for path in left_out.linked]
    problems += [(Path(path), "a pipe, socket or device") for path in left_out.special]
    named = [(_within(folder, path), problem) for path, problem in problems]
    if not paths:
        reason = f" ({': '.join(named[0])})" if named else ""
        raise DataError(f"there is no picture in '{folder}'{reason}")
    return sorted(paths), named


def _within(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def is_file(path: Path) -> bool:
    """Returns whether a path from a label file leads to a file."""
    return os.path.isfile(path)  # noqa: PTH113 (pathlib's raises for a name that cannot be)
