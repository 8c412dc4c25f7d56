"""The objective of training: the weighted losses of all heads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from mien.attributes.heads import AGE, Head
from mien.datasets.chips.cache import ChipCache
from mien.training.cutmix import cutmix
from mien.training.dataset import Items
from mien.training.distillation import Teachers
from mien.training.labels import AgeLabels, LabelArrays
from mien.training.losses import (
    age_targets,
    label_loss,
    older_shares,
    teacher_loss,
    threshold_loss,
)
from mien.training.recipe import Recipe


class Objective:
    """The losses of a recipe.

    Args:
        recipe: The recipe.
        labels: Labels of all pictures of an epoch.
        caches: The caches of the pictures; all have the same template.
        device: Device of the network.

    Raises:
        ModelError: There is no model of a teacher's name.
        RecipeError: A teacher does not suit the recipe, see
            :class:`mien.training.distillation.Teachers`.
    """

    def __init__(
        self, recipe: Recipe, labels: LabelArrays, caches: Sequence[ChipCache], device: torch.device
    ) -> None:
        self._recipe = recipe
        self._heads: dict[str, Head] = {head.name: head for head in recipe.trained_heads}
        self._weights = {entry.name: entry.weight for entry in recipe.heads}
        self._teachers = (
            Teachers(
                recipe.teachers,
                recipe.trained_heads,
                recipe.splits,
                caches[0].template,
                [cache.name for cache in caches],
            )
            if recipe.teachers
            else None
        )
        self._balance = (
            _balance(labels.ages[AGE.name]).to(device) if recipe.threshold_weight else None
        )

    def losses(
        self,
        predict: Callable[[Tensor], dict[str, Tensor]],
        items: Items,
        random: np.random.Generator,
    ) -> dict[str, Tensor]:
        """Computes the weighted losses of a step.

        Args:
            predict: The network: from chips, RGB 0..255 as float, (n, 3, size, size), to logits by
                the head's name.
            items: A batch on the device of the network.
            random: Random number generator for CutMix and the teachers.

        Returns:
            Weighted losses by the head's name, and ``threshold`` if the recipe weights it.
        """
        views = {
            name: view.float().contiguous(memory_format=torch.channels_last)
            for name, view in items["views"].items()
        }
        labels = items["labels"]
        mixed = random.random() < self._recipe.cutmix
        if mixed:
            views, partner, share = cutmix(views, random)
        logits = predict(views["chips"])
        losses = self._against_labels(logits, labels)
        if mixed:
            others = {name: values[partner] for name, values in labels.items()}
            pasted = self._against_labels(logits, others)
            losses = {name: torch.lerp(loss, pasted[name], share) for name, loss in losses.items()}
        if self._teachers is not None:
            predictions = self._teachers.predict(views["clean"], items["set"], random)
            for name, taught in predictions.items():
                predicted = logits[name][taught.rows]
                loss = teacher_loss(self._heads[name].kind, predicted, taught.probabilities)
                losses[name] = torch.lerp(
                    losses[name], self._weights[name] * loss, self._recipe.teacher_weight
                )
        return losses

    def _against_labels(
        self, logits: dict[str, Tensor], labels: dict[str, Tensor]
    ) -> dict[str, Tensor]:
        smoothing = self._recipe.bracket_smoothing
        losses = {
            name: self._weights[name] * label_loss(head.kind, logits[name], labels[name], smoothing)
            for name, head in self._heads.items()
        }
        if self._balance is not None:
            older = older_shares(age_targets(*labels[AGE.name].T))
            loss = threshold_loss(logits[AGE.name], older, self._balance)
            losses["threshold"] = self._recipe.threshold_weight * loss
        return losses


def _balance(labels: AgeLabels) -> Tensor:
    """Returns the share of older labels at each threshold, (4,), among labels that decide it."""
    targets = age_targets(
        *(torch.from_numpy(values) for values in (labels.low, labels.high, labels.deviation))
    )
    return older_shares(targets).nanmean(dim=0).clamp(0.02, 0.98)
