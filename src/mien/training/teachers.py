"""Distillation: a small network learns from the stored answers of others.

Each teacher is asked once about every picture it may know of (Hinton et al., "Distilling the
Knowledge in a Neural Network", 2015); its answers are kept in a file, so that every further epoch
costs only the student.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mien.data.chips import ChipCache
from mien.errors import RecipeError


@dataclass(frozen=True, slots=True)
class Answers:
    """What a network says of a data set.

    Attributes:
        age: Age distributions, (n, 101).
        female: Probability of a female presentation, (n,).
    """

    age: NDArray[np.float32]
    female: NDArray[np.float32]


def picture_key(cache: ChipCache, position: int) -> str:
    """Names a picture across caches of different sizes."""
    return f"{cache.name}/{cache.rows[position].record.path}"


def save_answers(path: Path, keys: Sequence[str], answers: Answers) -> None:
    """Writes a teacher's answers.

    Args:
        path: Where to.
        keys: The name of each picture.
        answers: What the teacher said of them.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path, keys=np.array(keys), age=answers.age.astype(np.float16), female=answers.female
    )


@dataclass(frozen=True, slots=True)
class Teachers:
    """The averaged answers of some teachers.

    Attributes:
        positions: Where in the arrays a picture is.
        age: Age distributions, float32, (n, 101).
        female: Probability of a female presentation, float32, (n,).
    """

    positions: dict[str, int]
    age: NDArray[np.float32]
    female: NDArray[np.float32]

    @classmethod
    def load(cls, paths: Sequence[Path]) -> Teachers:
        """Reads the answers of one or more teachers about the same pictures.

        Raises:
            RecipeError: A file is missing or is about other pictures than the first.
        """
        files = [cls._load(path) for path in paths]
        for path, file in zip(paths, files, strict=True):
            if file.positions.keys() != files[0].positions.keys():
                raise RecipeError(f"'{path}' holds answers about other pictures than '{paths[0]}'")
        keys = list(files[0].positions)
        orders = [[file.positions[key] for key in keys] for file in files]
        age = np.mean([f.age[order] for f, order in zip(files, orders, strict=True)], axis=0)
        female = np.mean([f.female[order] for f, order in zip(files, orders, strict=True)], axis=0)
        age /= age.sum(axis=1, keepdims=True)
        return cls({key: i for i, key in enumerate(keys)}, age, female)

    @classmethod
    def _load(cls, path: Path) -> Teachers:
        try:
            with np.load(path) as file:
                positions = {str(key): i for i, key in enumerate(file["keys"])}
                return cls(positions, file["age"].astype(np.float32), file["female"])
        except FileNotFoundError:
            raise RecipeError(f"there are no teacher's answers '{path}'") from None
        except (ValueError, KeyError, OSError) as error:
            raise RecipeError(f"'{path}' does not hold a teacher's answers: {error}") from None

    def about(self, keys: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Returns the age distributions and female probabilities of some pictures.

        Raises:
            RecipeError: The teachers were not asked about one of them.
        """
        try:
            order = [self.positions[key] for key in keys]
        except KeyError as key:
            raise RecipeError(f"the teachers were not asked about {key}") from None
        return self.age[order], self.female[order]
