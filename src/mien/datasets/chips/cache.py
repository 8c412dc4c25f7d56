"""The chip cache: the faces of a data set are detected and aligned once, then read from disk.

A cache is a folder with

- ``chips.npy``: the chips, RGB, uint8, (n, size, size, 3), which are memory-mapped;
- ``index.csv``: a row for each chip with its labels and its transformation;
- ``problems.csv``: the problems of the labels;
- ``cache.json``: the name of the data set, the size and the template.
"""

from __future__ import annotations

import csv
import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mien.datasets.chips.index import (
    CachedChip,
    Problem,
    read_index,
    read_problems,
    to_row,
    write_index,
    write_problems,
    write_whole,
)
from mien.datasets.records import Record
from mien.datasets.splits import part_of
from mien.errors import DataError, PictureError
from mien.faces import Detector, YuNet, align_faces, select_faces
from mien.faces.align import Chip, ChipTemplate
from mien.images import MAX_PIXELS, check_size, open_picture

__all__ = ["FILES", "CachedChip", "ChipCache", "build_cache", "common_template", "open_cache"]

FILES = ("cache.json", "chips.npy", "index.csv", "problems.csv")
"""Names of the files of a cache."""

_DAMAGED = (
    *(ValueError, LookupError, TypeError, AttributeError),
    *(ArithmeticError, EOFError, RecursionError),
)
_BATCH = 64  # pictures of each process; their chips and rows are written together
_detector: Detector  # each process that cuts chips has its own


@dataclass(frozen=True, slots=True)
class ChipCache:
    """A cache opened for reading.

    Attributes:
        name: Name of the data set.
        size: Side of the chips in pixels.
        template: Template that the chips were cut by.
        rows: The rows of the index, one for each chip.
        chips: The chips, RGB, uint8, (n, size, size, 3), memory-mapped.
        problems: The problems of the labels.
    """

    name: str
    size: int
    template: ChipTemplate
    rows: list[CachedChip]
    chips: NDArray[np.uint8]
    problems: list[Problem] = field(default_factory=list)

    def select(self, split: str | None) -> NDArray[np.int64]:
        """Returns the indexes of the chips of a part in which a face was found, int64, (m,).

        Args:
            split: Name of a split, or ``calibration``, see :func:`mien.datasets.splits.part_of`;
                None for all chips.
        """
        return np.array(
            [
                i
                for i, row in enumerate(self.rows)
                if row.found and split in (None, part_of(row.record))
            ],
            np.int64,
        )


def open_cache(folder: Path) -> ChipCache:
    """Opens a finished cache.

    Args:
        folder: Folder of the cache.

    Raises:
        DataError: There is no cache in the folder, or it is damaged or was not finished.
    """
    with _reading(folder):
        about = json.loads((folder / "cache.json").read_text(encoding="utf-8"))
        name, size = str(about["name"]), int(about["size"])
        template = ChipTemplate.from_dict(about["template"])
        rows = read_index(folder / "index.csv")
        problems = read_problems(folder / "problems.csv")
        chips = np.load(folder / "chips.npy", mmap_mode="r")
        if not (chips.dtype == np.uint8 and chips.shape == (len(chips), size, size, 3)):
            raise ValueError(f"its chips have the type {chips.dtype} and the shape {chips.shape}")
    if len(rows) != len(chips):
        raise DataError(
            f"the chip cache '{folder}' holds {len(rows)} of {len(chips)} pictures;"
            " finish it with the same command: mien data chips"
        )
    return ChipCache(name, size, template, rows, chips, problems)


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    """Within it, what cannot be read of a cache is said in a sentence."""
    try:
        yield
    except FileNotFoundError:
        raise DataError(
            f"there is no chip cache in '{folder}'; make one: mien data chips"
        ) from None
    except OSError as error:
        raise DataError(
            f"the chip cache '{folder}' cannot be read: {error.strerror or error}"
        ) from None
    except _DAMAGED as error:
        raise DataError(
            f"the chip cache '{folder}' is damaged: {error}; delete it and make it again"
        ) from None


def common_template(caches: Sequence[ChipCache]) -> ChipTemplate:
    """Returns the template that the chips of all caches were cut by.

    Args:
        caches: The caches, at least one.

    Raises:
        DataError: The chips were cut by several templates. Such chips cannot be compared, and a
            model takes the chips of one template.
    """
    first = caches[0]
    for cache in caches[1:]:
        if cache.template != first.template:
            raise DataError(
                f"the chips of '{first.name}' and '{cache.name}' were cut by different templates;"
                " make both with the same crop scale: mien data chips --crop-scale"
            )
    return first.template


