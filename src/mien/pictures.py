"""A stream of results for many picture files, in the order of the input.

Decoding runs ahead in threads while faces are predicted, several pictures at a time. A picture that
cannot be used becomes a result with an error and harms no other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from mien.analyzer import Analyzer
from mien.errors import PictureError
from mien.images import Picture, PictureSource, read_picture
from mien.results import SCHEMA, PictureResult

if TYPE_CHECKING:
    from mien import schema

_PICTURES_AT_ONCE = 4
_READ_AHEAD = 8  # pictures, each of which may be large
_READERS = 2


class Analyzed(NamedTuple):
    """A result with its picture.

    Attributes:
        result: What was found.
        picture: The upright picture, RGB, uint8; None if it could not be used.
    """

    result: PictureResult
    picture: Picture | None


def analyze_pictures(
    analyzer: Analyzer,
    sources: Iterable[tuple[str, PictureSource | PictureError]],
    *,
    cropped: bool = False,
) -> Iterator[Analyzed]:
    """Analyzes many pictures.

    Args:
        analyzer: Used for all; its ``max_pixels`` is the limit of each.
        sources: What each picture is called, and where it is; or why there is none.
        cropped: As in :meth:`mien.Analyzer.analyze`.

    Yields:
        A result for each picture, in the order of the input.

    Example:
        >>> names = ["photo.jpg", "missing.jpg"]
        >>> for result, _ in analyze_pictures(Analyzer(), [(name, name) for name in names]):
        ...     print(result.path, len(result.faces), result.error is None)
        photo.jpg 1 True
        missing.jpg 0 False
    """
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
                    waiting.append((name, readers.submit(_read, source, analyzer.max_pixels)))
            batch = [waiting.popleft() for _ in range(min(len(waiting), _PICTURES_AT_ONCE))]
            yield from _analyze(
                analyzer, [(name, future.result()) for name, future in batch], cropped
            )


def document(analyzer: Analyzer, pictures: Sequence[schema.Picture]) -> schema.Document:
    """Returns the JSON of many pictures, as of ``mien analyze --json``.

    Args:
        analyzer: What described the pictures.
        pictures: What :meth:`mien.PictureResult.to_dict` returned for each.
    """
    model = analyzer.card.name
    told: schema.Document = {"schema": SCHEMA, "model": model, "pictures": list(pictures)}
    if analyzer.notices:
        told["notices"] = analyzer.notices
    return told


def _analyze(
    analyzer: Analyzer, read: list[tuple[str, Picture | PictureError]], cropped: bool
) -> Iterator[Analyzed]:
    pictures = [picture for _, picture in read if not isinstance(picture, PictureError)]
    faces = iter(analyzer.analyze_batch(pictures, cropped=cropped))
    model = analyzer.card.name
    for name, picture in read:
        if isinstance(picture, PictureError):
            yield Analyzed(PictureResult(name, model, error=str(picture)), None)
        else:
            height, width = picture.shape[:2]
            yield Analyzed(PictureResult(name, model, width, height, tuple(next(faces))), picture)


def _read(source: PictureSource | PictureError, max_pixels: int) -> Picture | PictureError:
    if isinstance(source, PictureError):
        return source
    try:
        return read_picture(source, max_pixels)
    except PictureError as error:
        return error
