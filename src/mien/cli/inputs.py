"""From the paths of a command line to pictures."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from glob import has_magic
from pathlib import Path
from typing import TypeAlias

from mien.errors import PictureError, PictureNotFoundError
from mien.images import PICTURE_SUFFIXES, PictureSource, is_system_file
from mien.images.folders import Found, LeftOut, can_be_read, matches, walk
from mien.video.io.addresses import STREAMS, scheme_of, what_to_do, without_secrets

STANDARD_INPUT = "-"

Source: TypeAlias = tuple[str, "PictureSource | PictureError"]
"""What a picture is called, and where it is or why there is none."""


def find_pictures(paths: Sequence[str], *, recursive: bool) -> tuple[list[Source], LeftOut]:
    """Finds the pictures that paths name.

    Args:
        paths: Files, folders, glob patterns, or ``-`` for the bytes of one picture on standard
            input.
        recursive: Whether folders inside folders are searched.

    Returns:
        The pictures, and what was left out.
    """
    left_out = LeftOut()
    sources: list[Source] = []
    for path in paths:
        is_there = os.path.lexists(path)
        if is_there and is_system_file(Path(path).name):
            left_out.system.append(path)
        elif os.path.isdir(path):  # noqa: PTH112 (pathlib's raises where one may not look)
            found = walk(path, left_out, recursive=recursive)
            pictures = [f for f in found if f.error or f.path.suffix.lower() in PICTURE_SUFFIXES]
            hint = "" if recursive else " (--recursive also searches the folders in it)"
            nothing = f"there is no picture in the folder{hint}"
            sources.extend(_readable(path, pictures, left_out, nothing))
        elif has_magic(path) and not is_there and scheme_of(path) is None:
            found = matches(path, left_out)
            nothing = (
                "what matches the pattern is no file" if found else "nothing matches the pattern"
            )
            sources.extend(_readable(path, found, left_out, nothing))
        else:
            sources.append(find_picture(path))
    return sources, left_out


def find_picture(path: str) -> Source:
    """Finds a picture that is named by itself.

    Args:
        path: A file, or ``-`` for the bytes of a picture on standard input.
    """
    if path == STANDARD_INPUT:
        return path, _read_standard_input()
    scheme = scheme_of(path)
    if scheme is not None and not os.path.lexists(path):
        name = without_secrets(path)
        if scheme in STREAMS:
            return name, PictureError("it is the address of a video; to follow it, use: mien watch")
        return name, PictureError(f"it {what_to_do(path, 'picture')}")
    return path, Path(path)


def _readable(
    name: str, found: Iterable[Found], left_out: LeftOut, nothing: str
) -> Iterator[Source]:
    """Yields what can be read, or why there is nothing."""
    there_is_one = False
    for path, error in found:
        if error is not None or can_be_read(path, left_out):
            there_is_one = True
            yield str(path), error or path
    if not there_is_one:
        yield name, PictureNotFoundError(nothing)


def _read_standard_input() -> bytes | PictureError:
    if sys.stdin is None:
        return PictureError("the standard input is closed; pipe a picture into it")
    if sys.stdin.isatty():
        return PictureError("the standard input is the terminal; pipe a picture into it")
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        return PictureError(f"the standard input cannot be read: {error.strerror or error}")
