"""Download of a data set."""

from __future__ import annotations

import shutil
from pathlib import Path

from mien.errors import DataError, MissingExtraError

UTKFACE_ON_KAGGLE = "jangedoo/utkface-new"


def fetch_utkface(folder: Path) -> int:
    """Downloads UTKFace's aligned and cropped pictures from Kaggle.

    The copy on Kaggle has the same pictures several times; only its folder ``UTKFace`` is used.

    Args:
        folder: Folder for the pictures; it is made if it is missing.

    Returns:
        The number of files in the folder.

    Raises:
        MissingExtraError: The package ``kagglehub`` is not installed.
        DataError: The download failed, or has no folder ``UTKFace``.
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
            f"UTKFace could not be fetched from Kaggle ({type(error).__name__});"
            " check the network, or get its pictures elsewhere"
        ) from None
    if not source.is_dir():
        raise DataError(
            f"the download from Kaggle in '{source.parent}' has no folder 'UTKFace';"
            " get the pictures elsewhere"
        )
    shutil.copytree(source, folder, dirs_exist_ok=True)
    return sum(1 for _ in folder.iterdir())
