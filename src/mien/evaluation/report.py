"""The report: every key figure overall and for each group of people, from predictions alone.

A figure whose labels are missing is left out, so a reader looks for a key before using it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from mien.ages import AGE_GROUP_NAMES
from mien.datasets.records import ETHNICITIES
from mien.evaluation import metrics
from mien.evaluation.predictions import Predictions
from mien.results import UNDETERMINED

Figures = dict[str, Any]
"""Figures by name, as they are written to JSON."""

GENDERS = ("male", "female")
"""Names of the two labels, in the order of ``Predictions.female_truth``."""

AGE_SPANS = {"0-9": (0, 9), "10+": (10, math.inf), "60+": (60, math.inf)}
"""Ages at which a gender presentation is hard to see, the others, and those at which an age is."""

LEAST_CELL = 40
"""A cell of fewer pictures is left out: its figures would be chance."""


def evaluate(predictions: Predictions) -> Figures:
    """Measures predictions against their labels.

    Returns:
        A dictionary of plain numbers, texts, lists and dictionaries:

        - ``overall``: the key figures, see :func:`key_figures`.
        - ``age_groups``: see :func:`age_group_scores`; left out if no age group is known.
        - ``gender``: see :func:`gender_scores`; left out if no gender is known.
        - ``by``: the key figures for each value of ``age_span``, ``age_group``, ``gender`` and
          ``ethnicity`` that occurs among the labels.
        - ``cells``: a list of key figures with the ``age_group``, ``gender`` and ``ethnicity`` that
          they are of, for each combination of at least :data:`LEAST_CELL` pictures.
        - ``worst``: the cells with the least ``gender_accuracy`` and the greatest ``mae``, by these
          names; one is left out if no cell has the figure.
    """
    report: Figures = {"overall": key_figures(predictions)}
    if (predictions.age_group_truth >= 0).any():
        report["age_groups"] = age_group_scores(predictions)
    if (predictions.female_truth >= 0).any():
        report["gender"] = gender_scores(predictions)
    report["by"] = {
        attribute: {name: key_figures(predictions.select(mask)) for name, mask in parts.items()}
        for attribute, parts in _parts(predictions).items()
    }
    report["cells"] = list(_cells(predictions))
    report["worst"] = _worst(report["cells"])
    return report


def key_figures(predictions: Predictions) -> Figures:
    """Returns the figures that are told of every part of the pictures.

    Returns:
        - ``pictures`` and ``not_found``, the pictures where no face was found.
        - Of exact ages, counted in ``exact_ages``: ``mae`` and ``bias`` in years, ``within_5`` (of
          years as they are shown, whole), and ``interval_coverage``.
        - Of known age groups, counted in ``known_age_groups``: ``age_group_accuracy`` and
          ``within_one_age_group``.
        - Of known genders, counted in ``known_genders``: ``gender_accuracy`` of the more probable
          label, ``gender_roc_auc``, ``gender_ece``, ``undetermined``, and ``decided_accuracy``, of
          those that are not undetermined.
    """
    figures: Figures = {
        "pictures": len(predictions),
        "not_found": int((~predictions.found).sum()),
        "exact_ages": int(predictions.exact.sum()),
        "known_age_groups": int((predictions.age_group_truth >= 0).sum()),
        "known_genders": int((predictions.female_truth >= 0).sum()),
    }
    figures |= _age_figures(predictions.select(predictions.exact))
    figures |= _age_group_figures(predictions.select(predictions.age_group_truth >= 0))
    if "gender" in predictions.labels:
        figures |= _gender_figures(predictions.select(predictions.female_truth >= 0))
    return {name: value for name, value in figures.items() if not math.isnan(value)}


def age_group_scores(predictions: Predictions) -> Figures:
    """Returns how well each age group is recognised, of the pictures whose group is known.

    Returns:
        ``names``, ``confusion`` (counts, rows the truth), ``per_class`` (by name: ``precision``,
        ``recall``, ``f1``, ``pictures``), ``macro`` and ``weighted`` (``precision``, ``recall``,
        ``f1``).
    """
    known = predictions.select(predictions.age_group_truth >= 0)
    return _class_scores(known.age_group, known.age_group_truth, AGE_GROUP_NAMES)


def gender_scores(predictions: Predictions) -> Figures:
    """Returns how well each label is recognised, of the pictures whose gender is known.

    The answer is the more probable label, also where it is undetermined.

    Returns:
        As :func:`age_group_scores`, and the ``brier`` score.
    """
    known = predictions.select(predictions.female_truth >= 0)
    truth = known.female_truth
    scores = _class_scores((known.female >= 0.5).astype(np.int64), truth, GENDERS)
    return scores | {"brier": metrics.brier(known.female, truth)}


def _age_figures(exact: Predictions) -> dict[str, float]:
    truth = exact.age_low
    return {
        "mae": metrics.mean_absolute_error(exact.years, truth),
        "bias": metrics.mean_error(exact.years, truth),
        "within_5": metrics.cumulative_score(np.rint(exact.years), truth, 5),
        "interval_coverage": metrics.interval_coverage(exact.low, exact.high, truth),
    }


def _age_group_figures(known: Predictions) -> dict[str, float]:
    answer, truth = known.age_group, known.age_group_truth
    return {
        "age_group_accuracy": metrics.accuracy(answer, truth),
        "within_one_age_group": metrics.cumulative_score(answer, truth, 1),
    }


def _gender_figures(known: Predictions) -> dict[str, float]:
    truth = known.female_truth
    correct = (known.female >= 0.5) == truth
    confidence = np.maximum(known.female, 1 - known.female)
    decided = known.gender != UNDETERMINED
    return {
        "gender_accuracy": metrics.accuracy(known.female >= 0.5, truth),
        "gender_roc_auc": metrics.roc_auc(known.female, truth),
        "gender_ece": metrics.expected_calibration_error(confidence, correct),
        "undetermined": metrics.accuracy(known.gender, np.array(UNDETERMINED)),
        "decided_accuracy": metrics.accuracy(known.gender[decided] == "female", truth[decided]),
    }


def _class_scores(
    answer: metrics.Positions, truth: metrics.Positions, names: tuple[str, ...]
) -> Figures:
    confusion = metrics.confusion_matrix(answer, truth, len(names))
    scores = metrics.precision_recall_f1(confusion)
    columns = (scores.precision, scores.recall, scores.f1, scores.support)
    keys = ("precision", "recall", "f1", "pictures")
    return {
        "names": list(names),
        "confusion": confusion.tolist(),
        "per_class": {
            name: dict(zip(keys, values, strict=True))
            for name, *values in zip(names, *(column.tolist() for column in columns), strict=True)
        },
        "macro": scores.macro._asdict(),
        "weighted": scores.weighted._asdict(),
    }


def _parts(predictions: Predictions) -> dict[str, dict[str, metrics.Bools]]:
    """Returns which pictures each value of each attribute has, without values that none has."""
    low, high = predictions.age_low, predictions.age_high
    group, female, ethnicity = (
        predictions.age_group_truth,
        predictions.female_truth,
        predictions.ethnicity,
    )
    masks = {
        "age_span": {n: (low >= least) & (high <= most) for n, (least, most) in AGE_SPANS.items()},
        "age_group": {name: group == i for i, name in enumerate(AGE_GROUP_NAMES)},
        "gender": {name: female == i for i, name in enumerate(GENDERS)},
        "ethnicity": {name: ethnicity == name for name in ETHNICITIES},
    }
    return {
        attribute: {name: mask for name, mask in parts.items() if mask.any()}
        for attribute, parts in masks.items()
    }


def _cells(predictions: Predictions) -> Iterator[Figures]:
    parts = _parts(predictions)
    for age_group, in_group in parts["age_group"].items():
        for gender, of_gender in parts["gender"].items():
            for ethnicity, of_ethnicity in parts["ethnicity"].items():
                cell = in_group & of_gender & of_ethnicity
                if cell.sum() >= LEAST_CELL:
                    names = {"age_group": age_group, "gender": gender, "ethnicity": ethnicity}
                    yield names | key_figures(predictions.select(cell))


def _worst(cells: list[Figures]) -> Figures:
    worst = {}
    if cells:
        worst["gender_accuracy"] = min(cells, key=lambda cell: float(cell["gender_accuracy"]))
    # Brackets have no error in years, so a cell may hold fewer exact ages than pictures.
    if measured := [cell for cell in cells if cell["exact_ages"] >= LEAST_CELL]:
        worst["mae"] = max(measured, key=lambda cell: float(cell["mae"]))
    return worst
