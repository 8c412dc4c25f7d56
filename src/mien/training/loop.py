"""The training loop: plain PyTorch, on the CPU or a GPU, interruptible at any moment.

A checkpoint holds the network, the averaged weights, the optimiser, the place in the epoch and the
state of the random numbers. The order and the variation of the pictures follow from the seed, the
epoch and the place alone, so that a resumed run continues exactly.
"""

from __future__ import annotations

import copy
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader

from mien.datasets.chips.cache import ChipCache
from mien.datasets.records import ANY_AGE
from mien.errors import RecipeError
from mien.training.cutmix import cutmix
from mien.training.dataset import ChipDataset, EpochBatches, TrainingChips, require_chips
from mien.training.distillation import Teachers
from mien.training.labels import MISSING
from mien.training.log import Log
from mien.training.losses import (
    age_loss,
    age_targets,
    older_shares,
    teacher_loss,
    threshold_loss,
)
from mien.training.networks.attribute_network import AttributeNetwork, Logits
from mien.training.recipe import Recipe, recipe_from_dict
from mien.training.starting_weights import load_starting_weights
from mien.training.validation import validate

_CHECKPOINT_EVERY = 200  # steps
_VALIDATED = 2500  # pictures of a data set after each epoch, at the most
_AVERAGE_WARMUP = 10  # the average forgets faster while it has seen few steps


