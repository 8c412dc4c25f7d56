"""The labels of All-Age-Faces, in the names of its pictures."""

from __future__ import annotations

import re
from pathlib import Path

from mien.datasets.readers.files import pictures_in
from mien.datasets.readers.labels import Labels, usable_labels
from mien.datasets.records import Gender, Record

_NAME = re.compile(r"(\d{5})A(\d{2})\.jpg")
_LAST_FEMALE = 7380


def read_aaf(folder: Path) -> Labels:
    """Reads the labels of All-Age-Faces from its file names, ``NNNNNAaa.jpg``.

    The age is ``aa``. Pictures with serial numbers up to 07380 are of females, the others of males
    (Cheng et al., "Exploiting Effective Facial Patches for Robust Gender Recognition", 2019).

    Args:
        folder: Folder of the original pictures, which is searched recursively.

    Raises:
        DataError: There is no such folder, or no picture in it has such a name.
    """
    paths, problems = pictures_in(folder)
    records = []
    for path in paths:
        match = _NAME.fullmatch(path.rsplit("/", 1)[-1])
        if match is None:
            problems.append((path, "not a name of All-Age-Faces"))
            continue
        gender: Gender = "female" if int(match[1]) <= _LAST_FEMALE else "male"
        records.append(Record(path, int(match[2]), int(match[2]), gender))
    return usable_labels(records, problems, folder)
