"""Figures of certainty: calibration of probabilities, coverage and width of intervals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mien.evaluation.intervals import (
    Bools,
    Figure,
    Floats,
    Positions,
    bootstrap,
    mean,
    share,
    share_band,
)
from mien.evaluation.metrics.calibration import brier_score, calibration_error, reliability
from mien.evaluation.metrics.significance import binomial_test, holm
from mien.evaluation.predictions import Predictions
from mien.evaluation.report.key_figures import Figures
from mien.evaluation.report.parts import LEAST, parts

INTERVAL = 0.8
"""Share of true ages that the interval shall hold."""

SIGNIFICANT = 0.05
"""Corrected p-value below which a coverage differs from the promised one."""

_TESTED = ("age_band", "gender", "ethnicity", "eye_distance", "sharpness", "frontality")
_POINTS = 50  # of a risk-coverage curve


def calibration_report(predictions: Predictions) -> Figures:
    """Returns the figures of certainty.

    Returns:
        - ``labels``: for each head with probabilities those of :func:`probability_report`. For two
          labels the probability is that of the second label; for more it is that of the most
          probable label, and the event is that it is right.
        - ``intervals``: see :func:`interval_report`.
        - ``risk_coverage``: for ``age`` and each head with probabilities ``coverage``, the share of
          pictures with the most certain answers, and more of :func:`risk_coverage`. The risk is
          the mean absolute error in years, or the share of wrong labels. The certainty of an age is
          the width of its interval.
    """
    labels, curves = {}, {}
    measured = predictions.select(
        predictions.exact & predictions.answered & predictions.with_interval
    )
    if len(measured):
        curves["age"] = risk_coverage(np.abs(measured.error), measured.low - measured.high)
    for name, head in predictions.labels.items():
        truth = predictions.truth(name)
        known = predictions.known(name)
        if head.probabilities is None or not known.any():
            continue
        probabilities, truth = head.probabilities[known].astype(np.float64), truth[known]
        right = head.predicted[known] == truth
        confidence = probabilities.max(axis=1)
        if len(head.names) == 2:
            labels[name] = probability_report(probabilities[:, 1], truth == 1)
        else:
            labels[name] = probability_report(confidence, right)
        curves[name] = risk_coverage(~right, confidence)
    return {
        "labels": labels,
        "intervals": interval_report(measured),
        "risk_coverage": curves,
    }


def probability_report(probability: Floats, happened: Bools) -> Figures:
    """Returns how reliable the probabilities of an event are.

    Args:
        probability: Probabilities 0..1, float64, (n,), at least one.
        happened: Whether the event happened, bool, (n,).

    Returns:
        ``error``, the debiased calibration error; ``brier``, the Brier score; ``predicted``, the
        mean probability, and ``happened``, the share of the event; and the ``reliability`` in bins:
        ``probability``, ``frequency``, ``band_low`` and ``band_high``. See
        :mod:`mien.evaluation.metrics.calibration`.
    """
    bins = reliability(probability, happened)
    return {
        "error": calibration_error(probability, happened),
        "brier": mean(brier_score(probability, happened)),
        "predicted": float(probability.mean()),
        "happened": share(happened),
        "reliability": {
            "probability": bins.probability.tolist(),
            "frequency": bins.frequency,
            "band_low": bins.band_low.tolist(),
            "band_high": bins.band_high.tolist(),
        },
    }


def interval_report(measured: Predictions) -> Figures:
    """Returns how well the 80 % intervals hold the true ages, and how wide they are.

    Args:
        measured: Predictions with exact ages, answers and intervals.

    Returns:
        - ``coverage``, the share of ages inside; ``width``, the mean width in years.
        - ``constant_width``: the width of equally wide intervals around the apparent ages that hold
          as many ages; ``width_ratio``: the mean width divided by it, with the interval of a
          bootstrap.
        - ``tests``: for all pictures and each part with at least :data:`LEAST` of them
          ``attribute``, ``part``, ``coverage``, the ``p`` of the exact binomial test against 80 %,
          ``p_holm``, corrected for the number of tests, and ``differs``: whether that is below
          :data:`SIGNIFICANT`.

        Without pictures the result is empty.
    """
    if not len(measured):
        return {}
    truth = measured.age_low
    inside = (measured.low <= truth) & (truth <= measured.high)
    width = measured.high.astype(np.float64) - measured.low
    absolute = np.abs(measured.error)

    def width_ratio(chosen: Positions) -> float:
        constant = _constant_width(absolute[chosen], inside[chosen])
        return float(width[chosen].mean()) / constant if constant else float("nan")

    figures: Figures = {
        "coverage": share(inside),
        "width": mean(width),
        "constant_width": _constant_width(absolute, inside),
    }
    if figures["constant_width"]:
        figures["width_ratio"] = bootstrap(width_ratio, len(measured))
    tests = list(_tests(measured, inside))
    corrected = holm([test["p"] for test in tests])
    for test, p in zip(tests, corrected, strict=True):
        test |= {"p_holm": p, "differs": p < SIGNIFICANT}
    figures["tests"] = tests
    return figures


def risk_coverage(loss: NDArray[Any], certainty: NDArray[Any]) -> Figures:
    """Returns the risk-coverage curve: the mean loss of the most certain answers.

    Args:
        loss: Loss of each picture, float or bool, (n,), at least one.
        certainty: Higher for more certain answers, float, (n,). Equally certain answers are taken
            together, each with the mean of their losses.

    Returns:
        ``coverage`` and ``risk`` of at most 50 points; ``low`` and ``high``, the ends of the risk's
        intervals (None for fewer than three answers); and ``area``, the mean risk over all
        coverages.
    """

    def ordered(chosen: Positions) -> Floats:
        _, index, count = np.unique(-certainty[chosen], return_inverse=True, return_counts=True)
        return np.repeat(np.bincount(index, loss[chosen]) / count, count)

    def risks(chosen: Positions) -> Floats:
        return np.asarray(np.cumsum(ordered(chosen)) / np.arange(1, len(chosen) + 1))

    n = len(loss)
    everything = np.arange(n)
    risk = risks(everything)
    kept = np.unique(np.linspace(0, n, _POINTS + 1)[1:].round().astype(int).clip(1)) - 1
    area: Figure = bootstrap(lambda chosen: float(risks(chosen).mean()), n)
    if loss.dtype == np.bool_:
        low, high = (ends.tolist() for ends in share_band(risk[kept], kept + 1))
    else:
        losses = ordered(everything)
        means = [mean(losses[: last + 1]) for last in kept]
        low, high = [one["low"] for one in means], [one["high"] for one in means]
    return {
        "area": area,
        "coverage": ((kept + 1) / n).tolist(),
        "risk": risk[kept].tolist(),
        "low": low,
        "high": high,
    }


def _tests(measured: Predictions, inside: Bools) -> Iterator[Figures]:
    everything = {"all": {"all": np.ones(len(measured), np.bool_)}}
    divided = parts(measured)
    for attribute, masks in (everything | {name: divided[name] for name in _TESTED}).items():
        for part, mask in masks.items():
            n = int(mask.sum())
            if n >= LEAST or attribute == "all":
                p = binomial_test(int(inside[mask].sum()), n, INTERVAL)
                yield {
                    "attribute": attribute,
                    "part": part,
                    "coverage": share(inside[mask]),
                    "p": p,
                }


def _constant_width(absolute: Floats, inside: Bools) -> float:
    """Returns twice the error that as many pictures keep as are inside their intervals."""
    held = int(inside.sum())
    return 2 * float(np.partition(absolute, held - 1)[held - 1]) if held else 0.0
