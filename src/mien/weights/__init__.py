"""The model files that come with mien."""

from pathlib import Path

_FOLDER = Path(__file__).parent

DETECTOR = _FOLDER / "yunet.onnx"
"""YuNet (MIT licence), put here when mien is built; see ``hatch_build.py``."""
