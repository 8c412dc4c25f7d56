"""Small pictures inside JSON, as ``data:`` URLs."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def jpeg_url(pixels: NDArray[np.uint8], quality: int) -> str:
    """Returns a picture as the URL of a JPEG.

    Args:
        pixels: RGB, height x width x 3, or grey, height x width.
        quality: Quality of the JPEG, 1..95.
    """
    return _data_url(pixels, "jpeg", quality=quality)


def png_url(pixels: NDArray[np.uint8]) -> str:
    """Returns a picture as the URL of a PNG.

    Args:
        pixels: RGB, height x width x 3, or grey, height x width.
    """
    return _data_url(pixels, "png")


def _data_url(pixels: NDArray[np.uint8], form: str, **options: Any) -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form, **options)
    return f"data:image/{form};base64," + base64.b64encode(file.getvalue()).decode("ascii")
