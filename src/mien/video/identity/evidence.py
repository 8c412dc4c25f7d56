"""Pooling what several views of one face say, without becoming surer than the views allow.

A view is a calibrated answer: a gender logit ``l`` and the logarithms ``a`` of an age
distribution. Views of one face err together (the face itself misleads) and apart (light, pose,
blur). Say that of the variance of a logit around its truth a share ``rho`` is common to all views
of a face and the rest is the view's own, with correlation ``k_ij`` between two views. The weighted
mean over views with weights ``w`` (summing to 1) has the variance

    V = rho + (1 - rho) * w' K w            (a single view: V = 1)

For a calibrated logit with normal errors the log-likelihood ratio of the mean is the mean divided
by V, so the pooled logit is ``sum(w * l) / V``: between the plain average (views that are all
alike: K = 1, V = 1) and an average sharpened by at most ``1 / rho``. ``1 / (w' K w)`` is the
effective number of views: it grows with how *different* the views are, not with their number.
The same is done to the age's log-probabilities, with a ``rho`` of its own.

How alike two views are is told by the attribute model's own features: the cosine of two feature
vectors, less their mean over many faces.

A pool keeps a few views that differ most; a new one that is like an old one is averaged into it.
Old views are slowly forgotten.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mien.results import Quality

MOST_VIEWS = 8
"""How many different views a pool keeps."""

GENDER_COMMON = 0.9
AGE_COMMON = 0.95
"""Share ``rho`` of an error's variance that is common to all views of a face."""

FORGET_AFTER = 30.0
"""Seconds in which a view's weight falls to 1/e."""

_SAME_VIEW = 0.95  # similarity at which a view adds nothing to another
_FLOOR = 1e-6  # least probability of an age, so that one view cannot rule an age out


@dataclass(slots=True)
class View:
    """One calibrated answer about a face.

    Attributes:
        age: Logarithms of the age distribution, float32, (101,).
        gender: Logit of a female presentation.
        features: Unit vector, float32.
        weight: How good the view is, more than 0.
        time: When it was, seconds.
        mass: The weights of all views that were averaged into it.
    """

    age: NDArray[np.float32]
    gender: float
    features: NDArray[np.float32]
    weight: float
    time: float
    mass: float


def make_view(
    age: NDArray[np.float32],
    female: float,
    features: NDArray[np.float32],
    quality: Quality,
    score: float,
    time: float,
) -> View:
    """Makes a view of a model's answer.

    Args:
        age: Calibrated age distribution, (101,).
        female: Calibrated probability of a female presentation.
        features: The model's features, of any length and scale.
        quality: Of the view.
        score: Of the detection, 0..1.
        time: When it was, seconds.
    """
    certain = min(max(female, 1e-6), 1 - 1e-6)
    norm = float(np.linalg.norm(features))
    weight = view_weight(quality, score)
    return View(
        np.log(np.maximum(age, _FLOOR)).astype(np.float32),
        math.log(certain / (1 - certain)),
        (features / max(norm, 1e-9)).astype(np.float32),
        weight,
        time,
        weight,
    )


def view_weight(quality: Quality, score: float) -> float:
    """Returns how much a view counts beside others of the same face.

    Twice the size, up to 80 pixels, counts twice; so do sharpness and frontality in proportion.
    """
    size = min(quality.size / 80, 1.0)
    sharpness = 0.2 + 0.8 * quality.sharpness
    frontality = 0.2 + 0.8 * (0.0 if quality.frontality is None else quality.frontality)
    return max(1e-3, size * sharpness * frontality * score)


class Pool:
    """The evidence about one face.

    Attributes:
        effective_views: The effective number of views, at least 1; 0 without views.
    """

    def __init__(self) -> None:
        self._views: list[View] = []
        self.effective_views = 0.0

    def __len__(self) -> int:
        return len(self._views)

    def add(self, view: View) -> None:
        """Takes account of a view."""
        self._views.append(view)
        if len(self._views) > 1:
            similarity = self._similarity()
            np.fill_diagonal(similarity, -1)
            i, j = divmod(int(similarity.argmax()), len(similarity))
            if similarity[i, j] >= _SAME_VIEW or len(self._views) > MOST_VIEWS:
                first, second = sorted((i, j))
                newer = self._views.pop(second)
                self._views[first] = _merged(self._views[first], newer)
        weights = self._weights()
        correlation = np.clip(self._similarity() / _SAME_VIEW, 0, 1)  # of the views' own errors
        self.effective_views = 1 / float(weights @ correlation @ weights)

    @property
    def newest(self) -> float:
        """When the last view was, seconds; -inf without views."""
        return max((view.time for view in self._views), default=-math.inf)

    def similarity_to(self, features: NDArray[np.float32]) -> float:
        """Returns how like a unit feature vector is to the most similar view; -1 without views."""
        if not self._views:
            return -1.0
        return max(float(view.features @ features) for view in self._views)

    def pooled(self) -> tuple[NDArray[np.float32], float]:
        """Returns the age distribution, (101,), and the probability of a female presentation."""
        weights = self._weights()
        own = 1 / self.effective_views
        gender = sum(w * v.gender for w, v in zip(weights, self._views, strict=True))
        gender /= GENDER_COMMON + (1 - GENDER_COMMON) * own
        logits = np.sum([w * v.age for w, v in zip(weights, self._views, strict=True)], axis=0)
        logits /= AGE_COMMON + (1 - AGE_COMMON) * own
        age = np.exp(logits - logits.max())
        return (age / age.sum()).astype(np.float32), 1 / (1 + math.exp(-gender))

    def _weights(self) -> NDArray[np.float64]:
        """Returns the weight of each view, old ones less; they sum to 1."""
        ages = np.array([self.newest - view.time for view in self._views])
        weights = np.array([view.weight for view in self._views]) * np.exp(-ages / FORGET_AFTER)
        return np.asarray(weights / weights.sum())

    def _similarity(self) -> NDArray[np.float64]:
        features = np.stack([view.features for view in self._views]).astype(np.float64)
        return features @ features.T


def _merged(a: View, b: View) -> View:
    """Averages two like views; together they weigh as much as the better one."""
    newest = max(a.time, b.time)
    masses = [v.mass * math.exp((v.time - newest) / FORGET_AFTER) for v in (a, b)]
    share = masses[1] / sum(masses)
    features = ((1 - share) * a.features + share * b.features).astype(np.float32)
    return View(
        ((1 - share) * a.age + share * b.age).astype(np.float32),
        (1 - share) * a.gender + share * b.gender,
        (features / max(float(np.linalg.norm(features)), 1e-9)).astype(np.float32),
        max(a.weight, b.weight),
        newest,
        sum(masses),
    )
