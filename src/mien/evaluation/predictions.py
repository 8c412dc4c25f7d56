"""What a model predicted for labelled pictures, side by side with their labels.

Saved as one file, so that every figure can be computed again without the model.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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

_ANSWERS = ("years", "low", "high", "age", "found", "size", "sharpness", "frontality")
_NO_GROUP = -1  # stands for None in a file
_SEPARATOR = "/"  # in the names of a file's columns


@dataclass(frozen=True, slots=True, eq=False)
class LabelPredictions:
    """What a head with labels predicted for n pictures.

    Attributes:
        names: The labels, in the order of the columns.
        probabilities: Calibrated, (n, labels) float32.
        decided: The label that was given, or ``"undetermined"``, (n,) text.
    """

    names: tuple[str, ...]
    probabilities: Floats
    decided: Texts


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Predictions for n labelled pictures; every entry has one row for each.

    Attributes:
        records: The pictures and their labels.
        years: Apparent age in years, (n,) float32.
        low: Lower end of the 80 % interval in years, (n,) float32.
        high: Upper end of the 80 % interval in years, (n,) float32.
        age: Probability of each age 0, 1, ..., 100, (n, 101) float32.
        found: Whether a face was detected, (n,) bool; else the whole picture was taken for one.
        size: Shorter side of the face's box in pixels, (n,) float32.
        sharpness: Sharpness of the view, 0..1, (n,) float32.
        frontality: Frontality of the view, 0..1, (n,) float32; not a number if no face was
            detected.
        labels: Predictions of the heads with labels, by the head's name.
    """

    records: list[Record]
    years: Floats
    low: Floats
    high: Floats
    age: Floats
    found: Bools
    size: Floats
    sharpness: Floats
    frontality: Floats
    labels: Mapping[str, LabelPredictions]

    def __post_init__(self) -> None:
        for name in _ANSWERS:
            shape = getattr(self, name).shape
            expected = (len(self), MAX_AGE + 1) if name == "age" else (len(self),)
            if shape != expected:
                raise DataError(f"'{name}' has shape {shape}; it must have shape {expected}")
        for name, predicted in self.labels.items():
            if predicted.probabilities.shape != (len(self), len(predicted.names)):
                raise DataError(f"the probabilities of '{name}' have the wrong shape")
            # NumPy cuts a text that is longer than its array's others: "undetermined" to "undete".
            unknown = set(predicted.decided.tolist()) - {*predicted.names, UNDETERMINED}
            if unknown:
                raise DataError(f"'{name}' holds '{min(unknown)}', which is none of its labels")

    def __len__(self) -> int:
        return len(self.records)

    @property
    def age_low(self) -> Years:
        """Least age in years that the label allows, (n,) float64."""
        return np.array([record.age_low for record in self.records], np.float64)

    @property
    def age_high(self) -> Years:
        """Greatest age in years that the label allows, inclusive, (n,) float64."""
        return np.array([record.age_high for record in self.records], np.float64)

    @property
    def exact(self) -> Bools:
        """Whether the age is known to the year, (n,) bool."""
        return np.equal(self.age_low, self.age_high)

    @property
    def female(self) -> Floats:
        """Probability of a female presentation, 0..1, (n,) float32."""
        gender = self.labels["gender"]
        return gender.probabilities[:, gender.names.index("female")]

    @property
    def gender(self) -> Texts:
        """``"female"``, ``"male"`` or ``"undetermined"``, as predicted, (n,) text."""
        return self.labels["gender"].decided

    @property
    def female_truth(self) -> Ints:
        """1 for a female label, 0 for a male one, -1 where it is missing, (n,) int64.

        All are missing if the model does not predict the gender presentation.
        """
        if "gender" not in self.labels:
            return np.full(len(self), -1)
        codes = {"female": 1, "male": 0, None: -1}
        return np.array([codes[record.gender] for record in self.records], np.int64)

    @property
    def ethnicity(self) -> Texts:
        """The label, or an empty text where it is missing, (n,) text."""
        return np.array([record.ethnicity or "" for record in self.records], np.str_)

    @property
    def age_group(self) -> Ints:
        """Position of the most probable of :data:`AGE_GROUPS`, (n,) int64."""
        return np.asarray(group_probabilities(self.age).argmax(axis=1))

    @property
    def age_group_truth(self) -> Ints:
        """Position of the label's age group, -1 for a bracket over several of them, (n,) int64."""
        group = group_of(self.age_low)
        return np.where(group == group_of(self.age_high), group, -1)

    def select(self, chosen: ArrayLike) -> Predictions:
        """Returns a part of the pictures.

        Args:
            chosen: A mask, (n,) bool, or positions in any order, (k,) int.
        """
        chosen = np.asarray(chosen)
        if not chosen.size:  # an empty list has no kind of its own
            chosen = chosen.astype(np.int64)
        positions = np.arange(len(self))[chosen]
        answers = {name: getattr(self, name)[positions] for name in _ANSWERS}
        labels = {
            name: LabelPredictions(
                predicted.names, predicted.probabilities[positions], predicted.decided[positions]
            )
            for name, predicted in self.labels.items()
        }
        return Predictions([self.records[i] for i in positions], **answers, labels=labels)

    def save(self, path: Path) -> None:
        """Writes everything to one ``.npz`` file that holds plain arrays only."""
        columns = {name: getattr(self, name) for name in _ANSWERS} | _columns(self.records)
        columns["heads"] = np.array(list(self.labels), np.str_)
        for name, predicted in self.labels.items():
            for part in ("names", "probabilities", "decided"):
                columns[name + _SEPARATOR + part] = np.array(getattr(predicted, part))
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **columns)

    @classmethod
    def load(cls, path: Path) -> Predictions:
        """Reads what :meth:`save` wrote.

        Raises:
            DataError: There is no such file, or something else is in it.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                answers = {name: file[name] for name in _ANSWERS}
                labels = {
                    name: LabelPredictions(
                        tuple(file[name + _SEPARATOR + "names"].tolist()),
                        file[name + _SEPARATOR + "probabilities"],
                        file[name + _SEPARATOR + "decided"],
                    )
                    for name in file["heads"].tolist()
                }
                return cls(_records(file), **answers, labels=labels)
        except FileNotFoundError:
            raise DataError(f"there is no file '{path}'") from None
        except (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error):
            raise DataError(f"'{path}' does not hold predictions") from None


def concatenated(parts: Sequence[Predictions]) -> Predictions:
    """Joins predictions of one model for several sets.

    Args:
        parts: At least one; label heads that are not in all of them are left out.
    """
    answers = {name: np.concatenate([getattr(p, name) for p in parts]) for name in _ANSWERS}
    shared = [name for name in parts[0].labels if all(name in p.labels for p in parts)]
    labels = {
        name: LabelPredictions(
            parts[0].labels[name].names,
            np.concatenate([p.labels[name].probabilities for p in parts]),
            np.concatenate([p.labels[name].decided for p in parts]),
        )
        for name in shared
    }
    records = [record for part in parts for record in part.records]
    return Predictions(records, **answers, labels=labels)


def _columns(records: list[Record]) -> dict[str, NDArray[Any]]:
    """Returns the records as arrays of texts and numbers, the only kinds saved of them."""
    groups = [_NO_GROUP if record.group is None else record.group for record in records]
    return {
        "path": np.array([record.path for record in records], np.str_),
        "age_low": np.array([record.age_low for record in records], np.float64),
        "age_high": np.array([record.age_high for record in records], np.float64),
        "gender": np.array([record.gender or "" for record in records], np.str_),
        "ethnicity": np.array([record.ethnicity or "" for record in records], np.str_),
        "race": np.array([record.race for record in records], np.str_),
        "group": np.array(groups, np.int64),
        "split": np.array([record.split for record in records], np.str_),
        "age_deviation": np.array([record.age_deviation or 0 for record in records], np.float64),
    }


def _records(columns: Mapping[str, NDArray[Any]]) -> list[Record]:
    names = (
        *("path", "age_low", "age_high", "gender", "ethnicity", "race", "group", "split"),
        "age_deviation",
    )
    return [
        Record(
            path,
            age_low,
            age_high,
            gender or None,
            ethnicity or None,
            race,
            None if group == _NO_GROUP else group,
            split,
            age_deviation or None,
        )
        for path, age_low, age_high, gender, ethnicity, race, group, split, age_deviation in zip(
            *(columns[name].tolist() for name in names), strict=True
        )
    ]
