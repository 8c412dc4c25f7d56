"""Chip caches as what the training loop reads."""

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


def require_chips(caches: Sequence[ChipCache], size: int, field: float) -> None:
    """Finds out whether the chips of all caches are those that a recipe is for.

    Args:
        caches: The caches.
        size: Side in pixels.
        field: How much of the surroundings they show.

    Raises:
        RecipeError: Some are not.
    """
    for cache in caches:
        if cache.size != size:
            raise RecipeError(
                f"the recipe's size is {size}, that of the chips of '{cache.name}' {cache.size};"
                f" make chips that fit: mien data chips --size {size}"
            )
        if cache.template.field != field:
            raise RecipeError(
                f"the recipe's field is {field}, that of the chips of '{cache.name}'"
                f" {cache.template.field}; make chips that fit: mien data chips --field {field}"
            )


class Items(TypedDict):
    """Chips with their labels, one or a batch of them.

    Attributes:
        views: ``chips``, and ``clean`` for teachers: RGB, uint8, (3, size, size).
        labels: By the head's name, see :meth:`mien.training.labels.LabelArrays.row`.
    """

    views: dict[str, Tensor]
    labels: dict[str, Tensor]


class ChipDataset(Dataset[Items]):
    """The chips of some splits of several caches, as they are.

    Args:
        caches: All of one size and one template.
        splits: Which splits; None for all.
        heads: What labels are read for.
        progressive: Sides to which the chips of the first epochs are shrunk.
        most: How many chips at the most, taken evenly.
    """

    def __init__(
        self,
        caches: Sequence[ChipCache],
        splits: Sequence[str] | None,
        heads: Sequence[Head] = (),
        progressive: Sequence[int] = (),
        most: int | None = None,
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
        if most is not None and len(self.items) > most:
            picked = np.linspace(0, len(self.items) - 1, most).astype(int)
            self.items = [self.items[i] for i in picked]
        self.labels = label_arrays(self.records, heads)

    @property
    def rows(self) -> list[CachedChip]:
        """The rows of the caches' indexes."""
        return [self._caches[number].rows[position] for number, position in self.items]

    @property
    def records(self) -> list[Record]:
        """The labels as the caches have them."""
        return [row.record for row in self.rows]

    def chips(self, items: Sequence[tuple[int, int]]) -> NDArray[np.uint8]:
        """Returns the chips of some of the items as they are, (n, size, size, 3)."""
        return np.stack([self._caches[number].chips[position] for number, position in items])

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, key: tuple[int, int]) -> Items:
        epoch, index = key
        number, position = self.items[index]
        return self._item(index, epoch, chips=self._caches[number].chips[position])

    def _item(self, index: int, epoch: int, **views: Chip) -> Items:
        """Returns views of a chip, as small as the epoch wants them, with its labels."""
        return {
            "views": {name: _tensor(self._shrunk(view, epoch)) for name, view in views.items()},
            "labels": {name: torch.tensor(label) for name, label in self.labels.row(index).items()},
        }

    def _shrunk(self, chip: Chip, epoch: int) -> Chip:
        if epoch >= len(self._progressive):
            return chip
        side = self._progressive[epoch]
        return np.asarray(cv2.resize(chip, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


class TrainingChips(ChipDataset):
    """The chips that a recipe is trained on, varied, with the labels that training makes of them.

    An item is asked for by ``(epoch, index)``, from which with the seed all chance follows: it is
    the same whatever process reads it, and whether training was interrupted or not.

    Args:
        caches: All of one size and one template.
        recipe: How chips are varied and labels are read.
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
        """Returns which items an epoch shows, each as often as the recipe says.

        Of a data set that is shown in part, each epoch shows the next part of a fixed order.
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
    """The batches of one epoch in an order drawn from the seed; the last, smaller one is left out.

    Args:
        shown: The items that the epoch shows.
        batch: Pictures in a batch.
        seed: Of the order.
        epoch: Which epoch.
        first: How many batches are skipped, because they were done before an interruption.
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
