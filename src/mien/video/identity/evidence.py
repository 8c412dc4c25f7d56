"""The evidence about one person: the pooled predictions of all views.

The prediction of a view has for each head the logarithms ``l`` of the calibrated probabilities of
its ages or labels. All views of a face have a common error, due to the face itself. Each view has
also an error of its own, due to light, pose and blur. Let ``rho`` be the common share of the
variance of a logarithm, and ``k_ij`` the correlation of the own errors of two views. The weighted
mean over views with weights ``w``, which sum to 1, has the variance

    V = rho + (1 - rho) * w' K w            (for a single view V = 1)

For calibrated predictions with normal errors, the log-likelihood ratio of the mean is the mean
divided by V. The pooled logarithms are therefore ``sum(w * l) / V``, normalised. If all views are
the same (K = 1, V = 1), they are the mean; the more the views differ, the sharper they are, by a
factor of at most ``1 / rho``. The effective number of views is ``1 / (w' K w)``. It grows with the
*differences* of the views, not with their number. For two labels this is the same as pooling their
logit.

The similarity of two views is the cosine of their embeddings. The evidence has a few views that
differ most. A new view that is similar to an old one is averaged with it. The weight of old views
falls slowly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mien.attributes.heads import Kind
from mien.attributes.model import Prediction
from mien.results import Quality

Floats = NDArray[np.float32]

MOST_VIEWS = 8
"""Maximum number of different views."""

COMMON_SHARES: Mapping[Kind, float] = {"distribution": 0.95, "binary": 0.9, "categorical": 0.95}
"""Common share ``rho`` of the error's variance, 0..1, by the head's kind.

It was measured with the age and the gender presentation of UTKFace. For categorical heads, for
which it was not measured, it is the higher of the two.
"""

FORGET_AFTER = 30.0
"""Seconds in which the weight of a view falls to 1/e."""

_SAME_VIEW = 0.95  # minimum similarity of two views that count as the same
_FLOOR = 1e-6  # minimum probability, so that a single view cannot exclude a label


@dataclass(slots=True)
class View:
    """The prediction of one view of a face.

    Attributes:
        logs: Logarithms of the probabilities of the ages or labels, (n,), by the head's name.
        embedding: Embedding of the face, a vector of length 1, (d,).
        weight: Weight of the view, more than 0.
        time: Time of the view in seconds.
        mass: Sum of the weights of all views in this average.
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
    """Makes a view from a prediction.

    Args:
        probabilities: Calibrated probabilities of the ages, (101,), or labels, (n,), by the head's
            name.
        embedding: Embedding of the face, (d,).
        quality: Quality of the view.
        score: Detection score, 0..1.
        time: Time of the view in seconds.
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
    """Returns the weight of a view among the views of the same face.

    It is proportional to the size, up to 80 pixels, and to the score. It grows linearly with
    sharpness and frontality.

    Args:
        quality: Quality of the view.
        score: Detection score, 0..1.
    """
    size = min(quality.size / 80, 1.0)
    sharpness = 0.2 + 0.8 * quality.sharpness
    frontality = 0.2 + 0.8 * (0.0 if quality.frontality is None else quality.frontality)
    return max(1e-3, size * sharpness * frontality * score)


class Evidence:
    """The evidence about one person from all views.

    Attributes:
        effective_views: The effective number of views, at least 1; 0 without views.
    """

    def __init__(self) -> None:
        self._views: list[View] = []
        self._embeddings: Floats = np.zeros((0, 0), np.float32)  # (views, d)
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
        correlation = np.clip(_similarity(self._views) / _SAME_VIEW, 0, 1)  # K in the formula
        self.effective_views = 1 / float(weights @ correlation @ weights)

    @property
    def newest(self) -> float:
        """Time of the last view in seconds; -inf without views."""
        return max((view.time for view in self._views), default=-math.inf)

    def similarity_to(self, embedding: Floats) -> float:
        """Returns the similarity of the most similar view, -1..1; -1 without views.

        Args:
            embedding: Embedding of a face, a vector of length 1, (d,).
        """
        return float((self._embeddings @ embedding).max()) if self._views else -1.0

    def pooled(self, common_shares: Mapping[str, float]) -> Prediction:
        """Returns the pooled prediction of all views, for one face; there must be a view.

        Args:
            common_shares: Common share ``rho`` of each head by its name, 0..1.
        """
        weights = self._weights()
        probabilities = {}
        for name in self._views[0].logs:
            common = common_shares[name]
            mean = weights @ np.stack([view.logs[name] for view in self._views])
            logs = mean / (common + (1 - common) / self.effective_views)
            shares = np.exp(logs - logs.max())
            probabilities[name] = (shares / shares.sum()).astype(np.float32)[None]
        return Prediction(probabilities, _unit(weights @ self._embeddings)[None])

    def _weights(self) -> NDArray[np.float64]:
        """Returns the weights of the views, (views,), which are less for old views and sum to 1."""
        ages = np.array([self.newest - view.time for view in self._views])
        weights = np.array([view.weight for view in self._views]) * np.exp(-ages / FORGET_AFTER)
        return np.asarray(weights / weights.sum())


def _similarity(views: Sequence[View]) -> NDArray[np.float64]:
    """Returns the similarity of each pair of views, (views, views)."""
    embeddings = np.stack([view.embedding for view in views]).astype(np.float64)
    return embeddings @ embeddings.T


def _merged(a: View, b: View) -> View:
    """Averages two similar views; the average has the weight of the better one."""
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
