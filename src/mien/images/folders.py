"""Searching folders, and by patterns, for files that can be read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from glob import has_magic
from pathlib import Path
from typing import NamedTuple

from mien.errors import PictureError
from mien.images.system_files import is_system_file

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
    """Files and folders that a search left out.

    Attributes:
        linked: Linked folders: they may lead back, or to files that are found anyway.
        special: Pipes, sockets and devices: to read one may take for ever.
        system: System files and folders that the user named.
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
            yield f"left out, because they are system files: {_list(self.system)}"


def walk(folder: str, left_out: LeftOut, *, recursive: bool) -> list[Found]:
    """Lists the files of a folder in order, without system files.

    Args:
        folder: Where to begin.
        left_out: Gets the linked folders.
        recursive: Whether folders inside folders are searched.
    """
    found: list[Found] = []

    def note(error: OSError) -> None:
        found.append(Found(Path(error.filename), _unlisted(error)))

    for where, folders, names in os.walk(folder, onerror=note):
        here = Path(where)
        if recursive:
            folders[:] = [name for name in folders if not is_system_file(name)]
            links = (here / name for name in folders if (here / name).is_symlink())
            left_out.linked.extend(map(str, links))
        else:
            folders.clear()
        found.extend(Found(here / name) for name in names if not is_system_file(name))
    return sorted(found, key=lambda one: one.path)


def matches(pattern: str, left_out: LeftOut) -> list[Found]:
    """Lists what a glob pattern matches in order, without system files.

    Args:
        pattern: ``**`` stands for any number of folders inside folders.
        left_out: Gets the linked folders inside such folders.
    """
    return list(_expand(Path(), Path(pattern).parts, left_out))


def _expand(here: Path, parts: Sequence[str], left_out: LeftOut) -> Iterator[Found]:
    """Yields what the parts of a pattern match in a folder; a folder that one may not list too."""
    if not parts:
        if _may_be_there(here):
            yield Found(here)
    elif parts[0] == "**":
        for one in walk(str(here), left_out, recursive=True):
            if one.error is not None or _fits(one.path.relative_to(here).parts, parts):
                yield one
    elif has_magic(parts[0]):
        try:
            inside = sorted(here.iterdir())
        except PermissionError as error:
            yield Found(here, _unlisted(error))
        except OSError:  # it is no folder
            return
        else:
            for path in inside:
                if _fits([path.name], parts[:1]) and not is_system_file(path.name):
                    yield from _expand(path, parts[1:], left_out)
    else:
        yield from _expand(here / parts[0], parts[1:], left_out)


def _may_be_there(path: Path) -> bool:
    """Returns whether something is there, or one may not look; to read it tells which."""
    try:
        path.lstat()
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def _unlisted(error: OSError) -> PictureError:
    return PictureError(f"the folder cannot be read: {error.strerror}")


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
    """Returns whether a path is no folder and can be read to its end.

    Args:
        path: What was found.
        left_out: Gets the path if it is neither a folder nor a file.
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
