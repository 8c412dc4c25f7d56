"""mien: apparent age and gender presentation of faces, with how sure it is.

>>> from mien import Analyzer
>>> for face in Analyzer().analyze("photo.jpg"):
...     print("age:", face.age, "gender:", face.gender)
age: ... years (...) gender: ...
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # as that of typing, which the command need not wait for
if TYPE_CHECKING:
    from typing import Any

    from mien.age_check import AgeCheck
    from mien.analyzer import Analyzer
    from mien.assets import bundled_models as models
    from mien.drawing.explanation import draw_sheet
    from mien.drawing.faces import draw_faces
    from mien.errors import (
        DataError,
        DeviceError,
        MienError,
        MissingExtraError,
        ModelError,
        OptionError,
        PictureError,
        PictureFormatError,
        PictureMemoryError,
        PictureNotFoundError,
        PictureTooLargeError,
        PictureUnsupportedError,
        RecipeError,
        ServiceError,
        VideoError,
    )
    from mien.explanation import explain
    from mien.faces import Detector
    from mien.images import read_picture
    from mien.pictures import analyze_pictures
    from mien.results import (
        AgeDecision,
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
    from mien.video.watcher import Watcher, watch

    __version__: str

__all__ = [
    "AgeCheck",
    "AgeDecision",
    "AgeEstimate",
    "Analyzer",
    "Box",
    "DataError",
    "Detection",
    "Detector",
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
    "PictureMemoryError",
    "PictureNotFoundError",
    "PictureResult",
    "PictureTooLargeError",
    "PictureUnsupportedError",
    "Quality",
    "RecipeError",
    "ServiceError",
    "TrackedFace",
    "VideoError",
    "Watcher",
    "analyze_pictures",
    "draw_faces",
    "draw_sheet",
    "explain",
    "models",
    "read_picture",
    "watch",
]

# From 1.29 on, ONNX Runtime tells Microsoft about every model that is loaded, and keeps a number of
# the machine in its user's home, unless this is set before it is imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

_MODULES = {
    "AgeCheck": "mien.age_check",
    "Analyzer": "mien.analyzer",
    "Detector": "mien.faces",
    "Watcher": "mien.video.watcher",
    "analyze_pictures": "mien.pictures",
    "draw_faces": "mien.drawing.faces",
    "draw_sheet": "mien.drawing.explanation",
    "explain": "mien.explanation",
    "models": "mien.assets",
    "read_picture": "mien.images",
    "watch": "mien.video.watcher",
}
"""Modules of the names that are neither of :mod:`mien.results` nor errors."""


def __getattr__(name: str) -> Any:
    """Loads a public name when it is first asked for, so that the command starts at once."""
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("mien")
    elif name in __all__:
        from importlib import import_module

        vocabulary = "mien.errors" if name.endswith("Error") else "mien.results"
        module = import_module(_MODULES.get(name, vocabulary))
        value = getattr(module, "bundled_models" if name == "models" else name)
    else:
        raise AttributeError(f"module 'mien' has no attribute '{name}'")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
