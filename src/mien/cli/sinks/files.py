"""Files that sinks write."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

from PIL import Image

from mien.cli.console import abandon_standard_output, standard_output
from mien.cli.outputs import STANDARD_OUTPUT, unwritable, writing
from mien.errors import MienError
from mien.images import Picture

_JPEG_QUALITY = 93
_LONGEST = 200  # bytes of a name that another name keeps; systems allow 255
_FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".bmp": "BMP",
}
"""Format of a picture by the suffix of its file."""


class TextFile:
    """A text file that grows by whole pieces, each of which is in the file before the next is made.

    Args:
        path: The file; what it held is lost. ``-`` is the standard output.

    Raises:
        MienError: The file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._length = 0
        self._failure: MienError | None = None
        self._file: BinaryIO
        if path == STANDARD_OUTPUT:
            self._file = standard_output()
        else:
            with writing(path):
                # Without a buffer, of which an interruption would leave a part.
                self._file = cast(BinaryIO, path.open("wb", buffering=0))

    @property
    def wrote(self) -> str:
        """The file's name; empty if not all could be written, or on the standard output."""
        return "" if self._failure or self._path == STANDARD_OUTPUT else f"'{self._path}'"

    def write(self, text: str) -> None:
        r"""Adds a piece, as UTF-8; ``\udce9`` stands for the byte E9 of a name that is no text.

        Raises:
            MienError: The file cannot be written, as on a full disk. It ends with the last piece
                before, and takes no more.
        """
        if self._failure is not None:
            raise self._failure
        data = text.encode(errors="backslashreplace")
        written = 0
        try:
            with writing(self._path):
                while written < len(data):  # pipes and nearly full disks take a part at a time
                    written += self._file.write(data[written:])
                self._file.flush()
        except MienError as error:
            self._failure = error
            if self._path == STANDARD_OUTPUT:
                abandon_standard_output()
            else:
                with suppress(OSError):  # pipes take nothing back
                    self._file.truncate(self._length)
            raise
        self._length += written

    def close(self) -> None:
        """Closes the file."""
        if self._path != STANDARD_OUTPUT:
            self._file.close()


def short_stem(path: str) -> str:
    """Returns the name of a file without its ending, so short that an ending can be added."""
    stem = Path(path).stem
    data = os.fsencode(stem)
    if len(data) <= _LONGEST:
        return stem
    return data[:_LONGEST].decode(sys.getfilesystemencoding(), "ignore")


def check_picture_suffix(path: Path) -> None:
    """Checks that pictures can be written into a file of that name.

    Raises:
        MienError: Its suffix is of no format that is written.
    """
    if path.suffix.lower() not in _FORMATS:
        raise MienError(f"pictures are written as {', '.join(_FORMATS)}, not '{path.name}'")


def write_picture(picture: Picture, path: Path) -> None:
    """Writes a picture, whole or not at all.

    Args:
        picture: RGB, uint8, height x width x 3.
        path: The file; its suffix says the format.

    Raises:
        MienError: The file cannot be written, or the suffix is of no format that is written.
    """
    check_picture_suffix(path)
    data = io.BytesIO()
    try:
        form = _FORMATS[path.suffix.lower()]
        Image.fromarray(picture).save(data, form, quality=_JPEG_QUALITY)
    except (OSError, ValueError) as error:  # each format has a greatest width and height
        raise unwritable(path, error) from None
    with writing(path):
        file = path.open("wb")
        try:
            with file:  # closed before it is removed: Windows removes no open file
                file.write(data.getbuffer())
        except BaseException:
            path.unlink()
            raise
