"""Figures of the apparent age: its error by age, and the curve of the errors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from mien.datasets.records import MAX_AGE
from mien.evaluation.answers import GENDERS
from mien.evaluation.intervals import Figure, mean, mean_of_means, share
from mien.evaluation.predictions import Predictions
from mien.evaluation.report.key_figures import Figures

NIST_AGES = range(18, 31)
"""Ages in years over which NIST's FATE AEV averages the mean absolute error."""

_LAST_DECADE = 8  # 80 years or more
_CURVE = 20  # years
_SQUARE = 2  # years


def age_report(predictions: Predictions) -> Figures:
    """Returns the figures of the exact ages.

    Returns:
        - ``macro_decades``: the mean of the mean absolute errors of the decades 0-9, 10-19, ...,
          80+; and ``decades``, their number.
        - ``macro_18_30``: the mean of the mean absolute errors of each age from 18 to 30 and each
          gender, and ``cells``, the number of these that have pictures, of 26. The same with
          ``macro_18_30_female`` and ``macro_18_30_male``, of 13.
        - ``by_year``: for each labelled age in whole years ``age``, ``mae`` and ``bias``.
        - ``cumulative``: ``years``, 0 to 20, and ``share``, the share of ages in whole years with
          at most this error, with the ends of its interval, ``low`` and ``high``.
        - ``histogram``: squares of two by two years as triples of the labelled age, the apparent
          age (the lower ends), and the number of pictures. Ages above 100 are counted at 100.

        Of a decade, or an age and a gender, at least two pictures are needed. Without exact ages
        the result is empty.
    """
    exact = predictions.select(predictions.exact & predictions.answered)
    if not len(exact):
        return {}
    error, year = exact.error, np.floor(exact.age_low).astype(np.int64)
    absolute = np.abs(error)
    figures: Figures = {}
    decade = np.minimum(year // 10, _LAST_DECADE)
    figures |= _macro(
        "macro_decades", "decades", absolute, [decade == d for d in np.unique(decade)]
    )
    for name, genders in (("", GENDERS), *((f"_{gender}", (gender,)) for gender in GENDERS)):
        of_gender = [exact.gender == gender for gender in genders]
        masks = [mask & (year == age) for age in NIST_AGES for mask in of_gender]
        figures |= _macro(f"macro_18_30{name}", f"cells{name}", absolute, masks)
    figures["by_year"] = [
        {"age": int(age), "mae": mean(absolute[year == age]), "bias": mean(error[year == age])}
        for age in np.unique(year)
    ]
    whole = np.abs(np.rint(exact.years) - exact.age_low)
    within = [share(whole <= years) for years in range(_CURVE + 1)]
    figures["cumulative"] = {
        "years": list(range(_CURVE + 1)),
        "share": [figure["value"] for figure in within],
        "low": [figure["low"] for figure in within],
        "high": [figure["high"] for figure in within],
    }
    figures["histogram"] = _histogram(exact.age_low, exact.years)
    return figures


def _macro(
    name: str, count: str, absolute: NDArray[np.float64], masks: Sequence[NDArray[np.bool_]]
) -> dict[str, Figure | int]:
    measured = [absolute[mask] for mask in masks if mask.sum() > 1]
    return {name: mean_of_means(measured), count: len(measured)} if measured else {}


def _histogram(truth: Iterable[float], years: Iterable[float]) -> list[list[int]]:
    squares = np.stack([np.asarray(truth), np.asarray(years)]).clip(0, MAX_AGE) // _SQUARE
    found, counts = np.unique(squares.astype(np.int64), axis=1, return_counts=True)
    return [
        [int(x) * _SQUARE, int(y) * _SQUARE, int(count)]
        for x, y, count in zip(*found, counts, strict=True)
    ]
