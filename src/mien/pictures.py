"""A stream of answers for many picture files, in the order of the input.

Decoding runs ahead in threads while faces are judged, several pictures at a time; a picture that
cannot be used becomes an answer with an error and harms no other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from mien.analyzer import Analyzer
from mien.errors import PictureError
from mien.images import MAX_PIXELS, Picture, PictureSource, read_picture
from mien.results import Face

SCHEMA = 1
"""Version of the JSON of a picture's answer."""

_PICTURES_AT_ONCE = 4
_READ_AHEAD = 8  # pictures, each of which may be large
_READERS = 2


@dataclass(frozen=True, slots=True)
class PictureAnswer:
    """What was said of one picture.

    Attributes:
        path: What the input called it.
        width: Of the upright picture in pixels; None if it could not be used.
        height: Of the upright picture in pixels; None if it could not be used.
        picture: The upright picture; None if it could not be used.
        faces: Its faces, the largest first.
        error: Why it could not be used, or None.
        model: Name of the model.
    """

    path: str
    width: int | None
    height: int | None
    picture: Picture | None
    faces: list[Face]
    error: str | None
    model: str

    def to_dict(self) -> dict[str, Any]:
        """Returns the JSON of ``mien analyze``."""
        return {
            "schema": SCHEMA,
            "model": self.model,
            "path": self.path,
            "width": self.width,
            "height": self.height,
            "faces": [face.to_dict() for face in self.faces],
            "error": self.error,
        }


def analyze_pictures(
    analyzer: Analyzer,
    sources: Iterable[tuple[str, PictureSource | PictureError]],
    *,
    cropped: bool = False,
    max_pixels: int = MAX_PIXELS,
) -> Iterator[PictureAnswer]:
    """Judges the faces of many pictures.

    Args:
        analyzer: Shared by all.
        sources: What each picture is called, and where it is; or why there is none.
        cropped: As in :meth:`mien.Analyzer.analyze`.
        max_pixels: How many pixels a picture may have.

    Yields:
        An answer for each picture, in the order of the input.
    """
    model = analyzer.card.name
    waiting: deque[tuple[str, Future[Picture | PictureError]]] = deque()
    with ThreadPoolExecutor(_READERS) as readers:
        iterator = iter(sources)
        exhausted = False
        while waiting or not exhausted:
            while not exhausted and len(waiting) < _READ_AHEAD:
                name, source = next(iterator, (None, b""))
                if name is None:
                    exhausted = True
                else:
                    waiting.append((name, readers.submit(_read, source, max_pixels)))
            batch = [waiting.popleft() for _ in range(min(len(waiting), _PICTURES_AT_ONCE))]
            read = [(name, future.result()) for name, future in batch]
            pictures = [picture for _, picture in read if not isinstance(picture, PictureError)]
            faces = iter(analyzer.analyze_batch(pictures, cropped=cropped))
            for name, picture in read:
                if isinstance(picture, PictureError):
                    yield PictureAnswer(name, None, None, None, [], str(picture), model)
                else:
                    height, width = picture.shape[:2]
                    yield PictureAnswer(name, width, height, picture, next(faces), None, model)


def _read(source: PictureSource | PictureError, max_pixels: int) -> Picture | PictureError:
    if isinstance(source, PictureError):
        return source
    try:
        return read_picture(source, max_pixels)
    except PictureError as error:
        return error
