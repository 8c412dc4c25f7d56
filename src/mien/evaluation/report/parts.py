"""The parts of a set whose figures are compared: bands of age, genders, ethnicities, views."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mien.ages import AGE_GROUP_NAMES
from mien.datasets.records import ETHNICITIES
from mien.evaluation.answers import GENDERS
from mien.evaluation.predictions import Bools, Predictions

AGE_BANDS = {
    "0-2": (0, 2),
    "3-6": (3, 6),
    "7-9": (7, 9),
    "10-12": (10, 12),
    "13-15": (13, 15),
    "16-17": (16, 17),
    "18-20": (18, 20),
    "21-24": (21, 24),
    "25-29": (25, 29),
    "30-39": (30, 39),
    "40-49": (40, 49),
    "50-59": (50, 59),
    "60-69": (60, 69),
    "70+": (70, math.inf),
}
"""Bands of ages in years, inclusive; a label of 17.8 years is in the band 16-17."""

AGE_SPANS = {"0-9": (0, 9), "10+": (10, math.inf), "13-17": (13, 17), "60+": (60, math.inf)}
"""Spans of ages in years, inclusive; they overlap.

The gender presentation is hard to predict below 10 years. The age is hard to predict from 13 to 17
and from 60 years on.
"""

LEAST = 40
"""Minimum number of pictures of a part that is tested or named. Fewer would be random."""

_EYE_DISTANCES = (0, 12, 24, 48, 96, math.inf)  # pixels
_QUALITIES = (0, 0.2, 0.4, 0.6, 0.8, math.inf)  # of sharpness and frontality, 0..1

Parts = dict[str, dict[str, Bools]]


def parts(predictions: Predictions) -> Parts:
    """Returns the pictures of each part as masks, bool, (n,).

    Returns:
        By the attribute (``age_band``, ``age_span``, ``age_group``, ``gender``, ``ethnicity``,
        ``eye_distance``, ``sharpness``, ``frontality``) and the name of the part. A part without
        pictures is left out.
    """
    group, gender, ethnicity = (
        predictions.age_group_truth,
        predictions.gender,
        predictions.ethnicity,
    )
    masks = {
        "age_band": {name: in_years(predictions, *ends) for name, ends in AGE_BANDS.items()},
        "age_span": {name: in_years(predictions, *ends) for name, ends in AGE_SPANS.items()},
        "age_group": {name: group == i for i, name in enumerate(AGE_GROUP_NAMES)},
        "gender": {name: gender == name for name in GENDERS},
        "ethnicity": {name: ethnicity == name for name in ETHNICITIES},
        "eye_distance": dict(_between(predictions.eye_distance, _EYE_DISTANCES)),
        "sharpness": dict(_between(predictions.sharpness, _QUALITIES)),
        "frontality": dict(_between(predictions.frontality, _QUALITIES)),
    }
    return {
        attribute: {name: mask for name, mask in named.items() if mask.any()}
        for attribute, named in masks.items()
    }


def in_years(predictions: Predictions, low: float, high: float) -> Bools:
    """Returns whether each label is from ``low`` to ``high`` years, inclusive, bool, (n,).

    Args:
        predictions: The predictions.
        low: Whole number of years.
        high: Whole number of years; a label of 17.8 years is 17.
    """
    return np.asarray((predictions.age_low >= low) & (predictions.age_high < high + 1))


def banding(predictions: Predictions) -> str:
    """Returns the attribute that divides the ages: ``age_band``, or ``age_group`` for brackets.

    Many brackets are wider than the bands. The groups are used if no label is an exact age.
    """
    return "age_band" if predictions.exact.any() else "age_group"


def _between(values: NDArray[np.float32], edges: tuple[float, ...]) -> Iterator[tuple[str, Bools]]:
    for low, high in pairwise(edges):
        name = f"{low:g}+" if high == math.inf else f"{low:g}-{high:g}"
        yield name, np.asarray((values >= low) & (values < high))
