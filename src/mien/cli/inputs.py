"""From the paths of a command line to pictures."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from glob import has_magic
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit
from urllib.request import url2pathname

from mien.cli.folders import Found, LeftOut, can_be_read, matches, walk
from mien.errors import PictureError, PictureNotFoundError
from mien.images import PICTURE_SUFFIXES, PictureSource, is_system_file

STANDARD_INPUT = "-"

Source: TypeAlias = tuple[str, "PictureSource | PictureError"]
"""What a picture is called, and where it is or why there is none."""

_STREAMS = ("rtsp", "rtsps", "rtmp", "rtmps", "rtp", "udp", "srt")


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
        elif has_magic(path) and not is_there and not _is_address(path):
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
    if _is_address(path) and not os.path.lexists(path):
        scheme = path.partition(":")[0].lower()
        return "data:..." if scheme == "data" else path, _address_error(path, scheme)
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


def _is_address(path: str) -> bool:
    return re.match(r"[a-z][a-z0-9+.-]+://|data:|file:", path, re.IGNORECASE) is not None


def _address_error(address: str, scheme: str) -> PictureError:
    """Says how to get at what an address of the web leads to."""
    if scheme == "file":
        path = url2pathname(urlsplit(address).path)
        return PictureError(f"it is an address; give the path of the file: {path}")
    if scheme == "data":
        return PictureError("it is an address; save the picture that it holds and give its path")
    if scheme in _STREAMS:
        return PictureError("it is the address of a video; to follow it, use: mien watch")
    return PictureError("it is an address; download the picture and give its path")
