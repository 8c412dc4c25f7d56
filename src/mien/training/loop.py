"""The training loop: plain PyTorch, on the CPU or a GPU, interruptible at any moment.

A checkpoint holds the network, the averaged weights, the optimiser, the place in the epoch and the
state of the random numbers. The order and the variation of the pictures follow from the seed, the
epoch and the place alone, so that a resumed run continues exactly.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import PARAM_LIST, AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader

from mien.datasets.chips.cache import ChipCache
from mien.errors import DeviceError, RecipeError
from mien.training.dataset import (
    ChipDataset,
    EpochBatches,
    Items,
    TrainingChips,
    require_chips,
)
from mien.training.log import Log
from mien.training.networks.attribute_network import AttributeNetwork
from mien.training.objective import Objective
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
        device: Where the network is, ``"cpu"`` or ``"cuda"``.
        precision: ``"fp32"`` or ``"bf16"``.
        workers: Processes that prepare pictures beside the loop, at least 0.

    Raises:
        RecipeError: The recipe does not fit the chips, or cannot be used otherwise.
        DataError: A label is not one of its head's.
        DeviceError: There is no such device.
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
        if device == "cuda" and not torch.cuda.is_available():
            raise DeviceError("the device 'cuda' cannot be used: PyTorch finds no GPU")
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
        self._data = TrainingChips(caches, recipe)
        self.pictures = len(self._data.shown(0))
        if self.pictures < recipe.batch:
            raise RecipeError(
                f"there are {self.pictures} pictures in {recipe.splits}, too few for a batch"
            )
        heads = recipe.trained_heads
        labels = self._data.labels
        if missing := [head.name for head in heads if not labels.known(head.name).any()]:
            raise RecipeError(f"no picture in {recipe.splits} has a label of '{missing[0]}'")
        self._objective = Objective(recipe, labels.of(self._data.shown(0)), self._device)
        self._validation = [
            (cache.name, data)
            for cache in caches
            if len(data := ChipDataset([cache], ["val"], heads, recipe.progressive, _VALIDATED))
        ]
        network = AttributeNetwork(recipe.network, recipe.size, heads, recipe.dropout)
        if recipe.start:
            load_starting_weights(network, recipe.start)
        self.network = network.to(self._device).to(memory_format=torch.channels_last)
        self._average = AveragedModel(
            self.network, multi_avg_fn=_moving_average(recipe.average), use_buffers=True
        )
        self._average.requires_grad_(False).eval()
        self._optimiser = torch.optim.AdamW(
            _parameter_groups(self.network, recipe.weight_decay), lr=recipe.learning_rate
        )
        self._epoch = 0
        self._batch = 0  # within the epoch
        self._steps_per_epoch = self.pictures // recipe.batch

    @property
    def averaged(self) -> nn.Module:
        """The network with averaged weights."""
        return self._average.module

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
                metrics = validate(
                    self.averaged,
                    self.recipe.trained_heads,
                    self._validation,
                    self._device,
                    self._epoch,
                )
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
        loader: DataLoader[Items] = DataLoader(
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

    def _step(self, items: Items) -> dict[str, float]:
        for group in self._optimiser.param_groups:
            group["lr"] = self._learning_rate()
        here: Items = {"views": self._moved(items["views"]), "labels": self._moved(items["labels"])}
        random = np.random.default_rng([self.recipe.seed, self._epoch, self._batch])
        losses = self._objective.losses(self._forward, here, random)
        total = torch.stack(list(losses.values())).sum()
        self._optimiser.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self._optimiser.step()
        self._average.update_parameters(self.network)
        return {"loss": total.item(), **{key: value.item() for key, value in losses.items()}}

    def _forward(self, chips: Tensor) -> dict[str, Tensor]:
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._precision == "bf16"):
            logits: dict[str, Tensor] = self.network(chips)
        return logits

    def _moved(self, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        return {
            name: values.to(self._device, non_blocking=True) for name, values in tensors.items()
        }

    def _learning_rate(self) -> float:
        recipe = self.recipe
        if self.steps < recipe.warmup:
            return recipe.learning_rate * (self.steps + 1) / recipe.warmup
        total = self._steps_per_epoch * recipe.epochs
        progress = (self.steps - recipe.warmup) / max(1, total - recipe.warmup)
        return recipe.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))

    def save(self) -> None:
        """Writes the checkpoint, whole or not at all."""
        state: dict[str, Any] = {
            "recipe": self.recipe.to_dict(),
            "network": self.network.state_dict(),
            "averaged": self._average.state_dict(),
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
        self._average.load_state_dict(state["averaged"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._epoch, self._batch = state["epoch"], state["batch"]
        torch.set_rng_state(state["random"].cpu())
        return True


def _moving_average(most: float) -> Callable[[PARAM_LIST, PARAM_LIST, Tensor | int], None]:
    """Returns how weights are averaged: the fewer steps the average has seen, the faster it moves.

    Args:
        most: The greatest decay, 0..1.
    """

    def update(averaged: PARAM_LIST, current: PARAM_LIST, steps: Tensor | int) -> None:
        decay = min(most, (1 + int(steps)) / (_AVERAGE_WARMUP + int(steps)))
        get_ema_multi_avg_fn(decay)(averaged, current, steps)  # type: ignore[no-untyped-call]

    return update


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
