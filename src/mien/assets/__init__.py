"""What comes with mien: the detector, the attribute models, a picture to try."""

from pathlib import Path

from mien.errors import ModelError

_FOLDER = Path(__file__).parent
_MODELS = _FOLDER / "models"

DETECTOR = _FOLDER / "yunet.onnx"
"""YuNet (MIT licence), put here when mien is built; see ``hatch_build.py``."""

ASTRONAUT = _FOLDER / "astronaut.jpg"
"""Eileen Collins, by NASA; in the public domain."""


def bundled_models() -> list[str]:
    """Returns the names of the attribute models that come with mien.

    Example:
        >>> bundled_models()
        ['accurate', 'default', 'open']
    """
    return sorted(path.stem for path in _MODELS.glob("*.onnx"))


def find_model(model: str | Path) -> Path:
    """Finds a model by its bundled name or its path.

    Raises:
        ModelError: There is none.
    """
    bundled = _MODELS / f"{model}.onnx"
    if str(model) in bundled_models():
        return bundled
    path = Path(model)
    if path.is_file():
        return path
    names = ", ".join(bundled_models())
    raise ModelError(f"there is no model '{model}': neither a file nor one of {names}")
