"""The types and limits of pictures."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture: TypeAlias = NDArray[np.uint8]
"""An upright picture: RGB, uint8, height x width x 3."""

PictureSource: TypeAlias = "str | Path | bytes | BinaryIO | Image.Image | NDArray[np.uint8]"
"""A path, the bytes of a file, an open file, a Pillow image, or an array."""

Colour: TypeAlias = Literal["rgb", "bgr"]
"""Order of an array's channels."""

MAX_PIXELS = 200_000_000
"""Maximum number of pixels of a picture by default: phones have 12, 50, 108 and 200 megapixels."""

LARGE = 25_000_000
"""Number of pixels above which pictures are decoded one after another."""
