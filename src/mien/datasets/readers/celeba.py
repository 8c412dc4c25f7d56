"""The labels of CelebA, in the names of the folders of its pictures."""

from __future__ import annotations

from pathlib import Path

from mien.datasets.readers.cells import parse_gender
from mien.datasets.readers.files import pictures_in
from mien.datasets.readers.labels import Labels, usable_labels
from mien.datasets.records import ANY_AGE, Record

_SPLITS = {"Train": "train", "Validation": "val", "Test": "test"}


def read_celeba(folder: Path) -> Labels:
    """Reads crops of CelebA that are in folders named ``female`` and ``male``, without ages.

    If the folder above is named ``Train``, ``Validation`` or ``Test``, it is the split.

    Args:
        folder: Folder of the pictures, which is searched recursively.

    Raises:
        DataError: There is no such folder, or no picture in it is in such a folder.
    """
    paths, problems = pictures_in(folder)
    records = []
    for path in paths:
        parents = path.split("/")[:-1]
        gender = parse_gender(parents[-1]) if parents else None
        if gender is None:
            problems.append((path, "not in a folder named female or male"))
            continue
        split = _SPLITS.get(parents[-2], "") if len(parents) > 1 else ""
        records.append(Record(path, *ANY_AGE, gender, split=split))
    return usable_labels(records, problems, folder)