class Trainer:
    """Trains one recipe.

    Args:
        recipe: How.
        caches: The chips.
        folder: Where checkpoints and logs go.
        device: Where the network lives.
        precision: ``"fp32"`` or ``"bf16"``.
        workers: Processes that prepare pictures beside the loop.
    """

    def __init__(
        self,
        recipe: Recipe,
        caches: Sequence[ChipCache],
        folder: Path,
        device: str = "cpu",
        precision: str = "fp32",
        workers: int = 1,
    ) -> None:
        require_chips(caches, recipe.size, recipe.field)
        if unknown := sorted(recipe.repeat.keys() - {cache.name for cache in caches}):
            raise RecipeError(f"the recipe repeats '{unknown[0]}', of which there is no cache")
        self.recipe = recipe
        self.folder = folder
        self._device = torch.device(device)
        self._precision = precision
        self._workers = workers
        # OpenCV's threads do not survive the fork of a loading process, which would then hang.
        cv2.setNumThreads(1)
        torch.manual_seed(recipe.seed)
        self._teachers = Teachers.load(recipe.teachers, recipe.splits) if recipe.teachers else None
        self._data = TrainingChips(caches, recipe)
        self.pictures = len(self._data.shown(0))
        if self.pictures < recipe.batch:
            raise RecipeError(
                f"there are {self.pictures} pictures in {recipe.splits}, too few for a batch"
            )
        self._balance = self._older_share() if recipe.threshold_weight else None
        self._validation = [
            (cache.name, data)
            for cache in caches
            if len(data := ChipDataset([cache], ["val"], recipe.progressive, _VALIDATED))
        ]
        network = AttributeNetwork(recipe.network, recipe.size, recipe.dropout, recipe.ethnicity)
        if recipe.start:
            load_starting_weights(network, recipe.start)
        self.network = network.to(self._device).to(memory_format=torch.channels_last)
        self.averaged = copy.deepcopy(self.network).requires_grad_(False).eval()
        self._optimiser = torch.optim.AdamW(
            _parameter_groups(self.network, recipe.weight_decay), lr=recipe.learning_rate
        )
        self._epoch = 0
        self._batch = 0  # within the epoch
        self._steps_per_epoch = self.pictures // recipe.batch

    @property
    def steps(self) -> int:
        """How many steps were done."""
        return self._epoch * self._steps_per_epoch + self._batch

    def train(self, log: Log) -> dict[str, float]:
        """Trains until the recipe's last epoch.

        Args:
            log: Told of every step and every epoch.

        Returns:
            What the last validation measured.
        """
        metrics: dict[str, float] = {}
        log.start(self._steps_per_epoch * self.recipe.epochs, self.steps)
        try:
            while self._epoch < self.recipe.epochs:
                self._train_epoch(log)
                # On chips as small as the epoch's, for a network is best at the size it learns at.
                metrics = validate(self.averaged, self._validation, self._device, self._epoch)
                self._epoch, self._batch = self._epoch + 1, 0
                log.epoch(self._epoch, self.steps, metrics)
                self.save()
        except KeyboardInterrupt:
            self.save()
            raise
        finally:
            log.stop()
        return metrics

    def _train_epoch(self, log: Log) -> None:
        recipe = self.recipe
        batches = EpochBatches(
            self._data.shown(self._epoch),
            recipe.batch,
            recipe.seed,
            self._epoch,
            first=self._batch,
        )
        loader: DataLoader[dict[str, Tensor]] = DataLoader(
            self._data,
            batch_sampler=batches,
            num_workers=self._workers,
            prefetch_factor=4 if self._workers else None,
            pin_memory=self._device.type == "cuda",
            worker_init_fn=_give_way,
            # Else it would draw from the chance that dropout draws from, once more after resuming.
            generator=torch.Generator(),
        )
        self.network.train()
        for items in loader:
            losses = self._step(items)
            self._batch += 1
            log.step(self.steps, losses)
            if self._batch % _CHECKPOINT_EVERY == 0:
                self.save()

    def _step(self, items: dict[str, Tensor]) -> dict[str, float]:
        for group in self._optimiser.param_groups:
            group["lr"] = self._learning_rate()
        items = {key: value.to(self._device, non_blocking=True) for key, value in items.items()}
        losses = self._losses(items)
        total = torch.stack(list(losses.values())).sum()
        self._optimiser.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self._optimiser.step()
        self._update_average()
        return {"loss": total.item(), **{key: value.item() for key, value in losses.items()}}

    def _losses(self, items: dict[str, Tensor]) -> dict[str, Tensor]:
        views: dict[str, Tensor] = {
            name: items.pop(name).float().contiguous(memory_format=torch.channels_last)
            for name in ("chips", "clean")
            if name in items
        }
        random = np.random.default_rng([self.recipe.seed, self._epoch, self._batch])
        mixed = random.random() < self.recipe.cutmix
        if mixed:
            views, partner, share = cutmix(views, random)
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._precision == "bf16"):
            logits = self.network(views["chips"])
        losses = self._losses_against(logits, items)
        if mixed:
            others = {key: value[partner] for key, value in items.items()}
            pasted = self._losses_against(logits, others)
            losses = {key: torch.lerp(loss, pasted[key], share) for key, loss in losses.items()}
        if self._teachers is not None:
            age, gender = teacher_loss(logits, *self._teachers.judge(views["clean"]))
            taught = {"age": age, "gender": self.recipe.gender_weight * gender}
            share = self.recipe.teacher_weight
            losses |= {key: torch.lerp(losses[key], loss, share) for key, loss in taught.items()}
        return losses

    def _losses_against(self, logits: Logits, items: dict[str, Tensor]) -> dict[str, Tensor]:
        recipe = self.recipe
        targets = age_targets(items["age_low"], items["age_high"], items["age_deviation"])
        exact = items["age_low"] == items["age_high"]
        age_known = ~((items["age_low"] == ANY_AGE[0]) & (items["age_high"] == ANY_AGE[1]))
        age = age_loss(logits.age, targets, exact)
        female = items["gender"]
        gender = F.binary_cross_entropy_with_logits(
            logits.gender.float(), female.clamp(min=0), reduction="none"
        )
        losses = {
            "age": _mean(age, age_known),
            "gender": recipe.gender_weight * _mean(gender, female != MISSING),
        }
        if self._balance is not None:
            loss = threshold_loss(logits.age, older_shares(targets), self._balance)
            losses["threshold"] = recipe.threshold_weight * loss
        if logits.ethnicity is not None:
            known = items["ethnicity"] != MISSING
            ethnicity = F.cross_entropy(
                logits.ethnicity.float(), items["ethnicity"], ignore_index=MISSING, reduction="none"
            )
            losses["ethnicity"] = recipe.ethnicity_weight * _mean(ethnicity, known)
        return losses

    def _older_share(self) -> Tensor:
        """Returns the share of older labels at each threshold, of the labels that decide it."""
        labels = self._data.labels
        shown = self._data.shown(0)
        targets = age_targets(
            *(
                torch.from_numpy(values[shown])
                for values in (labels.age_low, labels.age_high, labels.age_deviation)
            )
        )
        return older_shares(targets).nanmean(dim=0).clamp(0.02, 0.98).to(self._device)

    def _learning_rate(self) -> float:
        recipe = self.recipe
        if self.steps < recipe.warmup:
            return recipe.learning_rate * (self.steps + 1) / recipe.warmup
        total = self._steps_per_epoch * recipe.epochs
        progress = (self.steps - recipe.warmup) / max(1, total - recipe.warmup)
        return recipe.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))

    @torch.no_grad()
    def _update_average(self) -> None:
        decay = min(self.recipe.average, (1 + self.steps) / (_AVERAGE_WARMUP + self.steps))
        state = self.network.state_dict()
        for key, average in self.averaged.state_dict().items():
            if average.dtype.is_floating_point:
                average.lerp_(state[key], 1 - decay)
            else:
                average.copy_(state[key])

    def save(self) -> None:
        """Writes the checkpoint, whole or not at all."""
        state: dict[str, Any] = {
            "recipe": self.recipe.to_dict(),
            "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "epoch": self._epoch,
            "batch": self._batch,
            "random": torch.get_rng_state(),
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / "checkpoint.part"
        torch.save(state, part)
        part.replace(self.folder / "checkpoint.pt")

    def resume(self) -> bool:
        """Continues from the folder's checkpoint, if there is one.

        Returns:
            Whether there was one.

        Raises:
            RecipeError: It was made by another recipe.
        """
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            return False
        state = torch.load(path, map_location=self._device, weights_only=True)
        if recipe_from_dict(state["recipe"], str(path)) != self.recipe:
            raise RecipeError(f"the checkpoint in '{self.folder}' was made by another recipe")
        self.network.load_state_dict(state["network"])
        self.averaged.load_state_dict(state["averaged"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._epoch, self._batch = state["epoch"], state["batch"]
        torch.set_rng_state(state["random"].cpu())
        return True


def _mean(losses: Tensor, known: Tensor) -> Tensor:
    """Returns the mean loss of those rows whose label is known, 0 if there are none."""
    return (losses * known).sum() / known.sum().clamp(min=1)


def _parameter_groups(network: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Leaves biases and normalisations out of weight decay."""
    matrices = [p for p in network.parameters() if p.ndim > 1]
    vectors = [p for p in network.parameters() if p.ndim <= 1]
    return [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]


def _give_way(_: int) -> None:
    """Lets the network have the cores first."""
    os.nice(1)
