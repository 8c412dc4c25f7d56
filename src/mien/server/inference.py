"""From uploaded bytes to answers: decoding and finding in worker threads, judging in batches."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from mien.analyzer import Analyzer, Cutout
from mien.errors import PictureFormatError, PictureTooLargeError
from mien.images import Picture, read_picture
from mien.pictures import PictureAnswer
from mien.results import Face
from mien.server.batching import Batcher
from mien.server.data_urls import jpeg_url
from mien.server.explaining import Explainer
from mien.server.hosting.metrics import Metrics
from mien.server.hosting.settings import Settings
from mien.server.problems import Problem
from mien.server.sniffing import KNOWN, sniff
from mien.server.uploads import Upload

_CHIP_QUALITY = 90  # of the JPEG of a chip


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a request wants of its pictures.

    Attributes:
        cropped: Each is one face and little else.
        max_faces: How many faces are judged in each, the largest first; None for the service's own.
        chips: Each face gets its chip.
        distribution: Each face gets the whole distribution of its age.
        explanation: Each face gets where the model looked.
        skip: So many of the largest faces are left out.
    """

    cropped: bool = False
    max_faces: int | None = None
    chips: bool = False
    distribution: bool = False
    explanation: bool = False
    skip: int = 0


class _Found(NamedTuple):
    width: int
    height: int
    cutouts: list[Cutout]


class Engine:
    """Answers for pictures, many at a time, with one model.

    Args:
        analyzer: Shared by all.
        settings: Of the service.
        metrics: Told of each picture.

    Attributes:
        analyzer: The one given.
        ready: Whether the model has run once.
    """

    def __init__(self, analyzer: Analyzer, settings: Settings, metrics: Metrics) -> None:
        self.analyzer = analyzer
        self.ready = False
        self._settings = settings
        self._metrics = metrics
        self._finding = 0
        self._finders = ThreadPoolExecutor(settings.workers, "mien-find")
        self._judge = ThreadPoolExecutor(1, "mien-judge")
        self._explainer = Explainer(analyzer.model)
        self._batcher = Batcher(
            analyzer.judge,
            self._judge,
            size=settings.batch_faces,
            wait=settings.batch_wait,
            expected=lambda: self._finding > 0,
            observe=self._observe,
        )

    async def start(self) -> None:
        """Begins to work, and runs the model once so that the first request is not slower."""
        self._batcher.start()
        blank = np.full((320, 320, 3), 127, np.uint8)
        loop = asyncio.get_running_loop()
        cutouts = await loop.run_in_executor(
            self._finders, lambda: self.analyzer.find(blank, cropped=True)
        )
        await loop.run_in_executor(self._judge, self.analyzer.judge, cutouts)
        self.ready = True

    async def stop(self) -> None:
        """Ends the work; whoever still waits for an answer is cancelled."""
        self.ready = False
        await self._batcher.stop()
        self._explainer.stop()
        for pool in (self._finders, self._judge):
            pool.shutdown(wait=False, cancel_futures=True)

    async def analyze(self, name: str, data: bytes, wishes: Wishes) -> dict[str, Any]:
        """Answers for one picture.

        Args:
            name: What the answer calls it.
            data: The bytes of its file.
            wishes: What to say of it.

        Returns:
            Its part of the JSON of ``mien analyze``, with what was wished for.

        Raises:
            Problem: The picture cannot be used.
        """
        try:
            found = await self._find(data, wishes)
        except Problem as problem:
            self._metrics.pictures.labels(problem.code).inc()
            raise
        faces = await self._batcher.submit(found.cutouts)
        self._metrics.pictures.labels("ok").inc()
        self._metrics.faces.inc(len(faces))
        answer = PictureAnswer(
            name, found.width, found.height, None, faces, None, self.analyzer.card.name
        ).to_dict()
        for face, cutout, plain in zip(faces, found.cutouts, answer["faces"], strict=True):
            _add(wishes, face, cutout, plain)
            if wishes.explanation:
                plain["explanation"] = await self._explainer.explain(cutout.chip)
        return answer

    async def analyze_all(self, uploads: Sequence[Upload], wishes: Wishes) -> list[dict[str, Any]]:
        """Answers for the pictures of a request; of several, one that is unusable harms no other.

        Args:
            uploads: Their names and bytes.
            wishes: What to say of them.

        Returns:
            For each what :meth:`analyze` returns, or with ``error`` and ``code``.

        Raises:
            Problem: The only picture cannot be used.
        """
        if len(uploads) == 1:
            return [await self.analyze(*uploads[0], wishes)]
        # No more at a time than there are workers, so that other requests get their turn.
        turn = asyncio.Semaphore(self._settings.workers)

        async def answer(upload: Upload) -> dict[str, Any]:
            async with turn:
                try:
                    return await self.analyze(*upload, wishes)
                except Problem as problem:
                    model = self.analyzer.card.name
                    unusable = PictureAnswer(
                        upload.name, None, None, None, [], problem.detail, model
                    )
                    return {**unusable.to_dict(), "code": problem.code}

        return await asyncio.gather(*map(answer, uploads))

    async def _find(self, data: bytes, wishes: Wishes) -> _Found:
        self._finding += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._finders, self._find_now, data, wishes)
        finally:
            self._finding -= 1

    def _find_now(self, data: bytes, wishes: Wishes) -> _Found:
        settings = self._settings
        picture = decode(data, settings.max_pixels, settings.max_side)
        most = wishes.skip + (wishes.max_faces or settings.max_faces)
        most = min(most, settings.max_faces)
        height, width = picture.shape[:2]
        cutouts = self.analyzer.find(picture, cropped=wishes.cropped, max_faces=most)
        return _Found(width, height, cutouts[wishes.skip :])

    def _observe(self, pictures: int, faces: int) -> None:
        self._metrics.batch_pictures.observe(pictures)
        self._metrics.batch_faces.observe(faces)


def decode(data: bytes, max_pixels: int, max_side: int) -> Picture:
    """Decodes an uploaded picture, by what its bytes are.

    Args:
        data: The bytes of a file.
        max_pixels: The greatest number of pixels allowed.
        max_side: The greatest width and height allowed, in pixels.

    Returns:
        RGB, uint8, height x width x 3.

    Raises:
        Problem: It cannot be used.
    """
    if not data:
        raise Problem("unreadable_picture", "The picture is empty.")
    form = sniff(data)
    if form is None:
        raise Problem("unsupported_picture", f"It is not a picture in a known format: {KNOWN}.")
    try:
        picture = read_picture(data, max_pixels, (form,))
    except PictureTooLargeError as error:
        raise Problem("too_many_pixels", _sentence(error)) from None
    except PictureFormatError as error:
        raise Problem("unreadable_picture", _sentence(error)) from None
    if max(picture.shape[:2]) > max_side:
        detail = f"The picture is longer than {max_side} pixels on one side."
        raise Problem("too_many_pixels", detail)
    return picture


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[0].upper()}{text[1:]}."


def _add(wishes: Wishes, face: Face, cutout: Cutout, plain: dict[str, Any]) -> None:
    """Adds to a face's JSON what is only told on demand."""
    if wishes.distribution:
        plain["age"]["distribution"] = [round(float(p), 5) for p in face.age.distribution]
    if wishes.chips:
        plain["chip"] = jpeg_url(cutout.chip, _CHIP_QUALITY)
