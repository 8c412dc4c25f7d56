"""Colour profiles: from the colours of a picture to sRGB, which the models were trained on."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageCms

ToSrgb = Callable[[Image.Image], Image.Image]
"""Turns an image of the mode that the profile is for into RGB."""

_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}
_SAME = 2  # greatest difference, in levels of 255, of a profile that is sRGB in all but name
_LEVELS = (0, 51, 102, 153, 204, 255)


def find_profile(image: Image.Image) -> tuple[str, ToSrgb] | None:
    """Returns the mode that a picture's profile is for and the way from there to sRGB.

    None if there is no profile, if it is broken, if it is for other colours than the picture has,
    or if it is sRGB.

    Args:
        image: Any picture.
    """
    if image.mode == "LAB":
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    elif data := image.info.get("icc_profile"):
        try:
            profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        except (OSError, TypeError):
            return None
    else:
        return None
    mode = _MODES.get(profile.profile.xcolor_space.strip())
    colours = {"L", "RGB"} if image.mode not in ("CMYK", "LAB") else {image.mode}
    if mode not in colours or (mode == "L" and not _is_grey(image)):
        return None
    try:
        transform = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), mode, "RGB")
    except ImageCms.PyCMSError:
        return None
    if mode == "RGB" and _changes_little(transform):
        return None
    return mode, transform.apply


def _is_grey(image: Image.Image) -> bool:
    return image.mode[0] in ("1", "F", "I", "L") and image.mode != "LAB"


def _changes_little(transform: ImageCms.ImageCmsTransform) -> bool:
    colours = np.array(np.meshgrid(_LEVELS, _LEVELS, _LEVELS), np.uint8).reshape(3, 1, -1)
    before = np.ascontiguousarray(colours.transpose(1, 2, 0))
    after = np.asarray(transform.apply(Image.fromarray(before)))
    return int(np.abs(after.astype(int) - before).max()) <= _SAME
