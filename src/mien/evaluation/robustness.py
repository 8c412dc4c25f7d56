"""How a model bears poor views: the same faces on every step of a ladder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from mien.analyzer import Analyzer
from mien.datasets.ladder import LADDER, Change
from mien.datasets.sets import LabelledSet
from mien.evaluation.overview import Figures, set_figures
from mien.evaluation.predict import predict
from mien.evaluation.predictions import Predictions, concatenated
from mien.images import Picture, read_picture

PLAIN = "as they are"
"""Name of the pictures that nothing was done to."""


def climb(
    analyzer: Analyzer,
    sets: Sequence[LabelledSet],
    split: str | None,
    count: int,
    progress: Callable[[], None] = lambda: None,
) -> dict[str, Figures]:
    """Measures a model on pictures as they are and on each step of the ladder.

    Args:
        analyzer: The model.
        sets: Data sets.
        split: Which split of them; None for all pictures.
        count: How many pictures of each set, taken evenly.
        progress: Called after each step.

    Returns:
        The figures over all sets by the step's name, see
        :func:`mien.evaluation.overview.set_figures`.
    """
    figures = {PLAIN: set_figures(_predict(analyzer, sets, split, count, None))}
    progress()
    for step in LADDER:
        figures[step.name] = set_figures(_predict(analyzer, sets, split, count, step.change))
        progress()
    return figures


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
        if change is None:
            return picture
        (detection,) = analyzer.detect(picture, cropped=True)
        if detection.landmarks is None:
            return picture
        return change(picture, detection.landmarks, random)

    parts = []
    for one in sets:
        records = one.split(split)
        picked = np.linspace(0, len(records) - 1, min(count, len(records))).astype(int)
        chosen = [records[i] for i in picked]
        parts.append(predict(analyzer, one.pictures, chosen, change=changed))
    return concatenated(parts)
