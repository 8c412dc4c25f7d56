"""Predictions of a system for labelled pictures, together with the labels.

A system is a model of mien, or any other program whose answers are in a table
(:mod:`mien.evaluation.answers`). An answer that a system does not give is NaN, or None for all
pictures together. :mod:`mien.evaluation.prediction_files` saves and loads predictions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mien.ages import group_of, group_probabilities
from mien.datasets.records import MAX_AGE, Record
from mien.errors import DataError
from mien.results import UNDETERMINED

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Years = NDArray[np.float64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.str_]

NO_ANSWER = ""
"""The decided label of a picture for which a system has no answer."""

_ANSWERS = ("years", "low", "high", "found", "size", "eye_distance", "sharpness", "frontality")


@dataclass(frozen=True, slots=True, eq=False)
class LabelPredictions:
    """Predictions of a head with labels for n pictures.

    Attributes:
        names: The labels in the order of the columns.
        probabilities: Calibrated probabilities 0..1, float32, (n, labels); NaN for a picture
            without an answer. None if the system gives labels without probabilities.
        decided: The decided label, ``"undetermined"``, or :data:`NO_ANSWER`, text, (n,).
    """

    names: tuple[str, ...]
    probabilities: Floats | None
    decided: Texts

    @property
    def predicted(self) -> Ints:
        """Index of the most probable label, int64, (n,); -1 for a picture without an answer.

        Without probabilities it is the index of the decided label, and -1 if it is undetermined.
        """
        if self.probabilities is None:
            indexes = {name: i for i, name in enumerate(self.names)}
            return np.array([indexes.get(label, -1) for label in self.decided.tolist()], np.int64)
        answered = ~np.isnan(self.probabilities).any(axis=1)
        return np.where(answered, self.probabilities.argmax(axis=1), -1)

    def select(self, positions: NDArray[np.integer]) -> LabelPredictions:
        """Returns the predictions for some pictures by their indexes, int, (k,)."""
        chosen = None if self.probabilities is None else self.probabilities[positions]
        return LabelPredictions(self.names, chosen, self.decided[positions])


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Predictions for n labelled pictures.

    Attributes:
        records: Records of the pictures with the labels, n.
        years: Apparent age in years, float32, (n,); NaN without an answer.
        low: Lower end of the 80 % interval in years, float32, (n,); NaN without an answer.
        high: Upper end of the 80 % interval in years, float32, (n,); NaN without an answer.
        found: Whether a face was detected, bool, (n,); if not, a model analysed the whole picture,
            and another system has no answer.
        size: Shorter side of the face's box in pixels, float32, (n,); NaN if it is not known.
        eye_distance: Distance of the eyes in pixels, float32, (n,); NaN if it is not known.
        sharpness: Sharpness of the view, 0..1, float32, (n,); NaN if it is not known.
        frontality: Frontality of the view, 0..1, float32, (n,); NaN if it is not known.
        age: Probability of each age 0, 1, ..., 100, float32, (n, 101); None if the system does not
            give it.
        novelty: How unusual each face is, float32, (n,); above 1 it gets the hint ``unusual``, see
            :class:`mien.results.Quality`; NaN if it is not known. None if the system does not tell.
        thresholds: Probability of an age of at least so many years, 0..1, float32, (n,), by the
            number of years; NaN without an answer. For other numbers the distribution is summed.
        labels: Predictions of the heads with labels, by the head's name.

    Raises:
        DataError: An array has another shape, or a decided label is not among the head's labels.
    """

    records: list[Record]
    years: Floats
    low: Floats
    high: Floats
    found: Bools
    size: Floats
    eye_distance: Floats
    sharpness: Floats
    frontality: Floats
    age: Floats | None = None
    novelty: Floats | None = None
    thresholds: Mapping[int, Floats] = field(default_factory=dict)
    labels: Mapping[str, LabelPredictions] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in _ANSWERS:
            self._check(f"'{name}'", getattr(self, name), ())
        if self.age is not None:
            self._check("'age'", self.age, (MAX_AGE + 1,))
        if self.novelty is not None:
            self._check("'novelty'", self.novelty, ())
        for years, probabilities in self.thresholds.items():
            self._check(f"'at least {years}'", probabilities, ())
        for name, predicted in self.labels.items():
            if predicted.probabilities is not None:
                where = f"the array of the probabilities of '{name}'"
                self._check(where, predicted.probabilities, (len(predicted.names),))
            self._check(f"the array of the labels of '{name}'", predicted.decided, ())
            # An array of shorter texts cuts a longer text: "undetermined" becomes "undete".
            known = {*predicted.names, UNDETERMINED, NO_ANSWER}
            unknown = set(predicted.decided.tolist()) - known
            if unknown:
                raise DataError(f"'{name}' has '{min(unknown)}', which is not one of its labels")

    def _check(self, where: str, array: NDArray[np.generic], columns: tuple[int, ...]) -> None:
        expected = (len(self), *columns)
        if array.shape != expected:
            raise DataError(f"{where} has shape {array.shape}; it must have shape {expected}")

    def __len__(self) -> int:
        return len(self.records)

    @property
    def age_low(self) -> Years:
        """Lowest age of each label in years, float64, (n,)."""
        return np.array([record.age_low for record in self.records], np.float64)

    @property
    def age_high(self) -> Years:
        """Highest age of each label in years, inclusive, float64, (n,)."""
        return np.array([record.age_high for record in self.records], np.float64)

    @property
    def exact(self) -> Bools:
        """Mask of the labels that are exact ages, bool, (n,)."""
        return np.equal(self.age_low, self.age_high)

    @property
    def answered(self) -> Bools:
        """Mask of the pictures for which the system has an age, bool, (n,)."""
        return np.isfinite(self.years)

    @property
    def with_interval(self) -> Bools:
        """Mask of the pictures for which the system has an interval, bool, (n,)."""
        return np.isfinite(self.low) & np.isfinite(self.high)

    @property
    def error(self) -> Years:
        """Predicted minus labelled age in years, float64, (n,); only for exact labels."""
        return self.years.astype(np.float64) - self.age_low

    def at_least(self, years: int) -> Floats | None:
        """Returns the probabilities of an age of at least so many years, 0..1, float32, (n,).

        Returns:
            None if the system gives neither this probability nor a distribution.
        """
        if years in self.thresholds or self.age is None:
            return self.thresholds.get(years)
        return np.asarray(self.age[:, years:].sum(axis=1).clip(0, 1))

    @property
    def age_group(self) -> Ints:
        """Index of the predicted group of :data:`mien.ages.AGE_GROUPS`, int64, (n,).

        It is the most probable group; without a distribution it is the group of the age in whole
        years. It is -1 for a picture without an answer.
        """
        if self.age is not None:
            return np.asarray(group_probabilities(self.age).argmax(axis=1))
        group = group_of(np.rint(np.where(self.answered, self.years, 0)).clip(0))
        return np.where(self.answered, group, -1)

    @property
    def age_group_truth(self) -> Ints:
        """Index of the label's age group, -1 for a bracket over several groups, int64, (n,)."""
        group = group_of(self.age_low)
        return np.where(group == group_of(self.age_high), group, -1)

    @property
    def gender(self) -> Texts:
        """Label of the gender, or an empty text if it is missing, text, (n,)."""
        return self.label("gender")

    @property
    def ethnicity(self) -> Texts:
        """Label of the ethnicity, or an empty text if it is missing, text, (n,)."""
        return self.label("ethnicity")

    def label(self, name: str) -> Texts:
        """Returns the labels of an attribute, text, (n,); an empty text if a label is missing."""
        return np.array([record.label(name) for record in self.records], np.str_)

    def truth(self, name: str) -> Ints:
        """Returns the index of each label among the labels of a head, int64, (n,).

        It is -1 if the label is missing or is not among the labels of the head.
        """
        indexes = {label: i for i, label in enumerate(self.labels[name].names)}
        return np.array([indexes.get(label, -1) for label in self.label(name).tolist()], np.int64)

    def known(self, name: str) -> Bools:
        """Returns whether each picture has a label and a predicted label of a head, bool, (n,)."""
        return np.asarray((self.truth(name) >= 0) & (self.labels[name].predicted >= 0))

    def select(self, chosen: ArrayLike) -> Predictions:
        """Returns the predictions for some pictures.

        Args:
            chosen: A mask, bool, (n,), or indexes in any order, int, (k,).

        Raises:
            IndexError: The mask has another length, or an index is out of range.
        """
        chosen = np.asarray(chosen)
        if not chosen.size:  # NumPy makes floats of an empty list
            chosen = chosen.astype(np.int64)
        positions = np.arange(len(self))[chosen]
        return Predictions(
            [self.records[i] for i in positions],
            **{name: getattr(self, name)[positions] for name in _ANSWERS},
            age=None if self.age is None else self.age[positions],
            novelty=None if self.novelty is None else self.novelty[positions],
            thresholds={years: p[positions] for years, p in self.thresholds.items()},
            labels={name: head.select(positions) for name, head in self.labels.items()},
        )


