"""The whole report of a system: what ``metrics.json`` holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mien.evaluation.predictions import Predictions, concatenated
from mien.evaluation.report.ages import age_report
from mien.evaluation.report.calibration import calibration_report
from mien.evaluation.report.fairness import fairness_report
from mien.evaluation.report.key_figures import Figures, key_figures
from mien.evaluation.report.labels import label_report
from mien.evaluation.report.parts import parts
from mien.evaluation.report.spread import spread_report
from mien.evaluation.report.thresholds import threshold_report

SCHEMA = 2
"""Version of the structure of a report."""


def whole_report(sets: Mapping[str, Predictions], about: Mapping[str, Any]) -> Figures:
    """Returns the report of a system on one or several sets.

    Args:
        sets: Predictions by the name of the set, at least one.
        about: What is reported: ``system``, its name; ``sha256`` of its model, or None; ``split``,
            or None for all pictures.

    Returns:
        ``schema``, see :data:`SCHEMA`; ``about``; ``sets``, the figures of each set by its name;
        ``pooled``, those of all pictures together. See :func:`set_report`.
    """
    reports = {name: set_report(predictions) for name, predictions in sets.items()}
    pooled = (
        next(iter(reports.values()))
        if len(reports) == 1
        else set_report(concatenated(list(sets.values())))
    )
    return {"schema": SCHEMA, "about": dict(about), "sets": reports, "pooled": pooled}


def set_report(predictions: Predictions) -> Figures:
    """Returns the figures of one set.

    Returns:
        ``summary``, the key figures, see
        :func:`mien.evaluation.report.key_figures.key_figures`; ``by``, the key figures of each
        part, see :func:`mien.evaluation.report.parts.parts`; ``age``, ``labels``, ``calibration``,
        ``fairness``, ``spread`` and ``thresholds``, see the modules of these names.
    """
    return {
        "summary": key_figures(predictions),
        "by": {
            attribute: {name: key_figures(predictions.select(mask)) for name, mask in named.items()}
            for attribute, named in parts(predictions).items()
        },
        "age": age_report(predictions),
        "labels": label_report(predictions),
        "calibration": calibration_report(predictions),
        "fairness": fairness_report(predictions),
        "spread": spread_report(predictions),
        "thresholds": threshold_report(predictions),
    }
