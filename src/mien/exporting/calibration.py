"""Calibration: fits the temperatures, the interval and the thresholds of each head.

It is temperature scaling (Guo et al., "On Calibration of Modern Neural Networks", 2017) with a
temperature that grows as the view gets poorer. The pictures for it are used for nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize
from scipy.special import logsumexp

from mien import ages
from mien.attributes.calibration import VIEW_FACTORS, Calibration, Temperature
from mien.attributes.heads import Head
from mien.exporting.at_least import fit_at_least
from mien.training.labels import LabelArrays

INTERVAL = 0.8
"""Share of true ages that lie in the interval from ``low`` to ``high``."""

CERTAINTIES = (0.9, 0.95, 0.98, 0.99, 0.995)
"""Shares of decided labels that are right; the card has a threshold for each."""

_USUAL = 0.99  # share of real faces whose novelty is below the limit
_LEAST_LIMIT = 1e-3  # of the novelty
_TEMPERATURES = (0.05, 20.0)  # range of the temperature of a perfect view
_STEEPEST = 4.0  # maximum growth of the logarithm of the temperature over a view factor's range
_TAILS = (0.001, 0.4)  # range of the probability on each side of the interval

Logits = NDArray[np.float32]
Years = NDArray[np.float32]
Views = NDArray[np.float32]


def calibrate_heads(
    heads: Sequence[Head], logits: Mapping[str, Logits], labels: LabelArrays, views: Views
) -> tuple[Head, ...]:
    """Fits the calibration of every head that has labels; other heads are not changed.

    Args:
        heads: The heads.
        logits: Logits of n faces by the output's name, each (n, width).
        labels: Labels of the same n faces.
        views: View factors 0..1 of each face, (n, 4), see
            :data:`mien.attributes.calibration.VIEW_FACTORS`.

    Returns:
        The heads in the same order.
    """
    calibrated = []
    for head in heads:
        known = np.flatnonzero(labels.known(head.name))
        if len(known):
            predicted, labelled_views = logits[head.output][known], views[known]
            if head.kind == "distribution":
                truth = labels.ages[head.name].of(known)
                head = calibrate_distribution(
                    head, predicted, truth.low, truth.high, labelled_views
                )
            else:
                classes = labels.classes[head.name][known].astype(np.int64)
                head = calibrate_labels(head, predicted, classes, labelled_views)
        calibrated.append(head)
    return tuple(calibrated)


def novelty_limit(novelty: NDArray[np.float32]) -> float:
    """Returns the novelty that 99 of 100 real faces stay below.

    Args:
        novelty: Novelties of n faces in clear views, n >= 1.
    """
    return max(_LEAST_LIMIT, float(np.quantile(novelty, _USUAL)))


def calibrate_distribution(
    head: Head, logits: Logits, low: Years, high: Years, views: Views
) -> Head:
    """Fits the temperature and the interval of a head of the kind ``distribution``.

    Args:
        head: The head.
        logits: Logits of n faces, (n, 101), n >= 1.
        low: Lowest age of each label in years, (n,).
        high: Highest age in years, inclusive, (n,).
        views: View factors 0..1, (n, 4), see :data:`mien.attributes.calibration.VIEW_FACTORS`.

    Returns:
        The head with the temperatures of the maximum likelihood of the labels, with an interval of
        equal tails that holds 80 % of the exact ages, and with the calibration of the ages that are
        asked most. If no age is exact, the interval is fitted on the brackets.
    """
    exact = low == high
    first = np.rint(np.minimum(low, ages.COUNT - 1)).astype(np.int64)
    last = np.rint(np.minimum(high, ages.COUNT - 1)).astype(np.int64)
    inside = np.arange(ages.COUNT)
    labelled = (inside >= first[:, None]) & (inside <= last[:, None])

    def loss(scaled: NDArray[np.float64]) -> NDArray[np.float64]:
        of_label = np.where(labelled, scaled, -np.inf)
        return np.asarray(logsumexp(scaled, axis=1) - logsumexp(of_label, axis=1))

    temperature = _fit_temperature(loss, logits, views)
    head = head.calibrated(Calibration(temperature))
    distributions = head.probabilities(logits, views)
    if exact.any():
        truth = low[exact]
        tail = _interval_tail(lambda tail: _exact_inside(distributions[exact], truth, tail))
    else:
        cumulative = np.cumsum(distributions.astype(np.float64), axis=1)
        rows = np.arange(len(distributions))
        below = np.where(first > 0, cumulative[rows, first - 1], 0.0)
        tail = _interval_tail(lambda tail: _brackets_inside(below, cumulative[rows, last], tail))
    at_least = fit_at_least(distributions, low, high)
    return head.calibrated(Calibration(temperature, tail, 1 - tail, at_least=at_least))


def calibrate_labels(head: Head, logits: Logits, truth: NDArray[np.int64], views: Views) -> Head:
    """Fits the temperature and the thresholds of a head of the kind ``binary`` or ``categorical``.

    Args:
        head: The head.
        logits: Logits of n faces, (n, width), n >= 1.
        truth: Index of each label among the head's labels, int64, (n,).
        views: View factors 0..1, (n, 4), see :data:`mien.attributes.calibration.VIEW_FACTORS`.

    Returns:
        The head with the temperatures of the maximum likelihood of the labels. For each of
        :data:`CERTAINTIES` it has the lowest threshold at which this share of the decided labels is
        right.
    """
    full = np.concatenate([np.zeros_like(logits), logits], 1) if head.kind == "binary" else logits
    rows = np.arange(len(truth))

    def loss(scaled: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(logsumexp(scaled, axis=1) - scaled[rows, truth])

    temperature = _fit_temperature(loss, full, views)
    head = head.calibrated(Calibration(temperature))
    probabilities = head.probabilities(logits, views)
    confidence = probabilities.max(axis=1)
    order = np.argsort(-confidence, kind="stable")
    right = np.cumsum(probabilities[order].argmax(axis=1) == truth[order])
    share = right / np.arange(1, len(order) + 1)
    thresholds = {(0.0, 1.0, float(share[-1]))}
    for certainty in CERTAINTIES:
        enough = np.flatnonzero(share >= certainty)
        if len(enough):
            last = int(enough[-1])
            decided = (last + 1) / len(order)
            thresholds.add((float(confidence[order[last]]), decided, float(share[last])))
    return head.calibrated(Calibration(temperature, thresholds=tuple(sorted(thresholds))))


def _fit_temperature(
    loss: Callable[[NDArray[np.float64]], NDArray[np.float64]], logits: Logits, views: Views
) -> Temperature:
    """Finds the temperatures of the minimum mean loss; they never fall as a view gets poorer.

    Args:
        loss: Returns the loss of each row, (n,), of logits that were divided by their temperatures.
        logits: Logits of n faces, (n, k).
        views: View factors 0..1, (n, 4).
    """
    exact = logits.astype(np.float64)

    def mean_loss(parameters: NDArray[np.float64]) -> float:
        inverse = np.exp(-(parameters[0] + views @ parameters[1:]))
        return float(loss(exact * inverse[:, None]).mean())

    low, high = np.log(_TEMPERATURES)
    bounds = [(low, high), *[(0.0, _STEEPEST)] * len(VIEW_FACTORS)]
    found = minimize(mean_loss, np.zeros(len(bounds)), method="L-BFGS-B", bounds=bounds)
    return Temperature(float(found.x[0]), tuple(float(slope) for slope in found.x[1:]))


def _exact_inside(distributions: NDArray[np.float32], truth: Years, tail: float) -> float:
    """Returns the share of true ages in the interval between two tails."""
    least, most = ages.quantile(distributions, tail), ages.quantile(distributions, 1 - tail)
    return float(((least <= truth) & (truth <= most)).mean())


def _brackets_inside(below: NDArray[np.float64], upto: NDArray[np.float64], tail: float) -> float:
    """Returns the expected share of true ages in the interval, if only brackets are known.

    A true age is assumed to be distributed within its bracket as the model predicts.

    Args:
        below: Predicted probability of an age below each bracket, (n,).
        upto: Predicted probability of an age below or in each bracket, (n,).
        tail: Probability on each side of the interval.
    """
    inside = np.clip(upto, tail, 1 - tail) - np.clip(below, tail, 1 - tail)
    return float((inside / np.maximum(upto - below, 1e-9)).mean())


def _interval_tail(share_inside: Callable[[float], float]) -> float:
    """Returns the tail whose interval holds the share :data:`INTERVAL` of true ages."""
    low, high = _TAILS
    if share_inside(low) <= INTERVAL:
        return low
    if share_inside(high) >= INTERVAL:
        return high
    return float(brentq(lambda tail: share_inside(tail) - INTERVAL, low, high, xtol=1e-4))
