"""Fetching a data set for those who have a network."""

from __future__ import annotations

import shutil
from pathlib import Path

from mien.errors import DataError, MissingExtraError

UTKFACE_ON_KAGGLE = "jangedoo/utkface-new"


def fetch_utkface(folder: Path) -> int:
    """Downloads UTKFace's aligned and cropped pictures from Kaggle.

    Kaggle's copy holds the same pictures several times; only its folder ``UTKFace`` is taken.

    Args:
        folder: Where the pictures go; made if it is missing.

    Returns:
        How many pictures there are now.

    Raises:
        MissingExtraError: The package ``kagglehub`` is not installed.
        DataError: The download failed, or Kaggle's copy is not what it was.
    """
    try:
        import kagglehub
        from kagglehub.exceptions import DataCorruptionError
    except ImportError:
        raise MissingExtraError("Fetching a data set", "train") from None
    try:
        source = Path(kagglehub.dataset_download(UTKFACE_ON_KAGGLE)) / "UTKFace"
    except (OSError, DataCorruptionError) as error:
        raise DataError(
            f"UTKFace could not be fetched from Kaggle ({type(error).__name__}); "
            "try again with a network, or get its pictures elsewhere"
        ) from None
    if not source.is_dir():
        raise DataError(f"the download from Kaggle has no folder 'UTKFace' ({source.parent})")
    shutil.copytree(source, folder, dirs_exist_ok=True)
    return sum(1 for _ in folder.iterdir())
