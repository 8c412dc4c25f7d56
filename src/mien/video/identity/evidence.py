"""The evidence about one person: views pooled without more certainty than they allow.

A view is a calibrated answer: for each head the logarithms ``l`` of the probabilities of its ages
or labels. Views of one face err together (the face itself misleads) and apart (light, pose, blur).
Say that of the variance of a logarithm around its truth a share ``rho`` is common to all views of a
face and the rest is the view's own, with correlation ``k_ij`` between two views. The weighted mean
over views with weights ``w`` (summing to 1) has the variance

    V = rho + (1 - rho) * w' K w            (a single view: V = 1)

For calibrated answers with normal errors the log-likelihood ratio of the mean is the mean divided
by V, so the pooled logarithms are ``sum(w * l) / V``, normalised: between the plain average (views
that are all alike: K = 1, V = 1) and an average sharpened by at most ``1 / rho``. ``1 / (w' K w)``
is the effective number of views: it grows with how *different* the views are, not with their
number. For two labels this is the same as pooling their logit.

How alike two views are is the cosine of their embeddings. The evidence keeps a few views that
differ most; a new view that is like an old one is averaged into it. Old views are slowly forgotten.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mien.attributes.model import Prediction
from mien.results import Quality

Floats = NDArray[np.float32]

MOST_VIEWS = 8
"""How many different views are kept."""

COMMON_SHARES = {"age": 0.95, "gender": 0.9}
"""Share ``rho`` of an error's variance that is common to all views of a face, by head, 0..1; it was
measured on UTKFace."""

DEFAULT_COMMON_SHARE = 0.95
"""The same for heads of which it was not measured: the more careful of the two values."""

FORGET_AFTER = 30.0
"""Seconds in which a view's weight falls to 1/e."""

_SAME_VIEW = 0.95  # similarity at which a view adds nothing to another
_FLOOR = 1e-6  # least probability, so that one view cannot rule anything out


@dataclass(slots=True)
class View:
    """One calibrated answer about a face.

    Attributes:
        logs: Logarithms of the probabilities of the ages or labels, by the head's name.
        embedding: Unit vector, (d,).
        weight: How good the view is, more than 0.
        time: When it was, seconds.
        mass: The weights of all views that were averaged into it.
    """

    logs: dict[str, Floats]
    embedding: Floats
    weight: float
    time: float
    mass: float


def make_view(
    probabilities: Mapping[str, Floats],
    embedding: Floats,
    quality: Quality,
    score: float,
    time: float,
) -> View:
    """Makes a view of what a model says about a face.

    Args:
        probabilities: Calibrated, of the ages, (101,), or labels, (n,), by the head's name.
        embedding: The model's embedding of the face, (d,).
        quality: How good the view is.
        score: The detection's confidence, 0..1.
        time: When it was, seconds.
    """
    weight = view_weight(quality, score)
    return View(
        {name: np.log(np.maximum(p, _FLOOR)) for name, p in probabilities.items()},
        _unit(embedding),
        weight,
        time,
        weight,
    )


def view_weight(quality: Quality, score: float) -> float:
    """Returns how much a view counts among those of the same face.

    Twice the size, up to 80 pixels, counts twice; sharpness and frontality count in proportion.
    """
    size = min(quality.size / 80, 1.0)
    sharpness = 0.2 + 0.8 * quality.sharpness
    frontality = 0.2 + 0.8 * (0.0 if quality.frontality is None else quality.frontality)
    return max(1e-3, size * sharpness * frontality * score)


class Evidence:
    """What the views of one person say.

    Attributes:
        effective_views: The effective number of views, at least 1; 0 without views.
    """

    def __init__(self) -> None:
        self._views: list[View] = []
        self._embeddings: Floats = np.zeros((0, 0), np.float32)  # of the views, (views, d)
        self.effective_views = 0.0

    def __len__(self) -> int:
        return len(self._views)

    def add(self, view: View) -> None:
        """Adds a view."""
        self._views.append(view)
        if len(self._views) > 1:
            similarity = _similarity(self._views)
            np.fill_diagonal(similarity, -1)
            i, j = divmod(int(similarity.argmax()), len(similarity))
            if similarity[i, j] >= _SAME_VIEW or len(self._views) > MOST_VIEWS:
                first, second = sorted((i, j))
                newer = self._views.pop(second)
                self._views[first] = _merged(self._views[first], newer)
        self._embeddings = np.stack([view.embedding for view in self._views])
        weights = self._weights()
        correlation = np.clip(_similarity(self._views) / _SAME_VIEW, 0, 1)  # of own errors
        self.effective_views = 1 / float(weights @ correlation @ weights)

    @property
    def newest(self) -> float:
        """When the last view was, seconds; -inf without views."""
        return max((view.time for view in self._views), default=-math.inf)

    def similarity_to(self, embedding: Floats) -> float:
        """Returns how like the most similar view is to a unit vector, -1..1; -1 without views."""
        return float((self._embeddings @ embedding).max()) if self._views else -1.0

    def pooled(self) -> Prediction:
        """Returns what all views say together, as a prediction about one face."""
        weights = self._weights()
        probabilities = {}
        for name in self._views[0].logs:
            common = COMMON_SHARES.get(name, DEFAULT_COMMON_SHARE)
            mean = weights @ np.stack([view.logs[name] for view in self._views])
            logs = mean / (common + (1 - common) / self.effective_views)
            shares = np.exp(logs - logs.max())
            probabilities[name] = (shares / shares.sum()).astype(np.float32)[None]
        return Prediction(probabilities, _unit(weights @ self._embeddings)[None])

    def _weights(self) -> NDArray[np.float64]:
        """Returns the weight of each view, old ones less; they sum to 1."""
        ages = np.array([self.newest - view.time for view in self._views])
        weights = np.array([view.weight for view in self._views]) * np.exp(-ages / FORGET_AFTER)
        return np.asarray(weights / weights.sum())


def _similarity(views: Sequence[View]) -> NDArray[np.float64]:
    """Returns how alike views are, (views, views)."""
    embeddings = np.stack([view.embedding for view in views]).astype(np.float64)
    return embeddings @ embeddings.T


def _merged(a: View, b: View) -> View:
    """Averages two views that are alike; together they weigh as much as the better one."""
    newest = max(a.time, b.time)
    masses = [v.mass * math.exp((v.time - newest) / FORGET_AFTER) for v in (a, b)]
    share = masses[1] / sum(masses)

    def mean(first: Floats, second: Floats) -> Floats:
        return ((1 - share) * first + share * second).astype(np.float32)

    return View(
        {name: mean(logs, b.logs[name]) for name, logs in a.logs.items()},
        _unit(mean(a.embedding, b.embedding)),
        max(a.weight, b.weight),
        newest,
        sum(masses),
    )


def _unit(vector: NDArray[np.floating]) -> Floats:
    return (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)
