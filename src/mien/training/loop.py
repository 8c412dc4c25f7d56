"""The training loop: plain PyTorch, on the CPU or a GPU, interruptible at any moment.

A checkpoint holds the network, the averaged weights, the optimiser, the position in the epoch and
the state of the random numbers. The order and the augmentation of the pictures depend only on the
seed, the epoch and this position. A resumed run therefore gives exactly the same result.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
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
from mien.training.optimisation import learning_rate, moving_average, parameter_groups
from mien.training.recipe import Recipe, recipe_from_dict
from mien.training.starting_weights import load_starting_weights
from mien.training.validation import validate

_CHECKPOINT_EVERY = 200  # steps
_VALIDATED = 2500  # maximum number of pictures of a data set in the validation of an epoch


class Trainer:
    """Trains one recipe.

    Args:
        recipe: The recipe.
        caches: The chips, one cache for each data set.
        folder: Folder for the checkpoint.
        device: ``"cpu"`` or ``"cuda"``.
        precision: ``"fp32"`` or ``"bf16"``.
        workers: Number of processes that load and augment chips, at least 0; 0 does it in the loop.

    Raises:
        RecipeError: The recipe does not fit the chips; or its network, starting weights or teachers
            cannot be used.
        ModelError: There is no model of a teacher's name.
        DataError: A label is not among the labels of its head.
        DeviceError: PyTorch finds no GPU.
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
        require_chips(caches, recipe.size, recipe.crop_scale)
        if device == "cuda" and not torch.cuda.is_available():
            raise DeviceError("PyTorch finds no GPU for the device 'cuda'; use the device 'cpu'")
        if unknown := sorted(recipe.repeat.keys() - {cache.name for cache in caches}):
            raise RecipeError(
                f"the recipe repeats the data set '{unknown[0]}', which is not given;"
                " add its chips: --data FOLDER"
            )
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
                f"there are {self.pictures} pictures in {recipe.splits}, too few for a batch of"
                f" {recipe.batch}; choose a smaller batch"
            )
        heads = recipe.trained_heads
        labels = self._data.labels
        if missing := [head.name for head in heads if not labels.known(head.name).any()]:
            raise RecipeError(
                f"no picture in {recipe.splits} has a label of '{missing[0]}';"
                " add labels, or take the head out of the recipe"
            )
        shown = labels.of(self._data.shown(0))
        self._objective = Objective(recipe, shown, caches, self._device)
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
            self.network, multi_avg_fn=moving_average(recipe.average), use_buffers=True
        )
        self._average.requires_grad_(False).eval()
        self._optimiser = torch.optim.AdamW(
            parameter_groups(self.network, recipe.weight_decay), lr=recipe.learning_rate
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
        """Number of steps that were done."""
        return self._epoch * self._steps_per_epoch + self._batch

    def train(self, log: Log) -> dict[str, float]:
        """Trains until the recipe's last epoch.

        Args:
            log: Log for every step and every epoch.

        Returns:
            The metrics of the last validation, see :func:`mien.training.validation.validate`; empty
            if no epoch was left to train.
        """
        metrics: dict[str, float] = {}
        log.start(self._steps_per_epoch * self.recipe.epochs, self.steps)
        try:
            while self._epoch < self.recipe.epochs:
                self._train_epoch(log)
                # The chips have the size of the epoch: a network is best at the size of training.
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
            # With the shared generator the loader would draw a number when a run is resumed. The
            # random numbers of dropout would then differ from those of a run without interruption.
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
        total = self._steps_per_epoch * self.recipe.epochs
        for group in self._optimiser.param_groups:
            group["lr"] = learning_rate(self.recipe, self.steps, total)
        here: Items = {
            "views": self._moved(items["views"]),
            "labels": self._moved(items["labels"]),
            "set": items["set"].to(self._device),
        }
        random = np.random.default_rng([self.recipe.seed, self._epoch, self._batch])
        losses = self._objective.losses(self._forward, here, random)
        loss = torch.stack(list(losses.values())).sum()
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self._optimiser.step()
        self._average.update_parameters(self.network)
        return {"loss": loss.item(), **{key: value.item() for key, value in losses.items()}}

    def _forward(self, chips: Tensor) -> dict[str, Tensor]:
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._precision == "bf16"):
            logits: dict[str, Tensor] = self.network(chips)
        return logits

    def _moved(self, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        return {
            name: values.to(self._device, non_blocking=True) for name, values in tensors.items()
        }

    def save(self) -> None:
        """Writes the checkpoint; an interruption leaves the old one."""
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
        data = io.BytesIO()  # torch itself does not say why a file cannot be written
        torch.save(state, data)
        part.write_bytes(data.getbuffer())
        part.replace(self.folder / "checkpoint.pt")

    def resume(self) -> bool:
        """Continues from the checkpoint in the folder, if there is one.

        Returns:
            Whether there was a checkpoint.

        Raises:
            RecipeError: The checkpoint was made by another recipe.
        """
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            return False
        state = torch.load(path, map_location=self._device, weights_only=True)
        if recipe_from_dict(state["recipe"], str(path)) != self.recipe:
            raise RecipeError(
                f"the checkpoint in '{self.folder}' was made by another recipe;"
                " choose another folder: --out FOLDER"
            )
        self.network.load_state_dict(state["network"])
        self._average.load_state_dict(state["averaged"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._epoch, self._batch = state["epoch"], state["batch"]
        torch.set_rng_state(state["random"].cpu())
        return True


def _give_way(_: int) -> None:
    """Gives a loading process the lowest priority.

    The threads of the network wait for each other after every layer. A loading process of the same
    priority would hold all of them up.
    """
    if sys.platform != "win32":  # which has no such call
        os.nice(19)
