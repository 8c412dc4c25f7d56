"""Chip caches as what the training loop reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from mien.data.chips import ChipCache
from mien.data.records import ETHNICITIES
from mien.errors import RecipeError
from mien.faces.warp import inside
from mien.training.augmentation import augment
from mien.training.recipe import Augmentation

MISSING = -1


@dataclass(frozen=True, slots=True)
class LabelArrays:
    """The labels of the selected chips, each of shape (n,).

    Attributes:
        age_low: Years.
        age_high: Years, inclusive.
        gender: 1 female, 0 male, -1 missing.
        ethnicity: Position in :data:`mien.data.records.ETHNICITIES`, -1 missing.
    """

    age_low: NDArray[np.int64]
    age_high: NDArray[np.int64]
    gender: NDArray[np.int64]
    ethnicity: NDArray[np.int64]


def require_chips(caches: Sequence[ChipCache], size: int, field: float) -> None:
    """Finds out whether the chips of all caches are those that a recipe is for.

    Args:
        caches: The caches.
        size: Side in pixels.
        field: How much of a face's surroundings they show.

    Raises:
        RecipeError: Some are not.
    """
    for cache in caches:
        if cache.size != size:
            raise RecipeError(
                f"the recipe wants chips of {size} pixels, "
                f"the cache of {cache.name} has {cache.size}"
            )
        if cache.template.field != field:
            raise RecipeError(
                f"the recipe wants chips of field {field}, "
                f"those of {cache.name} are of {cache.template.field}"
            )


class ChipDataset(Dataset[dict[str, Tensor]]):
    """The chips of some splits of several caches, varied if asked for.

    An item is asked for by ``(epoch, index)``, from which with the seed all chance follows: it is
    the same whatever process reads it, and whether training was interrupted or not.

    Args:
        caches: All of one size and one template.
        splits: Which splits; None for all.
        augmentation: How chips are varied; None leaves them as they are.
        seed: Of the variation.
        progressive: Sides to which the chips of the first epochs are shrunk.
        repeat: How often each chip of a cache is held, by the cache's name; once if not told.
    """

    def __init__(
        self,
        caches: Sequence[ChipCache],
        splits: Sequence[str] | None,
        augmentation: Augmentation | None = None,
        seed: int = 0,
        progressive: Sequence[int] = (),
        repeat: Mapping[str, int] | None = None,
    ) -> None:
        self._caches = caches
        self._progressive = progressive
        self._augmentation = augmentation
        self._seed = seed
        wanted: Sequence[str | None] = [None] if splits is None else splits
        self.items = [
            (number, int(position))
            for number, cache in enumerate(caches)
            for _ in range((repeat or {}).get(cache.name, 1))
            for split in wanted
            for position in cache.select(split)
        ]
        self.labels = self._labels()

    def chips(self, items: Sequence[tuple[int, int]]) -> NDArray[np.uint8]:
        """Returns the chips of some of the items as they are, (n, size, size, 3)."""
        return np.stack([self._caches[number].chips[position] for number, position in items])

    def _labels(self) -> LabelArrays:
        records = [self._caches[number].rows[position].record for number, position in self.items]
        gender = {"male": 0, "female": 1, None: MISSING}
        ethnicity = {name: i for i, name in enumerate(ETHNICITIES)}
        return LabelArrays(
            np.array([r.age_low for r in records], np.int64),
            np.array([r.age_high for r in records], np.int64),
            np.array([gender[r.gender] for r in records], np.int64),
            np.array([ethnicity.get(r.ethnicity or "", MISSING) for r in records], np.int64),
        )

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, key: tuple[int, int]) -> dict[str, Tensor]:
        epoch, index = key
        number, position = self.items[index]
        cache = self._caches[number]
        chip = cache.chips[position]
        if self._augmentation is not None:
            row = cache.rows[position]
            shown = inside(row.matrix, row.width, row.height, cache.size)
            random = np.random.default_rng([self._seed, epoch, index])
            chip = augment(chip, None if shown.all() else shown, self._augmentation, random)
        if epoch < len(self._progressive):
            side = self._progressive[epoch]
            chip = np.asarray(
                cv2.resize(chip, (side, side), interpolation=cv2.INTER_AREA), np.uint8
            )
        return {
            "chips": torch.from_numpy(np.array(chip)).permute(2, 0, 1),
            "age_low": torch.tensor(self.labels.age_low[index]),
            "age_high": torch.tensor(self.labels.age_high[index]),
            "gender": torch.tensor(self.labels.gender[index]),
            "ethnicity": torch.tensor(self.labels.ethnicity[index]),
        }


class EpochBatches(Sampler[list[tuple[int, int]]]):
    """The batches of one epoch in an order drawn from the seed; the last, smaller one is left out.

    Args:
        count: How many pictures there are.
        batch: Pictures in a batch.
        seed: Of the order.
        epoch: Which epoch.
        first: How many batches are skipped, because they were done before an interruption.
    """

    def __init__(self, count: int, batch: int, seed: int, epoch: int, first: int = 0) -> None:
        self._batch = batch
        self._epoch = epoch
        self._first = first
        self._order = np.random.default_rng([seed, epoch]).permutation(count)

    def __len__(self) -> int:
        return len(self._order) // self._batch - self._first

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        for start in range(self._first, len(self._order) // self._batch):
            part = self._order[start * self._batch : (start + 1) * self._batch]
            yield [(self._epoch, int(index)) for index in part]
