"""From a picture to its faces: the one way that everything else takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mien.arguments import check_count, check_detections, check_share
from mien.assets import find_model
from mien.attributes.calibration import DEFAULT_CERTAINTY
from mien.attributes.card import Card
from mien.attributes.heads import notices_of
from mien.attributes.model import AttributeModel, Prediction
from mien.errors import OptionError
from mien.faces import MIN_SCORE, AlignedFace, Detector, YuNet, align_faces, select_faces
from mien.images import MAX_PIXELS, Colour, PictureSource, read_picture
from mien.results import Detection, Estimate, Face
from mien.runtime import OnnxSession


class Analyzer:
    """Detects the faces of pictures and predicts how they look.

    Safe to share between threads; can be pickled.

    Args:
        model: Name of a bundled model, or the path of one that ``mien export`` wrote.
        detector: Detects faces; mien's own (YuNet) if not given.
        device: What runs the networks, one of :data:`mien.runtime.DEVICES`.
        threads: How many threads one picture may use, at least 1; None leaves it to the runtime.
        min_score: Detections less certain than this are dropped, 0..1.
        max_faces: How many faces of a picture are described, the largest first, at least 1; None
            for all.
        attributes: Attributes to show although they have a notice, such as ``"ethnicity"``.
        certainty: Share of decided labels that shall be right, 0.5..1; None decides always.
        max_pixels: How many pixels a picture may have, at least 1.

    Attributes:
        detector: Detects faces.
        model: Predicts attributes of aligned faces.
        device: The device that runs the networks.
        heads: The heads of the model whose estimates are shown.
        certainty: As the argument, as are ``min_score``, ``max_faces`` and ``max_pixels``.

    Raises:
        OptionError: An argument is out of its range.
        ModelError: The model cannot be used, or does not predict one of ``attributes``.
        DeviceError: The device cannot be used.

    Example:
        >>> from mien import Analyzer
        >>> from mien.assets import ASTRONAUT
        >>> [face.gender.label for face in Analyzer(certainty=0.9).analyze(ASTRONAUT)]
        ['female']
    """

    def __init__(
        self,
        model: str | Path = "default",
        *,
        detector: Detector | None = None,
        device: str = "auto",
        threads: int | None = None,
        min_score: float = MIN_SCORE,
        max_faces: int | None = None,
        attributes: Sequence[str] = (),
        certainty: float | None = DEFAULT_CERTAINTY,
        max_pixels: int = MAX_PIXELS,
    ) -> None:
        if not isinstance(model, str | Path):
            raise OptionError(f"model must be a name or a path; it is {model!r}")
        if detector is not None and not isinstance(detector, Detector):
            raise OptionError(f"detector must be a mien.Detector; it is {detector!r}")
        check_share("min_score", min_score, least=0)
        check_share("certainty", certainty, least=0.5, optional=True)
        check_count("max_pixels", max_pixels)
        check_count("threads", threads, optional=True)
        check_count("max_faces", max_faces, optional=True)
        attributes = _names(attributes)
        self._arguments: dict[str, Any] = {
            "model": model,
            "detector": detector,
            "device": device,
            "threads": threads,
            "min_score": min_score,
            "max_faces": max_faces,
            "attributes": attributes,
            "certainty": certainty,
            "max_pixels": max_pixels,
        }
        self.detector = detector or YuNet(threads, device)
        session = OnnxSession(find_model(model), threads, device)
        self.device = session.device
        self.model = AttributeModel(session)
        self.heads = self.model.shown_heads(attributes)
        self.certainty = certainty
        self.max_pixels = max_pixels
        self.min_score = min_score
        self.max_faces = max_faces

    def __getstate__(self) -> dict[str, Any]:
        return self._arguments

    def __setstate__(self, arguments: dict[str, Any]) -> None:
        self.__init__(**arguments)  # type: ignore[misc]

    def __repr__(self) -> str:
        return f"Analyzer({self.card.name!r}, device={self.device!r})"

    @property
    def card(self) -> Card:
        """The card of the model in use."""
        return self.model.card

    @property
    def notices(self) -> dict[str, str]:
        """Notices of the shown attributes, by the attribute's name."""
        return notices_of(self.heads)

    def showing(self, attributes: Sequence[str], certainty: float | None) -> Analyzer:
        """Returns an analyzer with the same networks that shows other estimates.

        Args:
            attributes: Replaces the analyzer's own.
            certainty: Replaces the analyzer's own.

        Raises:
            OptionError: ``certainty`` is out of its range.
            ModelError: The model does not predict one of ``attributes``.

        Example:
            >>> always = Analyzer().showing([], certainty=None)
            >>> always.analyze("photo.jpg")[0].gender.label
            'female'
        """
        check_share("certainty", certainty, least=0.5, optional=True)
        attributes = _names(attributes)
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, certainty=certainty)
        other.heads = self.model.shown_heads(attributes)
        other._arguments = self._arguments | {
            "attributes": attributes,
            "certainty": certainty,
        }
        return other

    def analyze(
        self,
        picture: PictureSource,
        *,
        detections: Sequence[Detection] | None = None,
        cropped: bool = False,
        colour: Colour = "rgb",
    ) -> list[Face]:
        """Detects and describes the faces of a picture.

        Args:
            picture: See :func:`mien.images.read_picture`.
            detections: Faces that another detector found, with or without landmarks; mien's own
                detector is asked if not given.
            cropped: Whether the picture shows one face and little else. The face is still detected
                and aligned if possible. If not, the whole picture is taken for it, and the answer's
                ``aligned`` is False.
            colour: Order of the channels of an array: ``"rgb"``, or ``"bgr"`` as OpenCV's.

        Returns:
            The faces, the largest first; in the order of ``detections`` if given.

        Raises:
            OptionError: One of ``detections`` has no extent, or a position that is no finite
                number.
            PictureError: The picture cannot be used.

        Example:
            >>> for face in Analyzer().analyze("photo.jpg"):
            ...     print(face.age.low < face.age.years < face.age.high, face.aligned)
            True True
        """
        pixels = read_picture(picture, self.max_pixels, colour=colour)
        if detections is None:
            detections = self.detect(pixels, cropped=cropped)
        return self.describe(pixels, detections)

    def detect(
        self,
        picture: PictureSource,
        *,
        cropped: bool = False,
        max_faces: int | None = None,
        colour: Colour = "rgb",
    ) -> list[Detection]:
        """Detects the faces of a picture, the first half of :meth:`analyze`.

        Args:
            picture: See :func:`mien.images.read_picture`.
            cropped: As in :meth:`analyze`.
            max_faces: Replaces the analyzer's own, at least 1.
            colour: Order of the channels of an array, as in :meth:`analyze`.

        Returns:
            The faces, the largest first.

        Raises:
            OptionError: ``max_faces`` is out of its range.
            PictureError: The picture cannot be used.

        Example:
            >>> analyzer = Analyzer()
            >>> analyzer.describe("photo.jpg", analyzer.detect("photo.jpg"))[0].age.years > 18
            True
        """
        check_count("max_faces", max_faces, optional=True)
        return select_faces(
            self.detector,
            read_picture(picture, self.max_pixels, colour=colour),
            cropped=cropped,
            min_score=self.min_score,
            max_faces=self.max_faces if max_faces is None else max_faces,
        )

    def describe(
        self,
        picture: PictureSource,
        detections: Sequence[Detection],
        *,
        colour: Colour = "rgb",
    ) -> list[Face]:
        """Describes detected faces, the second half of :meth:`analyze`.

        Args:
            picture: See :func:`mien.images.read_picture`.
            detections: Its faces, with or without landmarks.
            colour: Order of the channels of an array, as in :meth:`analyze`.

        Returns:
            A face for each detection, in the same order.

        Raises:
            OptionError: A detection has no extent, or a position that is no finite number.
            PictureError: The picture cannot be used.

        Example:
            >>> from mien import Box, Detection
            >>> mine = Detection(Box(180, 65, 90, 110))  # from another detector
            >>> [face.age.years > 18 for face in Analyzer().describe("photo.jpg", [mine])]
            [True]
        """
        return self.predict_faces(self.align(picture, detections, colour=colour))

    def align(
        self,
        picture: PictureSource,
        detections: Sequence[Detection],
        *,
        colour: Colour = "rgb",
    ) -> list[AlignedFace]:
        """Aligns detected faces as the model wants them.

        Args:
            picture: See :func:`mien.images.read_picture`.
            detections: Its faces, with or without landmarks.
            colour: Order of the channels of an array, as in :meth:`analyze`.

        Raises:
            OptionError: A detection has no extent, or a position that is no finite number.
            PictureError: The picture cannot be used.

        Example:
            >>> analyzer = Analyzer()
            >>> (aligned,) = analyzer.align("photo.jpg", analyzer.detect("photo.jpg"))
            >>> aligned.chip.shape
            (160, 160, 3)
        """
        check_detections(detections)
        pixels = read_picture(picture, self.max_pixels, colour=colour)
        return align_faces(self.detector, pixels, detections, self.card.size, self.card.template)

    def predict(self, aligned: Sequence[AlignedFace]) -> Prediction:
        """Predicts the attributes of aligned faces, all in one batch.

        Args:
            aligned: At least one, of any pictures.

        Example:
            >>> analyzer = Analyzer()
            >>> aligned = analyzer.align("photo.jpg", analyzer.detect("photo.jpg"))
            >>> analyzer.predict(aligned).probabilities["age"].shape
            (1, 101)
        """
        return self.model.predict(
            np.stack([face.chip for face in aligned]), np.stack([face.view for face in aligned])
        )

    def estimates(self, prediction: Prediction) -> list[dict[str, Estimate]]:
        """Turns a prediction into the estimates that are shown.

        Args:
            prediction: Prediction for n faces, from :meth:`predict`.

        Returns:
            For each face its estimates by the name of the attribute.
        """
        return self.model.estimates(prediction.probabilities, self.heads, self.certainty)

    def with_novelty(
        self, aligned: Sequence[AlignedFace], prediction: Prediction
    ) -> list[AlignedFace]:
        """Returns aligned faces whose quality also says how unusual they are.

        Args:
            aligned: The faces.
            prediction: Their prediction.
        """
        if prediction.novelty is None:
            return list(aligned)
        return [
            replace(face, quality=replace(face.quality, novelty=float(novelty)))
            for face, novelty in zip(aligned, prediction.novelty, strict=True)
        ]

    def predict_faces(self, aligned: Sequence[AlignedFace]) -> list[Face]:
        """Describes aligned faces, all in one batch.

        Args:
            aligned: Aligned faces of any pictures.

        Returns:
            A face for each.

        Example:
            >>> analyzer = Analyzer()
            >>> aligned = analyzer.align("photo.jpg", analyzer.detect("photo.jpg"))
            >>> len(analyzer.predict_faces(aligned))
            1
        """
        if not aligned:
            return []
        prediction = self.predict(aligned)
        return [
            Face(
                estimates=estimates,
                box=face.detection.box,
                landmarks=face.detection.landmarks,
                score=face.detection.score,
                aligned=face.detection.landmarks is not None,
                quality=face.quality,
            )
            for face, estimates in zip(
                self.with_novelty(aligned, prediction), self.estimates(prediction), strict=True
            )
        ]


def _names(attributes: Sequence[str]) -> tuple[str, ...]:
    return (attributes,) if isinstance(attributes, str) else tuple(attributes)
