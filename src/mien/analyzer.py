"""From a picture to its faces: the one facade that everything else calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mien.assets import find_model
from mien.attributes.card import Card
from mien.attributes.model import AttributeModel
from mien.faces import MIN_SCORE, MIN_SCORE_CROPPED, central_face, load_detector
from mien.faces.align import Chip, align, whole
from mien.faces.quality import measure_quality
from mien.images import MAX_PIXELS, Picture, PictureSource, read_picture
from mien.results import Box, Detection, Face
from mien.runtime.onnx import OnnxSession


@dataclass(frozen=True, slots=True)
class Cutout:
    """A face that was found and cut out, and waits for the attribute model.

    Attributes:
        detection: Where it was found; None if the whole picture was taken for one.
        box: Where it is, in pixels of the upright picture.
        chip: RGB, uint8, size x size x 3.
    """

    detection: Detection | None
    box: Box
    chip: Chip


class Analyzer:
    """Finds the faces of pictures and says how they look.

    Safe to share between threads.

    Args:
        model: Name of a bundled model, or the path of one that ``mien export`` wrote.
        threads: How many threads one picture may use; None leaves it to the runtime.
        min_score: Detections less certain than this are dropped, 0..1.
        max_faces: How many faces of a picture are judged, the largest first; None for all.
        ethnicity: Whether to add the apparent ethnicity where the model has it. Its use is
            restricted by law in places.
        max_pixels: How many pixels a picture may have.

    Attributes:
        detector: Finds faces.
        model: Judges chips.

    Raises:
        ModelError: The model cannot be used.
    """

    def __init__(
        self,
        model: str | Path = "default",
        *,
        threads: int | None = None,
        min_score: float = MIN_SCORE,
        max_faces: int | None = None,
        ethnicity: bool = False,
        max_pixels: int = MAX_PIXELS,
    ) -> None:
        self.detector = load_detector(threads, min_score)
        self.model = AttributeModel(OnnxSession(find_model(model), threads))
        self._max_faces = max_faces
        self._ethnicity = ethnicity
        self._max_pixels = max_pixels

    @property
    def card(self) -> Card:
        """The card of the model in use."""
        return self.model.card

    def analyze(self, picture: PictureSource, *, cropped: bool = False) -> list[Face]:
        """Judges the faces of a picture.

        Args:
            picture: A path, the bytes of a file, or an RGB array (uint8, height x width x 3).
            cropped: Whether the picture shows one face and little else. The face is then still
                detected and aligned if it can be; if not, the whole picture is taken for it and
                the answer's ``aligned`` is False.

        Returns:
            The faces, the largest first.

        Raises:
            PictureError: The picture cannot be used.
        """
        return self.analyze_batch([picture], cropped=cropped)[0]

    def analyze_batch(
        self, pictures: Sequence[PictureSource], *, cropped: bool = False
    ) -> list[list[Face]]:
        """Judges the faces of several pictures, all of them in one batch.

        Args:
            pictures: As in :meth:`analyze`.
            cropped: As in :meth:`analyze`.

        Returns:
            The faces of each picture.

        Raises:
            PictureError: One of the pictures cannot be used.
        """
        found = [
            self.find(read_picture(picture, self._max_pixels), cropped=cropped)
            for picture in pictures
        ]
        faces = iter(self.judge([cutout for cutouts in found for cutout in cutouts]))
        return [[next(faces) for _ in cutouts] for cutouts in found]

    def find(
        self, picture: Picture, *, cropped: bool = False, max_faces: int | None = None
    ) -> list[Cutout]:
        """Does the first half of :meth:`analyze`: finds the faces and cuts them out.

        Args:
            picture: RGB, uint8, height x width x 3.
            cropped: As in :meth:`analyze`.
            max_faces: How many are cut out, the largest first; as many as the analyzer judges of a
                picture if not given.

        Returns:
            The faces, the largest first.
        """
        height, width = picture.shape[:2]
        size, template = self.card.size, self.card.template
        if cropped:
            detections = self.detector.detect(picture, MIN_SCORE_CROPPED)
            if not detections:
                box = Box(0.0, 0.0, float(width), float(height))
                return [Cutout(None, box, whole(picture, size))]
            detections = [central_face(detections, width, height)]
        else:
            most = self._max_faces if max_faces is None else max_faces
            detections = self.detector.detect(picture)[:most]
        return [
            Cutout(face, face.box, align(picture, face.landmarks, size, template))
            for face in detections
        ]

    def judge(self, cutouts: Sequence[Cutout]) -> list[Face]:
        """Does the second half of :meth:`analyze`: says how faces look, all in one batch.

        Args:
            cutouts: Of any pictures.

        Returns:
            A face for each.
        """
        if not cutouts:
            return []
        answers = self.model.predict(np.stack([cutout.chip for cutout in cutouts]))
        ages = self.model.age_estimates(answers.age)
        genders = self.model.gender_estimates(answers.female)
        faces = []
        for i, cutout in enumerate(cutouts):
            detection = cutout.detection
            landmarks = None if detection is None else detection.landmarks
            ethnicity = None
            if self._ethnicity and answers.ethnicity is not None:
                labels = self.card.ethnicities
                ethnicity = {k: float(p) for k, p in zip(labels, answers.ethnicity[i], strict=True)}
            faces.append(
                Face(
                    box=cutout.box,
                    score=0.0 if detection is None else detection.score,
                    landmarks=landmarks,
                    aligned=detection is not None,
                    quality=measure_quality(cutout.chip, cutout.box, landmarks),
                    age=ages[i],
                    gender=genders[i],
                    ethnicity=ethnicity,
                )
            )
        return faces
