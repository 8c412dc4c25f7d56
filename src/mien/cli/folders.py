"""Searching folders, and by patterns, for files that can be read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from glob import glob, has_magic
from pathlib import Path
from typing import NamedTuple

from mien.errors import PictureError

_SYSTEM_FOLDERS = frozenset(
    [
        *("__MACOSX", ".AppleDouble", ".Trashes", ".thumbnails"),
        *("@eaDir", "#recycle", "@Recycle", ".@__thumb"),
        *("$RECYCLE.BIN", "System Volume Information"),
    ]
)
"""Folders that archives, desktops and network drives make among a user's files."""

_SYSTEM_FILES = frozenset(["thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store"])
_LISTED = 10  # names in a sentence


class Found(NamedTuple):
    """A file, or a folder that cannot be read.

    Attributes:
        path: Where it is.
        error: Why the folder cannot be read; None for a file.
    """

    path: Path
    error: PictureError | None = None


@dataclass(slots=True)
class LeftOut:
    """What a search left out.

    Attributes:
        linked: Linked folders: they may lead back, or to files that are found anyway.
        special: Pipes, sockets and devices: to read one may take for ever.
        system: What systems keep beside a user's files, where it was named.
    """

    linked: list[str] = field(default_factory=list)
    special: list[str] = field(default_factory=list)
    system: list[str] = field(default_factory=list)

    def sentences(self) -> Iterator[str]:
        """Says what was left out and why."""
        if self.linked:
            yield f"linked folders are not followed; name them to search them: {_list(self.linked)}"
        if self.special:
            yield f"left out, because they are pipes, sockets or devices: {_list(self.special)}"
        if self.system:
            yield f"left out, because systems keep them beside pictures: {_list(self.system)}"


def is_of_a_system(name: str) -> bool:
    """Returns whether systems give that name to what they keep beside a user's files."""
    return name.startswith("._") or name in _SYSTEM_FOLDERS or name.lower() in _SYSTEM_FILES


def walk(folder: str, left_out: LeftOut, *, recursive: bool) -> list[Found]:
    """Lists the files of a folder in order, without those of systems.

    Args:
        folder: Where to begin.
        left_out: Is told of linked folders.
        recursive: Whether folders inside folders are searched.
    """
    found: list[Found] = []

    def note(error: OSError) -> None:
        reason = PictureError(f"the folder cannot be read: {error.strerror}")
        found.append(Found(Path(error.filename), reason))

    for where, folders, names in os.walk(folder, onerror=note):
        here = Path(where)
        if recursive:
            folders[:] = [name for name in folders if not is_of_a_system(name)]
            links = (here / name for name in folders if (here / name).is_symlink())
            left_out.linked.extend(map(str, links))
        else:
            folders.clear()
        found.extend(Found(here / name) for name in names if not is_of_a_system(name))
    return sorted(found, key=lambda one: one.path)


def matches(pattern: str, left_out: LeftOut) -> list[Found]:
    """Lists what a glob pattern matches in order, without what systems keep.

    Args:
        pattern: ``**`` stands for any number of folders inside folders.
        left_out: Is told of linked folders that such folders hold.
    """
    parts = Path(pattern).parts
    if "**" not in parts:
        found = (Path(path) for path in sorted(glob(pattern)))  # noqa: PTH207 (may be absolute)
        return [Found(path) for path in found if not is_of_a_system(path.name)]
    number = parts.index("**")
    start, rest = str(Path(*parts[:number])), parts[number:]
    return [
        one
        for folder in (sorted(glob(start)) if has_magic(start) else [start])  # noqa: PTH207
        for one in walk(folder, left_out, recursive=True)
        if one.error is not None or _fits(one.path.relative_to(folder).parts, rest)
    ]


def _fits(names: Sequence[str], pattern: Sequence[str]) -> bool:
    """Returns whether the parts of a path are as those of a pattern; hidden ones must be named."""
    if not pattern:
        return not names
    if pattern[0] == "**":
        hidden = next((i for i, name in enumerate(names) if name.startswith(".")), len(names))
        rest = pattern[1:] or ["*"]
        return any(_fits(names[i:], rest) for i in range(hidden + 1))
    return (
        bool(names)
        and fnmatch(names[0], pattern[0])
        and (pattern[0].startswith(".") or not names[0].startswith("."))
        and _fits(names[1:], pattern[1:])
    )


def can_be_read(path: Path, left_out: LeftOut) -> bool:
    """Returns whether it is no folder and can be read to its end.

    Args:
        path: What was found.
        left_out: Is told of what is neither a folder nor a file.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return True  # to read it tells why it cannot be read
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        left_out.special.append(str(path))
    return stat.S_ISREG(mode)


def _list(names: Sequence[str]) -> str:
    listed = ", ".join(f"'{name}'" for name in names[:_LISTED])
    more = len(names) - _LISTED
    return f"{listed} and {more} more" if more > 0 else listed
