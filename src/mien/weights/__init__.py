"""The model files that come with mien."""

from pathlib import Path

from mien.errors import ModelError

_FOLDER = Path(__file__).parent

DETECTOR = _FOLDER / "yunet.onnx"
"""YuNet (MIT licence), put here when mien is built; see ``hatch_build.py``."""


def bundled_models() -> list[str]:
    """Returns the names of the attribute models that come with mien."""
    return sorted(path.stem for path in _FOLDER.glob("*.onnx") if path != DETECTOR)


def find_model(model: str | Path) -> Path:
    """Finds a model by its bundled name or its path.

    Raises:
        ModelError: There is none.
    """
    bundled = _FOLDER / f"{model}.onnx"
    if str(model) in bundled_models():
        return bundled
    path = Path(model)
    if path.is_file():
        return path
    names = ", ".join(bundled_models())
    raise ModelError(f"there is no model '{model}': neither a file nor one of {names}")