def build_cache(
    folder: Path,
    name: str,
    pictures: Path,
    records: Sequence[Record],
    size: int,
    template: ChipTemplate,
    processes: int,
    progress: Callable[[int], None] = lambda done: None,
    problems: Sequence[Problem] = (),
) -> ChipCache:
    """Makes a cache, or finishes one that was interrupted.

    The chips that an earlier run cut are kept and get the new labels. A finished cache can thus get
    other labels, for example splits, in a short time.

    Args:
        folder: Folder of the cache; it is made if it is missing.
        name: Name of the data set.
        pictures: Folder that the paths of the records are relative to.
        records: Records of the pictures, at least one.
        size: Side of the chips in pixels.
        template: Template to cut the chips by.
        processes: Number of processes, at least 1.
        progress: Function that is called with the number of finished pictures.
        problems: Problems of the labels, for an audit.

    Returns:
        The finished cache.

    Raises:
        DataError: There is no picture, or the folder holds a cache of other pictures or chips, or
            files with the names of a cache's that are of no cache.
    """
    if not records:
        raise DataError("there is no picture to make chips of; give at least one")
    about = {
        "name": name,
        "size": size,
        "template": template.to_dict(),
        "pictures": len(records),
    }
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / "index.csv"
    rows: list[CachedChip] = []
    if (folder / "cache.json").exists():
        rows = _done_before(folder, about, records)
        chips = np.lib.format.open_memmap(folder / "chips.npy", mode="r+")
    else:
        _refuse_files_of_no_cache(folder)
        chips = np.lib.format.open_memmap(
            folder / "chips.npy", mode="w+", dtype=np.uint8, shape=(len(records), size, size, 3)
        )
    write_index(index, rows)
    write_problems(folder / "problems.csv", problems)
    write_whole(folder / "cache.json", json.dumps(about, indent=1))
    done = len(rows)
    progress(done)
    work = ((pictures, record, size, template) for record in records[done:])
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_start)
    with pool, index.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        while batch := list(islice(work, _BATCH * processes)):
            results = list(pool.map(_cut, batch, chunksize=8))
            for offset, (chip, _) in enumerate(results):
                chips[done + offset] = chip
            chips.flush()
            writer.writerows(to_row(row) for _, row in results)
            file.flush()
            done += len(results)
            progress(done)
    return open_cache(folder)


def _refuse_files_of_no_cache(folder: Path) -> None:
    """Keeps a user's own files, such as labels in an ``index.csv``, from being written over."""
    for name in FILES:
        if (folder / name).exists():
            raise DataError(
                f"'{folder / name}' is of no chip cache and is not written over; choose another"
                " folder, or delete it"
            )


def _start() -> None:
    """Prepares a process: it loads the detector, ignores Ctrl-C and ends with its parent."""
    global _detector
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    _detector = YuNet(threads=1)


def _end_with_parent() -> None:
    """Ends this process when its parent ends; otherwise it would outlive a killed parent."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _cut(work: tuple[Path, Record, int, ChipTemplate]) -> tuple[Chip, CachedChip]:
    pictures, record, size, template = work
    try:
        opened = open_picture(pictures / record.path)
        check_size(opened, MAX_PIXELS)
        picture = opened.decode()
    except PictureError as error:
        nothing = np.zeros((2, 3))
        chip = np.zeros((size, size, 3), np.uint8)
        return chip, CachedChip(record, False, 0.0, 0, 0, nothing, str(error))
    height, width = picture.shape[:2]
    detections = select_faces(_detector, picture, cropped=True)
    (face,) = align_faces(_detector, picture, detections, size, template)
    score = face.detection.score
    return face.chip, CachedChip(record, score > 0, score, width, height, face.matrix)


def _done_before(
    folder: Path, about: dict[str, Any], records: Sequence[Record]
) -> list[CachedChip]:
    """Returns the rows that an earlier run wrote, with the new labels."""
    with _reading(folder):
        rows = read_index(folder / "index.csv")
        same = json.loads((folder / "cache.json").read_text(encoding="utf-8")) == about
    paths = [record.path for record in records[: len(rows)]]
    if not same or [row.record.path for row in rows] != paths:
        raise DataError(
            f"'{folder}' holds a chip cache of other pictures or chips; choose another folder"
        )
    return [replace(row, record=record) for row, record in zip(rows, records, strict=False)]
