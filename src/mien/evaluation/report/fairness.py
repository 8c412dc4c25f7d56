"""Figures of fairness: the cells of age, gender and ethnicity, and the gaps between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mien.evaluation.intervals import Figure, difference, ratio
from mien.evaluation.predictions import Predictions
from mien.evaluation.report.calibration import INTERVAL
from mien.evaluation.report.key_figures import Figures, key_figures
from mien.evaluation.report.parts import LEAST, banding, parts

MEASURES = ("mae", "bias", "gender_accuracy", "gender_decided", "interval_coverage")
"""Figures whose gaps are reported."""

_SHOWN = ("pictures", "mae", "bias", "within_5", *MEASURES[2:])


def fairness_report(predictions: Predictions) -> Figures:
    """Returns the figures of each group of people and the gaps between the groups.

    Returns:
        - ``banding``: the attribute that divides the ages, ``age_band`` or ``age_group``.
        - ``cells``: for each combination of age, ``gender`` and ``ethnicity`` with pictures their
          names and key figures.
        - ``in_cells``: number of pictures in the cells with at least :data:`LEAST` pictures; the
          others lack a label or are in smaller cells.
        - ``gaps``: for ``cells``, the banding, ``gender`` and ``ethnicity`` the gap of each of
          :data:`MEASURES`: ``highest`` and ``lowest`` (``names`` and ``figure``), ``difference``
          and, except for the bias, ``ratio`` of the lowest to the highest. Groups with fewer than
          :data:`LEAST` pictures are left out. The intervals of differences and ratios do not count
          that the extreme groups were chosen by their figures.
        - ``worst``: for each measure the cell that is worst: the highest ``mae``, the bias farthest
          from 0, the lowest ``gender_accuracy`` and ``gender_decided``, and the coverage farthest
          from 80 %, as ``names`` and ``figure``.
    """
    age = banding(predictions)
    attributes = (age, "gender", "ethnicity")
    divided = parts(predictions)
    cells = list(_cells(predictions, attributes))
    groups = {"cells": [(_names(cell, attributes), cell) for cell in cells]}
    for attribute in attributes:
        groups[attribute] = [
            ({attribute: name}, key_figures(predictions.select(mask)))
            for name, mask in divided[attribute].items()
        ]
    return {
        "banding": age,
        "cells": cells,
        "in_cells": sum(cell["pictures"] for cell in cells if cell["pictures"] >= LEAST),
        "gaps": {name: _gaps(members) for name, members in groups.items()},
        "worst": _worst(groups["cells"]),
    }


_Group = tuple[dict[str, str], Figures]
_Measured = tuple[dict[str, str], Figure]


def _cells(predictions: Predictions, attributes: tuple[str, ...]) -> Iterator[Figures]:
    divided = parts(predictions)
    first, second, third = attributes
    for a, of_a in divided[first].items():
        for b, of_b in divided[second].items():
            for c, of_c in divided[third].items():
                mask = of_a & of_b & of_c
                if mask.any():
                    figures = key_figures(predictions.select(mask))
                    shown = {name: figures[name] for name in _SHOWN if name in figures}
                    yield {first: a, second: b, third: c} | shown


def _names(cell: Figures, attributes: tuple[str, ...]) -> dict[str, str]:
    return {attribute: cell[attribute] for attribute in attributes}


def _measured(groups: list[_Group], measure: str) -> list[_Measured]:
    return [
        (names, figures[measure])
        for names, figures in groups
        if measure in figures and figures[measure]["n"] >= LEAST
    ]


def _gaps(groups: list[_Group]) -> Figures:
    gaps = {}
    for measure in MEASURES:
        measured = _measured(groups, measure)
        if len(measured) < 2:
            continue
        highest = max(measured, key=lambda group: group[1]["value"])
        lowest = min(measured, key=lambda group: group[1]["value"])
        gaps[measure] = {
            "highest": _named(highest),
            "lowest": _named(lowest),
            "difference": difference(highest[1], lowest[1]),
        }
        if measure != "bias" and highest[1]["value"] > 0:
            gaps[measure]["ratio"] = ratio(lowest[1], highest[1])
    return gaps


def _worst(groups: list[_Group]) -> Figures:
    distances: dict[str, Callable[[float], float]] = {
        "mae": lambda value: value,
        "bias": abs,
        "gender_accuracy": lambda value: -value,
        "gender_decided": lambda value: -value,
        "interval_coverage": lambda value: abs(value - INTERVAL),
    }
    return {
        measure: _named(_farthest(measured, distance))
        for measure, distance in distances.items()
        if (measured := _measured(groups, measure))
    }


def _farthest(measured: list[_Measured], distance: Callable[[float], float]) -> _Measured:
    return max(measured, key=lambda group: distance(group[1]["value"]))


def _named(group: _Measured) -> Figures:
    names, figure = group
    return {"names": names, "figure": figure}
