"""Names of files that hold labels: UTKFace, All-Age-Faces, CelebA."""

from __future__ import annotations

import contextlib
import os

from hypothesis import strategies as st

from fuzz.folders import empty_folder
from mien.datasets import readers
from mien.errors import DataError

_PIECES = st.sampled_from(
    (
        *("1", "31", "120", "999", "_", "_0", "_1", "_4", "_20170109150557335", ".jpg", ".chip"),
        *("00001A23", "99999A99", "A", ".", "..", " ", "female", "male", "Train", "٣", "²", "é"),
        *("\udce9", "x" * 100, "\n", ".pg", ".PNG"),
    )
)
_NAME = st.lists(_PIECES | st.text(max_size=3), min_size=1, max_size=7).map("".join)

INPUTS = st.lists(_NAME, min_size=1, max_size=4).map(
    lambda names: "\0".join(names).encode("utf-8", "surrogateescape")
)


def run(data: bytes) -> None:
    """Reads a folder with files of these names, between null bytes."""
    folder = empty_folder("named")
    for name in data.decode("utf-8", "surrogateescape").split("\0"):
        parts = [part for part in name.split("/") if part not in ("", ".", "..")]
        if parts and all(len(os.fsencode(part)) <= 255 for part in parts):
            path = folder.joinpath(*parts)
            if not path.exists() and not any(parent.is_file() for parent in path.parents):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
    for read in (readers.read_utkface, readers.read_aaf, readers.read_celeba):
        with contextlib.suppress(DataError):
            for record in read(folder).records:
                assert 0 <= record.age_low <= record.age_high <= readers.OLDEST
                record.path.encode()
