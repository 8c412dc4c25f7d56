"""A folder for the files of a target."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

_made = tempfile.TemporaryDirectory(prefix="mien-fuzz-")


def empty_folder(name: str) -> Path:
    """Returns a folder with nothing in it; it is removed when the process ends in good order.

    Args:
        name: Of the folder.
    """
    folder = Path(_made.name) / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def file(name: str, data: bytes) -> Path:
    """Writes a file.

    Args:
        name: Of the file.
        data: What is in it.
    """
    path = Path(_made.name) / name
    path.write_bytes(data)
    return path
