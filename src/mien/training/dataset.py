"""Chip caches as data sets of PyTorch, for training and validation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypedDict

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from mien.attributes.heads import Head
from mien.datasets.chips.cache import CachedChip, ChipCache
from mien.datasets.records import Record
from mien.errors import RecipeError
from mien.faces.align import Chip
from mien.faces.warp import inside
from mien.training.augmentation import augment
from mien.training.labels import label_arrays, pool_duplicates
from mien.training.recipe import Recipe


def require_chips(caches: Sequence[ChipCache], size: int, crop_scale: float) -> None:
    """Checks that the chips of all caches have the size and the crop of a recipe.

    Args:
        caches: The caches.
        size: Side of the recipe's chips in pixels.
        crop_scale: Crop scale of the recipe, see :class:`mien.faces.align.ChipTemplate`.

    Raises:
        RecipeError: The chips of a cache have another size or another crop scale.
    """
    for cache in caches:
        if cache.size != size:
            raise RecipeError(
                f"the recipe's size is {size}, that of the chips of '{cache.name}' {cache.size};"
                f" make chips that fit: mien data chips --size {size}"
            )
        if cache.template.crop_scale != crop_scale:
            raise RecipeError(
                f"the recipe's crop scale is {crop_scale}, that of the chips of '{cache.name}'"
                f" {cache.template.crop_scale}; make chips that fit: mien data chips --crop-scale"
                f" {crop_scale}"
            )


class Items(TypedDict):
    """Chips with their labels, one or a batch of them.

    Attributes:
        views: ``chips``, and ``clean`` for teachers: RGB, uint8, (3, size, size).
        labels: Labels by the head's name, see :meth:`mien.training.labels.LabelArrays.row`.
        set: Number of the data set, int64.
    """

    views: dict[str, Tensor]
    labels: dict[str, Tensor]
    set: Tensor


class ChipDataset(Dataset[Items]):
    """The chips of some splits of several caches, not augmented.

    Args:
        caches: Caches of one size and one template.
        splits: Names of splits; None for all.
        heads: Heads whose labels are read.
        progressive: Side in pixels to which the chips of each of the first epochs are shrunk.
        limit: Maximum number of chips, picked at equal distances; None for all.
    """

    def __init__(
        self,
        caches: Sequence[ChipCache],
        splits: Sequence[str] | None,
        heads: Sequence[Head] = (),
        progressive: Sequence[int] = (),
        limit: int | None = None,
    ) -> None:
        self._caches = caches
        self._progressive = progressive
        wanted: Sequence[str | None] = [None] if splits is None else splits
        self.items = [
            (number, int(position))
            for number, cache in enumerate(caches)
            for split in wanted
            for position in cache.select(split)
        ]
        if limit is not None and len(self.items) > limit:
            picked = np.linspace(0, len(self.items) - 1, limit).astype(int)
            self.items = [self.items[i] for i in picked]
        self.labels = label_arrays(self.records, heads)

    @property
    def rows(self) -> list[CachedChip]:
        """The rows of the caches' indexes, one for each chip."""
        return [self._caches[number].rows[position] for number, position in self.items]

    @property
    def records(self) -> list[Record]:
        """The records with the labels, one for each chip."""
        return [row.record for row in self.rows]

    def chips(self, items: Sequence[tuple[int, int]]) -> NDArray[np.uint8]:
        """Returns the chips of some items, RGB, uint8, (n, size, size, 3)."""
        return np.stack([self._caches[number].chips[position] for number, position in items])

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, key: tuple[int, int]) -> Items:
        epoch, index = key
        number, position = self.items[index]
        return self._item(index, epoch, chips=self._caches[number].chips[position])

    def _item(self, index: int, epoch: int, **views: Chip) -> Items:
        """Returns the views of a chip at the size of the epoch, with its labels."""
        return {
            "views": {name: _tensor(self._shrunk(view, epoch)) for name, view in views.items()},
            "labels": {name: torch.tensor(label) for name, label in self.labels.row(index).items()},
            "set": torch.tensor(self.items[index][0]),
        }

    def _shrunk(self, chip: Chip, epoch: int) -> Chip:
        if epoch >= len(self._progressive):
            return chip
        side = self._progressive[epoch]
        return np.asarray(cv2.resize(chip, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


class TrainingChips(ChipDataset):
    """The chips that a recipe trains on, augmented, with the labels for training.

    The key of an item is ``(epoch, index)``. The key and the recipe's seed alone determine the
    augmentation. An item is therefore the same in every process, and after an interruption.

    Args:
        caches: Caches of one size and one template.
        recipe: The recipe.
    """

    def __init__(self, caches: Sequence[ChipCache], recipe: Recipe) -> None:
        heads = recipe.trained_heads
        super().__init__(caches, recipe.splits, heads, recipe.progressive)
        self._recipe = recipe
        records = self.records
        groups = [
            (caches[number].name, record.group)
            for (number, _), record in zip(self.items, records, strict=True)
        ]
        plain = label_arrays(records, heads, recipe.label_width, recipe.label_growth)
        self.labels = pool_duplicates(plain, heads, groups, recipe.spikes)

    def shown(self, epoch: int) -> NDArray[np.int64]:
        """Returns the indexes of the items that an epoch shows, int64, (n,).

        An index occurs as often as the recipe repeats its data set. If the recipe shows only a part
        of a data set, each epoch shows the next part in a fixed order.
        """
        numbers = np.array([number for number, _ in self.items])
        parts = []
        for number, cache in enumerate(self._caches):
            positions = np.flatnonzero(numbers == number)
            whole, rest = divmod(self._recipe.repeat.get(cache.name, 1.0), 1)
            parts += [positions] * int(whole)
            order = np.random.default_rng([self._recipe.seed, number]).permutation(positions)
            count = round(rest * len(order))
            parts.append(np.roll(order, -epoch * count)[:count])
        return np.concatenate(parts)

    def __getitem__(self, key: tuple[int, int]) -> Items:
        epoch, index = key
        number, position = self.items[index]
        cache = self._caches[number]
        row = cache.rows[position]
        shown = inside(row.matrix, row.width, row.height, cache.size)
        varied = augment(
            cache.chips[position],
            None if shown.all() else shown,
            cache.template,
            self._recipe.augmentation,
            np.random.default_rng([self._recipe.seed, epoch, index]),
        )
        views = {"chips": varied.chip}
        if self._recipe.teachers:
            views["clean"] = varied.clean
        return self._item(index, epoch, **views)


def _tensor(chip: Chip) -> Tensor:
    return torch.from_numpy(np.array(chip)).permute(2, 0, 1)


class EpochBatches(Sampler[list[tuple[int, int]]]):
    """The batches of one epoch in a random order; an incomplete last batch is left out.

    Args:
        shown: Indexes of the items that the epoch shows, int64, (n,).
        batch: Number of chips in a batch, at least 1.
        seed: Seed of the order.
        epoch: Number of the epoch, from 0.
        first: Number of batches that were done before an interruption; they are left out.
    """

    def __init__(
        self, shown: NDArray[np.int64], batch: int, seed: int, epoch: int, first: int = 0
    ) -> None:
        self._batch = batch
        self._epoch = epoch
        self._first = first
        self._order = np.random.default_rng([seed, epoch]).permutation(shown)

    def __len__(self) -> int:
        return len(self._order) // self._batch - self._first

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        for start in range(self._first, len(self._order) // self._batch):
            part = self._order[start * self._batch : (start + 1) * self._batch]
            yield [(self._epoch, int(index)) for index in part]
