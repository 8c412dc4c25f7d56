"""A stream of results for many picture files, in the order of the input.

Decoding runs ahead in threads while faces are predicted, several pictures at a time. A picture that
cannot be used becomes a result with an error, and the others are analyzed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from mien.analyzer import Analyzer
from mien.errors import DeviceError, ModelError, PictureError
from mien.faces import AlignedFace
from mien.images import (
    LARGE,
    OpenedPicture,
    Picture,
    PictureSource,
    check_size,
    no_memory,
    open_picture,
)
from mien.results import SCHEMA, PictureResult

if TYPE_CHECKING:
    from mien import schema

_PICTURES_AT_ONCE = 4
_OPENED_AHEAD = 2  # files in memory
_DECODED_AHEAD = 8  # pictures in memory
_PIXELS_AHEAD = 120_000_000  # pixels in memory, unless a single picture has more
_READERS = 2

_T = TypeVar("_T")


class Analyzed(NamedTuple):
    """A result with its picture.

    Attributes:
        result: The result.
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
        sources: For each picture its name and its source, or the error if it has none.
        cropped: As in :meth:`mien.Analyzer.analyze`.

    Yields:
        A result for each picture, in the order of the input.

    Raises:
        ModelError: The runtime fails; its message is the reason.
        DeviceError: The device cannot be used.

    Example:
        >>> names = ["photo.jpg", "missing.jpg"]
        >>> for result, _ in analyze_pictures(Analyzer(), [(name, name) for name in names]):
        ...     print(result.path, len(result.faces), result.error is None)
        photo.jpg 1 True
        missing.jpg 0 False
    """
    readers = ThreadPoolExecutor(_READERS)
    # The memory of a large picture is used again only by the thread that has used it before.
    large_reader = ThreadPoolExecutor(1)
    try:
        opened = _ahead(
            (readers.submit(_open, name, source, analyzer.max_pixels) for name, source in sources),
            _OPENED_AHEAD,
        )
        waiting: deque[_Waiting] = deque()
        for name, picture in opened:
            pixels = 0 if isinstance(picture, PictureError) else picture.width * picture.height
            while waiting and not _has_room(waiting, pixels):
                yield from _analyze(analyzer, _take(waiting), cropped)
            reader = readers if pixels <= LARGE else large_reader
            waiting.append(_Waiting(name, pixels, reader.submit(_decode, picture)))
            del picture
        while waiting:
            yield from _analyze(analyzer, _take(waiting), cropped)
    finally:
        readers.shutdown(cancel_futures=True)
        large_reader.shutdown(cancel_futures=True)


class _Waiting(NamedTuple):
    """A picture that is being decoded, or waits to be analyzed."""

    name: str
    pixels: int
    decoded: Future[Picture | PictureError]


def _ahead(futures: Iterable[Future[_T]], count: int) -> Iterator[_T]:
    """Yields results in order, while the next ``count`` are worked on."""
    waiting: deque[Future[_T]] = deque()
    for future in futures:
        waiting.append(future)
        if len(waiting) > count:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _has_room(waiting: Sequence[_Waiting], pixels: int) -> bool:
    in_memory = sum(picture.pixels for picture in waiting)
    return len(waiting) < _DECODED_AHEAD and in_memory + pixels <= _PIXELS_AHEAD


def _take(waiting: deque[_Waiting]) -> list[_Waiting]:
    return [waiting.popleft() for _ in range(min(len(waiting), _PICTURES_AT_ONCE))]


def document(analyzer: Analyzer, pictures: Sequence[schema.PictureJson]) -> schema.DocumentJson:
    """Returns the JSON of many pictures, as of ``mien analyze --json``.

    Args:
        analyzer: The analyzer that described the pictures.
        pictures: The JSON of each, of :meth:`mien.PictureResult.to_dict`.
    """
    model = analyzer.card.name
    told: schema.DocumentJson = {"schema": SCHEMA, "model": model, "pictures": list(pictures)}
    if analyzer.notices:
        told["notices"] = analyzer.notices
    return told


def _analyze(analyzer: Analyzer, batch: list[_Waiting], cropped: bool) -> Iterator[Analyzed]:
    read = [(waiting.name, waiting.decoded.result()) for waiting in batch]
    batch.clear()
    aligned = [_align(analyzer, picture, cropped) for _, picture in read]
    found = [face for faces in aligned if not isinstance(faces, PictureError) for face in faces]
    described = iter(analyzer.predict_faces(found))
    model = analyzer.card.name
    for (name, picture), faces in zip(read, aligned, strict=True):
        if isinstance(picture, PictureError) or isinstance(faces, PictureError):
            error = picture if isinstance(picture, PictureError) else faces
            yield Analyzed(PictureResult(name, model, error=str(error)), None)
        else:
            height, width = picture.shape[:2]
            told = tuple(next(described) for _ in faces)
            yield Analyzed(PictureResult(name, model, width, height, told), picture)


def _open(
    name: str, source: PictureSource | PictureError, max_pixels: int
) -> tuple[str, OpenedPicture | PictureError]:
    if isinstance(source, PictureError):
        return name, source
    try:
        opened = open_picture(source)
        check_size(opened, max_pixels)
    except Exception as error:  # an open file may raise anything
        return name, _failure(error, "read")
    return name, opened


def _decode(opened: OpenedPicture | PictureError) -> Picture | PictureError:
    if isinstance(opened, PictureError):
        return opened
    try:
        return opened.decode()
    except Exception as error:  # a decoder may raise anything
        return _failure(error, "read")


def _align(
    analyzer: Analyzer, picture: Picture | PictureError, cropped: bool
) -> list[AlignedFace] | PictureError:
    if isinstance(picture, PictureError):
        return picture
    try:
        return analyzer.align(picture, analyzer.detect(picture, cropped=cropped))
    except (ModelError, DeviceError) as error:
        if memory := no_memory(error):
            return memory
        raise  # not the fault of the picture
    except Exception as error:  # a detector may raise anything
        return _failure(error, "analyzed")


def _failure(error: Exception, done: str) -> PictureError:
    if isinstance(error, PictureError):
        return error
    reason = " ".join(str(error).split()) or type(error).__name__
    return no_memory(error) or PictureError(f"the picture cannot be {done}: {reason}")
