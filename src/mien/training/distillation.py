"""Distillation: a small network learns from what larger or several models predict.

The teachers are asked about each chip just as the student sees it, varied and with pieces of other
faces in it, rather than once about the picture (Beyer et al., "Knowledge distillation: A good
teacher is patient and consistent", 2022). They know nothing of such chips by heart, so that the
student learns how they predict instead of what they remember.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from mien.assets import find_model
from mien.attributes.heads import Head
from mien.attributes.model import AttributeModel
from mien.errors import RecipeError
from mien.runtime import OnnxSession


class Teachers:
    """Models whose predictions are averaged.

    Args:
        models: At least one.
        heads: What the student predicts.
    """

    def __init__(self, models: Sequence[AttributeModel], heads: Sequence[Head]) -> None:
        self._models = models
        self._heads = heads

    @classmethod
    def load(cls, models: Sequence[str], splits: Sequence[str], heads: Sequence[Head]) -> Teachers:
        """Loads teachers.

        Args:
            models: Names of bundled models or paths of model files.
            splits: Which splits the student learns from.
            heads: What the student predicts.

        Raises:
            ModelError: There is no such model.
            RecipeError: A teacher learnt from another split, of which the student shall know
                nothing; or has other labels than the student.
        """
        teachers = [AttributeModel(OnnxSession(find_model(model))) for model in models]
        for teacher in teachers:
            card = teacher.card
            if unknown := sorted(set(card.recipe["splits"]) - set(splits)):
                raise RecipeError(
                    f"the teacher '{card.name}' learnt from '{unknown[0]}',"
                    " of which its student shall know nothing"
                )
            for head in heads:
                if any(own.name == head.name and not alike(own, head) for own in card.heads):
                    raise RecipeError(
                        f"the teacher '{card.name}' has other labels of '{head.name}'"
                        " than its student"
                    )
        return cls(teachers, heads)

    def predict(self, chips: Tensor) -> dict[str, Tensor]:
        """Asks every teacher, at the size that it takes.

        Args:
            chips: RGB 0..255 as float, (n, 3, size, size).

        Returns:
            By the name of each head that the student and a teacher have: the mean of the
            probabilities, (n, width), where the chips are; of a binary head that of its second
            label.
        """
        sides = {model.card.size for model in self._models}
        resized = {side: _resize(chips, side) for side in sides}
        logits = [model.logits(resized[model.card.size]) for model in self._models]
        predicted = {}
        for head in self._heads:
            known = [torch.from_numpy(of[head.output]) for of in logits if head.output in of]
            if known:
                activation = torch.sigmoid if head.kind == "binary" else _softmax
                mean = torch.stack([activation(values) for values in known]).mean(0)
                predicted[head.name] = mean.to(chips.device)
        return predicted


def alike(one: Head, other: Head) -> bool:
    """Tells whether two heads predict the same, calibration and notice aside."""
    return (one.name, one.kind, one.labels) == (other.name, other.kind, other.labels)


def _softmax(logits: Tensor) -> Tensor:
    return logits.softmax(dim=1)


def _resize(chips: Tensor, side: int) -> NDArray[np.uint8]:
    """Returns chips as a model of that size takes them, (n, side, side, 3)."""
    resized = F.interpolate(chips, (side, side), mode="bilinear", antialias=True)
    pixels: NDArray[np.uint8] = resized.round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    return np.ascontiguousarray(pixels)
