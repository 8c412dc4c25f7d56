"""mien: apparent age and gender presentation of faces, with how sure it is.

>>> from mien import Analyzer
>>> for face in Analyzer().analyze("photo.jpg"):
...     print("age:", face.age, "gender:", face.gender)
age: ... years (...) gender: ...
"""

from __future__ import annotations

import os
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from mien.errors import (
    DataError,
    DeviceError,
    MienError,
    MissingExtraError,
    ModelError,
    OptionError,
    PictureError,
    PictureFormatError,
    PictureNotFoundError,
    PictureTooLargeError,
    RecipeError,
    ServiceError,
    VideoError,
)
from mien.results import (
    AgeEstimate,
    Box,
    Detection,
    Face,
    GenderEstimate,
    LabelEstimate,
    PictureResult,
    Quality,
    TrackedFace,
)

if TYPE_CHECKING:
    from mien.analyzer import Analyzer
    from mien.assets import bundled_models as models
    from mien.drawing.faces import draw_faces
    from mien.explanation import explain
    from mien.images import read_picture
    from mien.pictures import analyze_pictures
    from mien.video.watcher import Watcher, watch

__all__ = [
    "AgeEstimate",
    "Analyzer",
    "Box",
    "DataError",
    "Detection",
    "DeviceError",
    "Face",
    "GenderEstimate",
    "LabelEstimate",
    "MienError",
    "MissingExtraError",
    "ModelError",
    "OptionError",
    "PictureError",
    "PictureFormatError",
    "PictureNotFoundError",
    "PictureResult",
    "PictureTooLargeError",
    "Quality",
    "RecipeError",
    "ServiceError",
    "TrackedFace",
    "VideoError",
    "Watcher",
    "analyze_pictures",
    "draw_faces",
    "explain",
    "models",
    "read_picture",
    "watch",
]

__version__ = version("mien")

# From 1.29 on, ONNX Runtime tells Microsoft about every model that is loaded, and keeps a number of
# the machine in its user's home, unless this is set before it is imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

_LAZY = {
    "Analyzer": ("mien.analyzer", "Analyzer"),
    "Watcher": ("mien.video.watcher", "Watcher"),
    "analyze_pictures": ("mien.pictures", "analyze_pictures"),
    "draw_faces": ("mien.drawing.faces", "draw_faces"),
    "explain": ("mien.explanation", "explain"),
    "models": ("mien.assets", "bundled_models"),
    "read_picture": ("mien.images", "read_picture"),
    "watch": ("mien.video.watcher", "watch"),
}
"""What needs the runtime or an image library, and is loaded when it is first asked for."""


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        module, attribute = _LAZY[name]
        value = getattr(import_module(module), attribute)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'mien' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
