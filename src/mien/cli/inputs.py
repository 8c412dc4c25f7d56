"""From the paths of a command line to pictures."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from glob import glob, has_magic
from pathlib import Path

from mien.errors import PictureError, PictureNotFoundError
from mien.images import PICTURE_SUFFIXES, PictureSource

STANDARD_INPUT = "-"


def expand(
    paths: Sequence[str], recursive: bool
) -> Iterator[tuple[str, PictureSource | PictureError]]:
    """Finds the pictures that paths name.

    Args:
        paths: Files, folders, glob patterns, or ``-`` for the bytes of one picture on standard
            input.
        recursive: Whether folders inside folders are searched.

    Yields:
        What each picture is called, and where it is or why there is none.
    """
    for path in paths:
        if path == STANDARD_INPUT:
            yield path, sys.stdin.buffer.read()
        elif Path(path).is_dir():
            yield from _folder(path, recursive)
        elif has_magic(path) and not Path(path).exists():
            found = sorted(glob(path, recursive=True))  # noqa: PTH207 (may be absolute)
            if not found:
                yield path, PictureNotFoundError("nothing matches the pattern")
            for match in found:
                if not Path(match).is_dir():
                    yield match, Path(match)
        else:
            yield path, Path(path)


def _folder(folder: str, recursive: bool) -> Iterator[tuple[str, PictureSource | PictureError]]:
    candidates = Path(folder).rglob("*") if recursive else Path(folder).iterdir()
    pictures = sorted(
        path for path in candidates if path.suffix.lower() in PICTURE_SUFFIXES and path.is_file()
    )
    if not pictures:
        hint = "" if recursive else " (--recursive also searches the folders in it)"
        yield folder, PictureNotFoundError(f"there is no picture in the folder{hint}")
    for path in pictures:
        yield str(path), path
