"""mien: apparent age and gender presentation of faces, with how sure it is.

>>> from mien import Analyzer
>>> for face in Analyzer().analyze("photo.jpg"):
...     print(face.age.years, face.age.low, face.age.high, face.gender.label)
"""

from __future__ import annotations

import os
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from mien.errors import (
    DataError,
    MienError,
    MissingExtraError,
    ModelError,
    PictureError,
    PictureFormatError,
    PictureNotFoundError,
    PictureTooLargeError,
    RecipeError,
    ServiceError,
    VideoError,
)
from mien.results import AgeEstimate, Box, Detection, Face, GenderEstimate, Quality

if TYPE_CHECKING:
    from mien.analyzer import Analyzer

__all__ = [
    "AgeEstimate",
    "Analyzer",
    "Box",
    "DataError",
    "Detection",
    "Face",
    "GenderEstimate",
    "MienError",
    "MissingExtraError",
    "ModelError",
    "PictureError",
    "PictureFormatError",
    "PictureNotFoundError",
    "PictureTooLargeError",
    "Quality",
    "RecipeError",
    "ServiceError",
    "VideoError",
]

__version__ = version("mien")

# From 1.29 on, ONNX Runtime tells Microsoft about every model that is loaded, and keeps a number of
# the machine in its user's home, unless this is set before it is imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

_LAZY = {"Analyzer": "mien.analyzer"}


def __getattr__(name: str) -> Any:
    """Loads what needs the runtime only when it is asked for."""
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'mien' has no attribute '{name}'")
