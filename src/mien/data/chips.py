"""The chip cache: a whole data set detected and aligned once, then read at memory speed.

A cache is a folder with

- ``chips.npy``: the chips, uint8 of shape (n, size, size, 3), read through a memory map;
- ``index.csv``: a row for each, with its labels and how it was cut;
- ``cache.json``: the size, the template and the data set.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, fields
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from mien.data.records import Gender, Record
from mien.errors import DataError, PictureError
from mien.faces import MIN_SCORE_CROPPED, central_face, load_detector
from mien.faces.align import Chip, ChipTemplate, chip_matrix, whole_picture_matrix
from mien.faces.warp import Matrix, warp
from mien.images import read_picture

_BATCH = 64  # pictures after which what was done is written down


@dataclass(frozen=True, slots=True)
class CachedChip:
    """One row of a cache's index.

    Attributes:
        record: The labels.
        found: Whether a face was found; if not, the chip shows the whole picture.
        score: The detector's confidence, 0 where no face was found.
        width: Width of the picture in pixels; 0 if it could not be read.
        height: Height of the picture in pixels; 0 if it could not be read.
        matrix: From the picture to the chip, 2 x 3.
        error: Why the picture could not be read, or an empty text.
    """

    record: Record
    found: bool
    score: float
    width: int
    height: int
    matrix: Matrix
    error: str = ""


@dataclass(frozen=True, slots=True)
class ChipCache:
    """A cache opened for reading.

    Attributes:
        name: The data set's name.
        size: Side of the chips in pixels.
        template: Where the landmarks lie in them.
        rows: One for each chip.
        chips: uint8 of shape (n, size, size, 3), memory-mapped.
    """

    name: str
    size: int
    template: ChipTemplate
    rows: list[CachedChip]
    chips: NDArray[np.uint8]

    def select(self, split: str | None) -> NDArray[np.int64]:
        """Returns the positions of the chips of a split (None: of all) that show a found face."""
        return np.array(
            [
                i
                for i, row in enumerate(self.rows)
                if row.found and split in (None, row.record.split)
            ],
            np.int64,
        )


_RECORD_COLUMNS = tuple(f.name for f in fields(Record))
_COLUMNS = (*_RECORD_COLUMNS, "found", "score", "width", "height", "matrix", "error")


def open_cache(folder: Path) -> ChipCache:
    """Opens a finished cache.

    Raises:
        DataError: There is none, or it was not finished.
    """
    try:
        about = json.loads((folder / "cache.json").read_text())
        chips = np.load(folder / "chips.npy", mmap_mode="r")
        rows = list(_read_index(folder / "index.csv"))
    except FileNotFoundError:
        raise DataError(f"there is no chip cache in '{folder}'; make one: mien data chips") from None
    if len(rows) != len(chips):
        raise DataError(
            f"the chip cache '{folder}' holds {len(rows)} of {len(chips)} pictures; "
            "finish it by running mien data chips again"
        )
    template = ChipTemplate.from_dict(about["template"])
    return ChipCache(about["name"], about["size"], template, rows, chips)


def build_cache(
    folder: Path,
    name: str,
    pictures: Path,
    records: Sequence[Record],
    size: int,
    template: ChipTemplate,
    processes: int,
    progress: Callable[[int], None] = lambda done: None,
) -> ChipCache:
    """Makes a cache, or finishes one that was interrupted.

    Args:
        folder: Where the cache shall be.
        name: The data set's name.
        pictures: The folder that the records' paths are relative to.
        records: The pictures.
        size: Side of the chips in pixels.
        template: Where the landmarks shall lie.
        processes: How many processes share the work.
        progress: Called with the number of pictures done.

    Returns:
        The finished cache.

    Raises:
        DataError: The folder holds a cache of something else.
    """
    about = {
        "name": name,
        "size": size,
        "template": template.to_dict(),
        "pictures": len(records),
    }
    folder.mkdir(parents=True, exist_ok=True)
    description = folder / "cache.json"
    if description.exists():
        if json.loads(description.read_text()) != about:
            raise DataError(f"'{folder}' holds a chip cache of something else; choose another")
        done = _drop_torn_row(folder / "index.csv")
        chips = np.lib.format.open_memmap(folder / "chips.npy", mode="r+")
    else:
        chips = np.lib.format.open_memmap(
            folder / "chips.npy", mode="w+", dtype=np.uint8, shape=(len(records), size, size, 3)
        )
        with (folder / "index.csv").open("w", newline="") as file:
            csv.writer(file).writerow(_COLUMNS)
        description.write_text(json.dumps(about, indent=1))
        done = 0
    progress(done)
    work = ((pictures, record, size, template) for record in records[done:])
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_start)
    with pool, (folder / "index.csv").open("a", newline="") as file:
        writer = csv.writer(file)
        while batch := list(islice(work, _BATCH * processes)):
            results = list(pool.map(_cut, batch, chunksize=8))
            for offset, (chip, _) in enumerate(results):
                chips[done + offset] = chip
            chips.flush()
            writer.writerows(_to_row(row) for _, row in results)
            file.flush()
            done += len(results)
            progress(done)
    return open_cache(folder)


def _start() -> None:
    """Loads the detector once in each process."""
    global _detector
    _detector = load_detector(threads=1)


def _cut(work: tuple[Path, Record, int, ChipTemplate]) -> tuple[Chip, CachedChip]:
    pictures, record, size, template = work
    try:
        picture = read_picture(pictures / record.path)
    except PictureError as error:
        nothing = np.zeros((2, 3))
        chip = np.zeros((size, size, 3), np.uint8)
        return chip, CachedChip(record, False, 0.0, 0, 0, nothing, str(error))
    height, width = picture.shape[:2]
    faces = _detector.detect(picture, MIN_SCORE_CROPPED)
    if faces:
        face = central_face(faces, width, height)
        matrix, score = chip_matrix(face.landmarks, size, template), face.score
    else:
        matrix, score = whole_picture_matrix(width, height, size), 0.0
    chip = warp(picture, matrix, size)
    return chip, CachedChip(record, bool(faces), score, width, height, matrix)


def _drop_torn_row(index: Path) -> int:
    """Removes a last row that an interruption cut short; returns how many rows remain."""
    text = index.read_text()
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        index.write_text(whole)
    return whole.count("\n") - 1


def _to_row(row: CachedChip) -> list[Any]:
    labels = ["" if value is None else value for value in asdict(row.record).values()]
    matrix = " ".join(repr(float(value)) for value in row.matrix.ravel())
    return [
        *labels,
        int(row.found),
        f"{row.score:.4f}",
        row.width,
        row.height,
        matrix,
        row.error,
    ]


def _read_index(path: Path) -> Iterator[CachedChip]:
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            record = Record(
                path=row["path"],
                age_low=int(row["age_low"]),
                age_high=int(row["age_high"]),
                gender=cast("Gender | None", row["gender"] or None),
                ethnicity=row["ethnicity"] or None,
                race=row["race"],
                group=int(row["group"]) if row["group"] else None,
                split=row["split"],
            )
            yield CachedChip(
                record,
                row["found"] == "1",
                float(row["score"]),
                int(row["width"]),
                int(row["height"]),
                np.array([float(value) for value in row["matrix"].split()]).reshape(2, 3),
                row["error"],
            )
