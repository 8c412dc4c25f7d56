"""Faces and backgrounds of test videos."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from skimage import data

from benchmarks.video.synthesis import Pixels, Portrait
from mien.datasets.readers import read_utkface, with_splits
from mien.faces import MIN_SCORE_CROPPED, Detector, central_face
from mien.images import read_picture


def backgrounds() -> list[Pixels]:
    """Returns photographs without people from scikit-image."""
    return [data.coffee(), data.stereo_motorcycle()[0], data.rocket()[:, :400]]


def astronaut_portrait(detector: Detector) -> Portrait:
    """Returns the astronaut's face; its age label is her apparent age."""
    picture = np.ascontiguousarray(data.astronaut()[0:230, 110:340])
    return _portrait(detector, picture, 30, True)


def utkface_portraits(
    detector: Detector,
    folder: Path,
    splits: Path,
    count: int,
    split: str = "test",
    seed: int = 0,
) -> list[Portrait]:
    """Returns faces of UTKFace, of people who are at least three years old.

    Args:
        detector: Detector for the box of each face.
        folder: Folder of UTKFace's pictures.
        splits: CSV file with the column ``split``.
        count: Number of faces.
        split: Name of the split.
        seed: Seed of the choice.
    """
    records = with_splits(read_utkface(folder), splits).records
    usable = [r for r in records if r.split == split and r.age_low >= 3 and r.gender]
    order = np.random.default_rng(seed).permutation(len(usable))
    portraits: list[Portrait] = []
    for index in order:
        record = usable[index]
        picture = read_picture(folder / record.path)
        if min(picture.shape[:2]) < 200:
            continue
        portrait = _portrait(detector, picture, record.age_low, record.gender == "female")
        if portrait is not None:
            portraits.append(portrait)
        if len(portraits) == count:
            return portraits
    raise SystemExit(f"'{folder}' has only {len(portraits)} faces that can be used")


def _portrait(detector: Detector, picture: Pixels, age: float, female: bool) -> Portrait | None:
    side = min(picture.shape[:2])
    picture = np.ascontiguousarray(picture[:side, :side])
    faces = detector.detect(picture, MIN_SCORE_CROPPED)
    if not faces:
        return None
    box = central_face(faces, side, side).box
    return Portrait(picture, (box.x, box.y, box.width, box.height), age, female)
