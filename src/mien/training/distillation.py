"""Distillation: a small network learns from what larger or several models say.

The teachers are asked about each chip just as the student sees it, varied and with pieces of other
faces in it, rather than once about the picture (Beyer et al., "Knowledge distillation: A good
teacher is patient and consistent", 2022): of such chips they know nothing by heart, so that the
student learns how they judge instead of what they remember.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from mien.assets import find_model
from mien.attributes.model import AttributeModel
from mien.errors import RecipeError
from mien.runtime.onnx import OnnxSession


class Teachers:
    """Models whose answers are averaged.

    Args:
        models: At least one.
    """

    def __init__(self, models: Sequence[AttributeModel]) -> None:
        self._models = models

    @classmethod
    def load(cls, models: Sequence[str], splits: Sequence[str]) -> Teachers:
        """Loads teachers.

        Args:
            models: Names of bundled models or paths of model files.
            splits: Which splits the student learns from.

        Raises:
            ModelError: There is no such model.
            RecipeError: A teacher learnt from another split, of which the student shall know
                nothing.
        """
        teachers = [AttributeModel(OnnxSession(find_model(model))) for model in models]
        for teacher in teachers:
            if unknown := sorted(set(teacher.card.recipe["splits"]) - set(splits)):
                raise RecipeError(
                    f"the teacher '{teacher.card.name}' learnt from '{unknown[0]}',"
                    " of which its student shall know nothing"
                )
        return cls(teachers)

    def judge(self, chips: Tensor) -> tuple[Tensor, Tensor]:
        """Asks every teacher, at the size that it takes.

        Args:
            chips: RGB 0..255 as float, (n, 3, size, size).

        Returns:
            The age distributions, (n, 101), and the probabilities of a female presentation, (n,),
            where the chips are.
        """
        sides = {model.card.size for model in self._models}
        resized = {side: _resize(chips, side) for side in sides}
        ages, females = [], []
        for model in self._models:
            logits = model.logits(resized[model.card.size])
            ages.append(torch.from_numpy(logits["age_logits"]).softmax(1))
            females.append(torch.from_numpy(logits["gender_logit"]).sigmoid())
        return (
            torch.stack(ages).mean(0).to(chips.device),
            torch.stack(females).mean(0).to(chips.device),
        )


def _resize(chips: Tensor, side: int) -> NDArray[np.uint8]:
    """Returns chips as a model of that size takes them, (n, side, side, 3)."""
    resized = F.interpolate(chips, (side, side), mode="bilinear", antialias=True)
    pixels: NDArray[np.uint8] = resized.round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    return np.ascontiguousarray(pixels)
