"""A folder of numbered pictures."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

from mien.errors import PictureError, VideoError
from mien.images import MAX_PIXELS, PICTURE_SUFFIXES, is_system_file, read_picture
from mien.video.io.base import BaseSource
from mien.video.io.frames import Frame

_FPS = 25.0
_NAMED = 3  # pictures that cannot be used


class FolderSource(BaseSource):
    """A folder of numbered pictures, shown in the order of their numbers, without system files.

    Args:
        path: The folder.
        max_pixels: How many pixels a picture may have, at least 1.
        aspect: Width over height of the pictures; None if they are as they say.

    Raises:
        OptionError: The aspect is not between 0.1 and 10.
        VideoError: There is no picture in it.
    """

    fps: float | None = _FPS

    def __init__(
        self, path: Path, max_pixels: int = MAX_PIXELS, aspect: float | None = None
    ) -> None:
        super().__init__(str(path), aspect)
        self._max_pixels = max_pixels
        try:
            files = [file for file in path.iterdir() if _is_picture(file)]
        except OSError as error:
            raise VideoError(f"the folder '{path}' cannot be read: {error.strerror}") from None
        self._pictures = sorted(files, key=_number)
        if not self._pictures:
            raise VideoError(f"there is no picture in the folder '{path}'")

    def frames(self) -> Iterator[Frame]:
        """Yields the pictures, 25 to a second.

        Raises:
            VideoError: Some pictures cannot be used; it is raised after all the others.
        """
        unusable: list[str] = []
        for index, path in enumerate(self._pictures):
            if self._closed.is_set():
                return
            try:
                pixels = read_picture(path, self._max_pixels)
            except PictureError as error:
                unusable.append(str(error))
                continue
            yield Frame(self._upright(pixels), index, index / _FPS, time.monotonic())
        if unusable:
            more = len(unusable) - _NAMED
            raise VideoError(
                f"{len(unusable)} of {len(self._pictures)} pictures cannot be used: "
                + "; ".join(unusable[:_NAMED])
                + (f"; and {more} more" if more > 0 else "")
            )


def _is_picture(path: Path) -> bool:
    suffix = path.suffix.lower()
    return suffix in PICTURE_SUFFIXES and not is_system_file(path.name) and path.is_file()


def _number(path: Path) -> tuple[int, str]:
    numbers = re.findall(r"\d+", path.stem)
    return (int(numbers[-1]) if numbers else -1, path.name)
