"""From uploaded bytes to answers, in a pool of worker threads."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import cast

import numpy as np

from mien import schema
from mien.age_check import AgeCheck
from mien.analyzer import Analyzer
from mien.faces.aligned import AlignedFace, aligned_chip
from mien.images import LARGE, OpenedPicture, Picture
from mien.pictures import document
from mien.results import PictureResult
from mien.server import schemas
from mien.server.data_urls import jpeg_url
from mien.server.decoding import as_problem, open_upload
from mien.server.explaining import Explainer
from mien.server.hosting.metrics import Metrics
from mien.server.hosting.settings import Settings
from mien.server.problems import Problem
from mien.server.uploads import Upload

_log = logging.getLogger("mien.server")

_CHIP_QUALITY = 90  # of the JPEG of an aligned face


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a request.

    Attributes:
        analyzer: Shows the attributes and has the certainty that are asked for.
        cropped: Whether each picture is one face and little else.
        aligned: Whether each picture is an aligned face of the model's size.
        max_faces: How many faces of a picture are described, the largest first; None for as many
            as the service allows.
        check: Decides whether each face looks old enough; None if this is not asked.
        chips: Whether each face has its aligned face.
        distribution: Whether each age has its whole distribution.
        explanation: Whether each face has an explanation.
    """

    analyzer: Analyzer
    cropped: bool = False
    aligned: bool = False
    max_faces: int | None = None
    check: AgeCheck | None = None
    chips: bool = False
    distribution: bool = False
    explanation: bool = False


class Inference:
    """Answers for pictures, several at a time, with one model.

    Args:
        analyzer: Its networks answer all requests.
        settings: Settings of the service.
        metrics: Counts pictures and faces.

    Attributes:
        analyzer: The analyzer.
        ready: Whether the model has run once.
        failed: Whether the model cannot run.
    """

    def __init__(self, analyzer: Analyzer, settings: Settings, metrics: Metrics) -> None:
        self.analyzer = analyzer
        self.ready = False
        self.failed = False
        self._settings = settings
        self._metrics = metrics
        self._workers = ThreadPoolExecutor(settings.workers, "mien-inference")
        self._explainer = Explainer()
        # Large pictures are worked on one after another: each takes much memory.
        self._large_worker = ThreadPoolExecutor(1, "mien-large")

    async def start(self) -> None:
        """Runs the model once, so that the first request is not slower than others."""
        blank = np.full((320, 320, 3), 127, np.uint8)
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(
                self._workers, lambda: self.analyzer.analyze(blank, cropped=True)
            )
        except Exception as error:  # a runtime may raise anything
            self.failed = True
            reason = " ".join(str(error).split())
            _log.error("the model '%s' cannot run: %s", self.analyzer.card.name, reason)
        else:
            self.ready = True

    def stop(self) -> None:
        """Ends the work; requests that still wait are cancelled."""
        self.ready = False
        self._explainer.stop()
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._large_worker.shutdown(wait=False, cancel_futures=True)

    def check(self) -> None:
        """Finds out whether the model can answer.

        Raises:
            Problem: The model cannot run.
        """
        if self.failed:
            name = self.analyzer.card.name
            detail = f"The model '{name}' cannot run here; the service's log says why."
            raise Problem("model_failed", detail)

    async def analyze(self, uploads: Sequence[Upload], options: Options) -> schema.DocumentJson:
        """Answers for the pictures of a request.

        If there are several, one that cannot be used harms no other; its entry has ``error`` and
        ``code``.

        Args:
            uploads: Their names and bytes.
            options: What the request asks for.

        Returns:
            The document of ``mien analyze --json`` with what the request asks for.

        Raises:
            Problem: The only picture cannot be used.
        """
        pictures = await self._analyze_all(uploads, options)
        return document(options.analyzer, cast(list[schema.PictureJson], pictures))

    async def _analyze_all(
        self, uploads: Sequence[Upload], options: Options
    ) -> list[schemas.PictureReply]:
        if len(uploads) == 1:
            return [await self._analyze(uploads[0], options)]
        # No more at a time than there are workers, so that other requests get their turn.
        turn = asyncio.Semaphore(self._settings.workers)

        async def answer(upload: Upload) -> schemas.PictureReply:
            async with turn:
                try:
                    return await self._analyze(upload, options)
                except Problem as problem:
                    model = self.analyzer.card.name
                    unusable = _entry(PictureResult(upload.name, model, error=problem.detail))
                    unusable["code"] = problem.code
                    return unusable

        return await asyncio.gather(*map(answer, uploads))

    async def _analyze(self, upload: Upload, options: Options) -> schemas.PictureReply:
        try:
            answer = await self._run(upload, options)
        except Exception as error:  # one picture ends no other, whatever is wrong with it
            problem = as_problem(error)
            self._metrics.pictures.labels(problem.code).inc()
            raise problem from None
        self._metrics.pictures.labels("ok").inc()
        return answer

    async def _run(self, upload: Upload, options: Options) -> schemas.PictureReply:
        loop = asyncio.get_running_loop()
        opened = await loop.run_in_executor(self._workers, self._open, upload)
        large = opened.width * opened.height > LARGE
        answer, aligned = await loop.run_in_executor(
            self._large_worker if large else self._workers,
            self._describe,
            upload.name,
            opened,
            options,
        )
        self._metrics.faces.inc(len(aligned))
        if options.explanation:
            for face, view in zip(answer["faces"], aligned, strict=True):
                face["explanation"] = await self._explainer.explain(options.analyzer, view)
        return answer

    def _open(self, upload: Upload) -> OpenedPicture:
        settings = self._settings
        return open_upload(upload.data, settings.max_pixels, settings.max_side, "max_pixels")

    def _describe(
        self, name: str, opened: OpenedPicture, options: Options
    ) -> tuple[schemas.PictureReply, list[AlignedFace]]:
        picture = opened.decode()
        aligned = self._align(picture, options)
        faces = options.analyzer.predict_faces(aligned)
        height, width = picture.shape[:2]
        model = self.analyzer.card.name
        result = PictureResult(name, model, width, height, tuple(faces))
        if options.check is not None:
            result = options.check.apply(result)
        answer = _entry(result, distribution=options.distribution)
        if options.chips:
            for face, view in zip(answer["faces"], aligned, strict=True):
                face["chip"] = jpeg_url(view.chip, _CHIP_QUALITY)
        return answer, aligned

    def _align(self, picture: Picture, options: Options) -> list[AlignedFace]:
        analyzer = options.analyzer
        if not options.aligned:
            allowed = self._settings.max_faces
            max_faces = min(options.max_faces or allowed, allowed)
            detections = analyzer.detect(picture, cropped=options.cropped, max_faces=max_faces)
            return analyzer.align(picture, detections)
        height, width = picture.shape[:2]
        size = analyzer.card.size
        if (width, height) != (size, size):
            detail = (
                f"An aligned face of the model '{analyzer.card.name}' has {size} x {size} pixels;"
                f" this picture has {width} x {height}."
            )
            raise Problem("wrong_size", detail)
        return [aligned_chip(picture, analyzer.card.template)]


def _entry(result: PictureResult, *, distribution: bool = False) -> schemas.PictureReply:
    """Returns the JSON of a picture, to which the service's own members may be added."""
    return cast(schemas.PictureReply, result.to_dict(distribution=distribution))
