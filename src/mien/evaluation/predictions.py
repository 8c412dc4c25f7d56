"""What a model said of labelled pictures, side by side with their labels.

Saved as one file, so that every figure can be computed again without the model.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mien.ages import group_of, group_probabilities
from mien.datasets.records import MAX_AGE, Record
from mien.errors import DataError
from mien.results import GenderLabel

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Years = NDArray[np.float64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.str_]

_ANSWERS = ("years", "low", "high", "age", "female", "label", "found")
_NO_GROUP = -1  # stands for None in a file


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Answers for n labelled pictures; every field has one entry for each.

    Attributes:
        records: The pictures and their labels.
        years: Apparent age in years, (n,) float32.
        low: Lower end of the 80 % interval in years, (n,) float32.
        high: Upper end of the 80 % interval in years, (n,) float32.
        age: Probability of each age 0, 1, ..., 100, (n, 101) float32.
        female: Probability of a female presentation in 0..1, (n,) float32.
        label: ``"female"``, ``"male"`` or ``"undetermined"``, (n,) text.
        found: Whether a face was found, (n,) bool; else the whole picture was judged.
    """

    records: list[Record]
    years: Floats
    low: Floats
    high: Floats
    age: Floats
    female: Floats
    label: Texts
    found: Bools

    def __post_init__(self) -> None:
        for name in _ANSWERS:
            shape = getattr(self, name).shape
            expected = (len(self), MAX_AGE + 1) if name == "age" else (len(self),)
            if shape != expected:
                raise DataError(f"'{name}' has shape {shape} where {expected} belongs")
        # NumPy cuts a text that is longer than its array's others, "undetermined" to "undete".
        unknown = set(self.label.tolist()) - set(get_args(GenderLabel))
        if unknown:
            raise DataError(f"'label' holds '{min(unknown)}', which is no label")

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
    def female_truth(self) -> Ints:
        """1 for a female label, 0 for a male one, -1 where it is missing, (n,) int64."""
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
        return Predictions([self.records[i] for i in positions], **answers)

    def save(self, path: Path) -> None:
        """Writes everything to one ``.npz`` file that holds plain arrays only."""
        columns = {name: getattr(self, name) for name in _ANSWERS} | _columns(self.records)
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
                return cls(_records(file), **answers)
        except FileNotFoundError:
            raise DataError(f"there is no file '{path}'") from None
        except (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error):
            raise DataError(f"'{path}' does not hold predictions") from None


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
    }


def _records(columns: Mapping[str, NDArray[Any]]) -> list[Record]:
    names = ("path", "age_low", "age_high", "gender", "ethnicity", "race", "group", "split")
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
        )
        for path, age_low, age_high, gender, ethnicity, race, group, split in zip(
            *(columns[name].tolist() for name in names), strict=True
        )
    ]
