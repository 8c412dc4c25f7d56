"""Distillation: a small network, the student, learns from the predictions of other models.

In each step one of the teachers predicts each chip, or the mirror image of each. Over many steps
the student learns the average of all teachers over a face and its mirror image, for the time of one
prediction. The teachers see the mixed chips of each step, not once the picture as it is (Beyer et
al., "Knowledge distillation: A good teacher is patient and consistent", 2022). The teachers cannot
have memorised such chips. The student therefore learns how they predict, not what they memorised.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from mien.assets import find_model
from mien.attributes.heads import Head
from mien.attributes.model import AttributeModel
from mien.errors import RecipeError
from mien.faces.align import ChipTemplate
from mien.runtime import OnnxSession
from mien.training.entries import TeacherEntry


class Taught(NamedTuple):
    """Predictions of teachers for n chips.

    Attributes:
        rows: Positions of the chips that have a teacher, int64, (k,).
        probabilities: The probabilities that a teacher of each predicts, float32, (k, width). A
            binary head has one column: the probability of its second label.
    """

    rows: Tensor
    probabilities: Tensor


class Teachers:
    """Models whose predictions a student learns from.

    Args:
        entries: The entries of the recipe, at least one.
        heads: The heads of the student.
        splits: The splits that the student is trained on.
        template: Template of the student's chips.
        sets: Names of the data sets, in the order of their numbers.

    Raises:
        ModelError: There is no such model.
        RecipeError: A teacher was trained on a split that the student is not trained on; its data
            set is not given; it takes wider chips; or one of its heads has other labels than that
            of the student.
    """

    def __init__(
        self,
        entries: Sequence[TeacherEntry],
        heads: Sequence[Head],
        splits: Sequence[str],
        template: ChipTemplate,
        sets: Sequence[str],
    ) -> None:
        self._heads = heads
        self._teachers = []
        for entry in entries:
            model = AttributeModel(OnnxSession(find_model(entry.model)))
            _check(model, heads, splits, template)
            for name in entry.sets:
                if name not in sets:
                    raise RecipeError(
                        f"the teacher '{entry.model}' is for the data set '{name}', which is not"
                        " given; add its chips: --data FOLDER"
                    )
            numbers = [i for i, name in enumerate(sets) if not entry.sets or name in entry.sets]
            share = model.card.template.crop_scale / template.crop_scale
            self._teachers.append((model, share, torch.tensor(numbers)))

    def predict(
        self, chips: Tensor, sets: Tensor, random: np.random.Generator
    ) -> dict[str, Taught]:
        """Predicts each chip with one of its teachers, at the crop and the size of that teacher.

        Args:
            chips: RGB 0..255 as float, (n, 3, size, size).
            sets: Number of the data set of each chip, int64, (n,).
            random: Random number generator. It decides which teacher predicts, and whether the
                teachers see mirror images.

        Returns:
            What the teachers predict, by the name of each head that the student and a teacher have,
            on the device of the chips.
        """
        if random.random() < 0.5:
            chips = chips.flip(3)
        free = torch.ones(len(chips), dtype=torch.bool)
        taught: dict[str, list[Taught]] = {}
        for number in random.permutation(len(self._teachers)):
            model, share, numbers = self._teachers[number]
            rows = (free & torch.isin(sets.cpu(), numbers)).nonzero()[:, 0]
            if not len(rows):
                continue
            free[rows] = False
            logits = model.logits(_fit(chips[rows.to(chips.device)], share, model.card.size))
            for head in self._heads:
                if head.output in logits:
                    predicted = _probabilities(head, torch.from_numpy(logits[head.output]))
                    taught.setdefault(head.name, []).append(Taught(rows, predicted))
        return {
            name: Taught(*(torch.cat(part).to(chips.device) for part in zip(*parts, strict=True)))
            for name, parts in taught.items()
        }


def _check(
    model: AttributeModel, heads: Sequence[Head], splits: Sequence[str], template: ChipTemplate
) -> None:
    card = model.card
    if unknown := sorted(set(card.recipe["splits"]) - set(splits)):
        raise RecipeError(
            f"the teacher '{card.name}' was trained on the split '{unknown[0]}', which is"
            " not among the recipe's splits; choose another teacher"
        )
    if card.template.points != template.points or card.template.crop_scale > template.crop_scale:
        raise RecipeError(
            f"the teacher '{card.name}' takes chips that show more than those of its student;"
            f" choose another teacher, or a crop scale of {card.template.crop_scale} or more"
        )
    for head in heads:
        if any(own.name == head.name and not alike(own, head) for own in card.heads):
            raise RecipeError(
                f"the teacher '{card.name}' has other labels of '{head.name}'"
                " than its student; choose another teacher"
            )


def alike(one: Head, other: Head) -> bool:
    """Returns whether two heads have the same name, kind and labels."""
    return (one.name, one.kind, one.labels) == (other.name, other.kind, other.labels)


def _probabilities(head: Head, logits: Tensor) -> Tensor:
    return logits.sigmoid() if head.kind == "binary" else logits.softmax(dim=1)


def _fit(chips: Tensor, share: float, side: int) -> NDArray[np.uint8]:
    """Cuts the middle out of chips and resizes it to the input of a model, (n, side, side, 3).

    Args:
        chips: RGB 0..255 as float, (n, 3, size, size).
        share: Side of the middle relative to that of the chips, at most 1.
        side: Side of the result in pixels.
    """
    size = chips.shape[2]
    edge = round(size * (1 - share) / 2)
    middle = chips[:, :, edge : size - edge, edge : size - edge]
    resized = F.interpolate(middle, (side, side), mode="bilinear", antialias=True)
    pixels: NDArray[np.uint8] = resized.round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    return np.ascontiguousarray(pixels)
