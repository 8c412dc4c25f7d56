"""Checks of what a command is to write, before it begins to work."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

from mien.errors import MienError
from mien.images import PICTURE_SUFFIXES

STANDARD_OUTPUT = Path("-")
"""The path that stands for the standard output, where a command can write there."""

Identity: TypeAlias = "tuple[int, int]"
"""Device and number of a file, which are the same for all its names and links."""


def identity(path: str | Path) -> Identity | None:
    """Returns what tells a file apart; None if it is not there.

    Args:
        path: A file or a folder; ``-`` is the file that the standard input is read from.
    """
    try:
        found = os.fstat(sys.stdin.fileno()) if str(path) == "-" else Path(path).stat()
    except (OSError, ValueError, AttributeError):  # the standard input may be closed, or no file
        return None
    return found.st_dev, found.st_ino


def identities(paths: Iterable[str | Path]) -> frozenset[Identity]:
    """Returns what tells files apart; those that are not there are left out.

    Args:
        paths: Files and folders; ``-`` is the file that the standard input is read from.
    """
    return frozenset(filter(None, map(identity, paths)))


def check_outputs(
    outputs: Iterable[Path], inputs: Iterable[str | Path], made: Path | None = None
) -> None:
    """Makes sure that files can be written without harm.

    Args:
        outputs: The files to write; ``-`` is the standard output.
        inputs: What is read. If it is a folder, the pictures in it are.
        made: A folder that will be made before they are written; see :func:`check_folder`.

    Raises:
        MienError: A folder is missing, a file cannot be written, or it would be written over an
            input or over another output.
    """
    outputs = list(outputs)
    read = identities(inputs if outputs else ())  # there may be a million
    taken: set[str | Identity] = set()
    for path in outputs:
        there = None if path == STANDARD_OUTPUT else identity(path)
        if there in read or (there is not None and _is_picture_of(path, read)):
            raise MienError(f"'{path}' is an input; write to another file")
        key = there or os.path.realpath(path)
        if key in taken:
            raise MienError(f"'{path}' cannot hold two outputs; give each a file of its own")
        taken.add(key)
        if path != STANDARD_OUTPUT and (path.parent != made or path.parent.exists()):
            _check_file(path)


def check_outputs_in(folder: Path, names: Iterable[str], inputs: Iterable[str | Path] = ()) -> None:
    """Makes sure that files can be written without harm into a folder that may have to be made.

    Args:
        folder: The folder.
        names: Names of the files.
        inputs: What is read.

    Raises:
        MienError: One of them cannot be written, or would be written over an input.
    """
    check_folder(folder)
    if folder.is_dir():
        check_outputs([folder / name for name in names], inputs)


def check_output_and_folder(path: Path, inputs: Iterable[str | Path]) -> None:
    """Makes sure that one file can be written so, as :func:`check_outputs_in`."""
    check_outputs_in(path.parent, [path.name], inputs)


def check_folder(path: Path) -> None:
    """Makes sure that a folder can be made, if it is not there, and written into.

    Raises:
        MienError: It cannot.
    """
    try:
        with suppress(FileNotFoundError):
            path.stat()  # a name may be too long
        there = next(filter(Path.exists, (path, *path.parents)))
        with tempfile.TemporaryFile(dir=there):
            pass
    except NotADirectoryError:
        raise MienError(f"'{path}' is no folder; name a folder to write into") from None
    except OSError as error:
        raise unwritable(path, error) from None


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Says which file cannot be written, where a system's error does not.

    Args:
        path: What is written within the ``with`` statement.

    Raises:
        MienError: It cannot be written.
        OSError: Another file cannot be used, which the error names; or the reader of the standard
            output is gone.
    """
    try:
        yield
    except MienError:
        raise
    except OSError as error:
        another = error.filename is not None and Path(os.fsdecode(error.filename)) != path
        # The reader of the standard output, such as head, may want no more.
        enough = path == STANDARD_OUTPUT and isinstance(error, BrokenPipeError)
        if another or enough:
            raise
        raise unwritable(path, error) from None


def unwritable(path: Path, error: OSError | ValueError) -> MienError:
    """Returns the error of a file or folder that cannot be written."""
    reason = getattr(error, "strerror", None) or error
    name = "the standard output" if path == STANDARD_OUTPUT else f"'{path}'"
    return MienError(f"{name} cannot be written: {reason}")


def _is_picture_of(path: Path, folders: frozenset[Identity]) -> bool:
    return path.suffix.lower() in PICTURE_SUFFIXES and identity(path.parent) in folders


def _check_file(path: Path) -> None:
    """Opens a file without changing it; one that was not there is removed again."""
    with writing(path):
        try:
            kind = stat.S_IFMT(path.stat().st_mode)
        except FileNotFoundError:
            kind = None
        if kind not in (None, stat.S_IFREG, stat.S_IFDIR):
            return  # to open a pipe waits for its reader
        try:
            path.open("ab").close()
        except FileNotFoundError:
            raise MienError(
                f"there is no folder '{path.parent}' to write '{path.name}' into"
            ) from None
        if kind is None:
            path.resolve().unlink()