def concatenated(parts: Sequence[Predictions]) -> Predictions:
    """Joins the predictions of one system for several sets.

    Args:
        parts: Predictions, at least one. Answers and heads that are not in all parts are left out.

    Returns:
        The predictions. Groups are numbered anew, so that groups of different sets stay apart.
    """
    first = parts[0]
    thresholds = [years for years in first.thresholds if all(years in p.thresholds for p in parts)]
    heads = [name for name in first.labels if all(name in p.labels for p in parts)]
    return Predictions(
        _renumbered(parts),
        **{name: np.concatenate([getattr(p, name) for p in parts]) for name in _ANSWERS},
        age=_joined_arrays([part.age for part in parts]),
        novelty=_joined_arrays([part.novelty for part in parts]),
        thresholds={n: np.concatenate([p.thresholds[n] for p in parts]) for n in thresholds},
        labels={name: _joined([part.labels[name] for part in parts]) for name in heads},
    )


def _renumbered(parts: Sequence[Predictions]) -> list[Record]:
    numbers: dict[tuple[int, int], int] = {}
    return [
        record
        if record.group is None
        else replace(record, group=numbers.setdefault((i, record.group), len(numbers)))
        for i, part in enumerate(parts)
        for record in part.records
    ]


def _joined(parts: Sequence[LabelPredictions]) -> LabelPredictions:
    return LabelPredictions(
        parts[0].names,
        _joined_arrays([part.probabilities for part in parts]),
        np.concatenate([part.decided for part in parts]),
    )


def _joined_arrays(parts: Sequence[Floats | None]) -> Floats | None:
    """Joins arrays; without one of them there is none."""
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if len(known) == len(parts) else None
