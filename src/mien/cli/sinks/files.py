"""Files that sinks write."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from PIL import Image

from mien.errors import MienError
from mien.images import Picture

_JPEG_QUALITY = 93


def check_outputs(outputs: Iterable[Path], inputs: Iterable[str | Path]) -> None:
    """Makes sure that files can be written without harm, before any work begins.

    Args:
        outputs: The files to write.
        inputs: What is read; only those that are files matter.

    Raises:
        MienError: A folder is missing, or a file would be written over an input or over another
            output.
    """
    taken: set[Path] = set()
    for path in outputs:
        if not path.parent.is_dir():
            raise MienError(f"there is no folder '{path.parent}' to write '{path.name}' into")
        if path.exists() and any(_same(path, Path(source)) for source in inputs):
            raise MienError(f"'{path}' is an input; write to another file")
        if path.resolve() in taken:
            raise MienError(f"'{path}' cannot hold two outputs; give each a file of its own")
        taken.add(path.resolve())


def _same(path: Path, other: Path) -> bool:
    return other.exists() and path.samefile(other)


class TextFile:
    """A text file that grows by whole pieces, each of which is in the file before the next is made.

    Args:
        path: The file; what it held is lost.

    Raises:
        MienError: The file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._length = 0
        try:
            # Without a buffer, of which an interruption would leave a part.
            self._file = path.open("wb", buffering=0)
        except OSError as error:
            raise _unwritable(path, error) from None

    def write(self, text: str) -> None:
        """Adds a piece.

        Raises:
            MienError: The file cannot be written, as on a full disk. It ends with the piece before.
        """
        data = text.encode()
        written = 0
        try:
            while written < len(data):  # pipes and nearly full disks take a part at a time
                written += self._file.write(data[written:])
        except OSError as error:
            with suppress(OSError):  # pipes take nothing back
                self._file.truncate(self._length)
            raise _unwritable(self._path, error) from None
        self._length += written

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


def write_picture(picture: Picture, path: Path) -> None:
    """Writes a picture in the format that its suffix says.

    Args:
        picture: RGB, uint8, height x width x 3.
        path: The file.

    Raises:
        MienError: The file cannot be written, or the suffix is of no known format.
    """
    try:
        Image.fromarray(picture).save(path, quality=_JPEG_QUALITY)
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from None


def make_folder(path: Path) -> None:
    """Makes a folder, if it is not there.

    Raises:
        MienError: It cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError | ValueError) -> MienError:
    reason = getattr(error, "strerror", None) or error
    return MienError(f"'{path}' cannot be written: {reason}")
