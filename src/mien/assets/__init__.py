"""Files that come with mien: the detector, the attribute models, a sample picture."""

import os
from pathlib import Path

from mien.errors import ModelError

_FOLDER = Path(__file__).parent
_MODELS = _FOLDER / "models"

DETECTOR = _FOLDER / "yunet.onnx"
"""Path of YuNet (MIT licence), which ``hatch_build.py`` writes when mien is built."""

ASTRONAUT = _FOLDER / "astronaut.jpg"
"""Path of the sample picture: Eileen Collins, by NASA, in the public domain."""


def bundled_models() -> list[str]:
    """Returns the names of the attribute models that come with mien.

    Example:
        >>> bundled_models()
        ['accurate', 'default', 'open']
    """
    return sorted(path.stem for path in _MODELS.glob("*.onnx"))


def find_model(model: str | Path) -> Path:
    """Finds a model file.

    Args:
        model: Name of a bundled model, or path of a model file.

    Raises:
        ModelError: There is no bundled model and no file of that name.
    """
    bundled = _MODELS / f"{model}.onnx"
    if str(model) in bundled_models():
        return bundled
    path = Path(model)
    if path.is_file():
        if not os.access(path, os.R_OK):
            raise ModelError(
                f"the model file '{path}' cannot be read: you do not have the permission;"
                " ask its owner for it"
            )
        return path
    names = ", ".join(bundled_models())
    raise ModelError(f"there is no model '{model}'; it is neither a file nor one of {names}")
