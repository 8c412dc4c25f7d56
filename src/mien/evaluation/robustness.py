"""Robustness: the figures of a model on the ladder of poor views."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np

from mien.analyzer import Analyzer
from mien.assets import ASTRONAUT
from mien.datasets.ladder import LADDER, Change
from mien.datasets.sets import LabelledSet
from mien.evaluation.predict import predict
from mien.evaluation.predictions import Predictions, concatenated
from mien.evaluation.report.key_figures import Figures, key_figures
from mien.images import Picture, read_picture

_THUMBNAIL = 144  # pixels

PLAIN = "as it is"
"""Name of the pictures that are not degraded."""


def ladder_figures(
    analyzer: Analyzer,
    sets: Sequence[LabelledSet],
    split: str | None,
    count: int,
    progress: Callable[[], None] = lambda: None,
) -> dict[str, Figures]:
    """Measures a model on pictures as they are, and on each step of the ladder.

    Args:
        analyzer: Analyzer whose model predicts the age.
        sets: Data sets, at least one.
        split: Name of a split of each set; None for all pictures.
        count: Maximum number of pictures of each set, at least 1, picked at equal distances.
        progress: Function that is called after each step.

    Returns:
        The key figures of all sets together by the name of the step, see
        :func:`mien.evaluation.report.key_figures.key_figures`.

    Raises:
        DataError: A set has no picture in the split, or a picture cannot be read.
    """
    figures = {PLAIN: key_figures(_predict(analyzer, sets, split, count, None))}
    progress()
    for step in LADDER:
        figures[step.name] = key_figures(_predict(analyzer, sets, split, count, step.change))
        progress()
    return figures


def sample_on_ladder(analyzer: Analyzer) -> dict[str, bytes]:
    """Returns small pictures of the bundled sample's face on the ladder, as JPEG.

    Args:
        analyzer: Analyzer that finds the face.

    Returns:
        The contents of the files by the name of the step; first the face as it is.
    """
    picture = read_picture(ASTRONAUT)
    box = analyzer.detect(picture)[0].box
    x, y = box.center
    half = 0.9 * max(box.width, box.height)
    left, top = (max(0, round(centre - half)) for centre in (x, y))
    face = np.ascontiguousarray(picture[top : round(y + half), left : round(x + half)])
    changed = {PLAIN: face}
    for step in LADDER:
        changed[step.name] = _changed(analyzer, face, step.change, np.random.default_rng(0))
    return {name: _thumbnail(picture) for name, picture in changed.items()}


def _thumbnail(picture: Picture) -> bytes:
    """Returns a picture with a side of 144 pixels as JPEG; a small one keeps its pixels visible."""
    from PIL import Image

    file = BytesIO()
    grid = Image.Resampling.NEAREST if len(picture) < _THUMBNAIL else Image.Resampling.LANCZOS
    small = Image.fromarray(picture).resize((_THUMBNAIL, _THUMBNAIL), grid)
    small.save(file, "JPEG", quality=80)
    return file.getvalue()


def _predict(
    analyzer: Analyzer,
    sets: Sequence[LabelledSet],
    split: str | None,
    count: int,
    change: Change | None,
) -> Predictions:
    random = np.random.default_rng(0)

    def changed(path: Path) -> Picture:
        picture = read_picture(path, analyzer.max_pixels)
        return picture if change is None else _changed(analyzer, picture, change, random)

    parts = []
    for one in sets:
        records = one.split(split)
        picked = np.linspace(0, len(records) - 1, min(count, len(records))).astype(int)
        chosen = [records[i] for i in picked]
        parts.append(predict(analyzer, one.pictures, chosen, change=changed))
    return concatenated(parts)


def _changed(
    analyzer: Analyzer, picture: Picture, change: Change, random: np.random.Generator
) -> Picture:
    """Returns a degraded picture; without landmarks it is not changed."""
    (detection,) = analyzer.detect(picture, cropped=True)
    if detection.landmarks is None:
        return picture
    return change(picture, detection.landmarks, random)
