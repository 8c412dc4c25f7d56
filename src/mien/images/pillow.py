"""The files of images that Pillow has opened but not decoded."""

from __future__ import annotations

from PIL import Image, ImageFile

from mien.errors import PictureError, PictureUnsupportedError
from mien.images.formats import find_format


def opened_file(image: Image.Image) -> bytes | None:
    """Returns the bytes of an image's file, which Pillow would not decode as mien does.

    None if the image is decoded or changed already, or if its format is not one of mien's.

    Args:
        image: Any image of Pillow.

    Raises:
        PictureError: The file is closed.
    """
    if not isinstance(image, ImageFile.ImageFile) or image.tell() != 0:
        return None
    file = image.fp
    if not (image.tile or (image.format == "HEIF" and file is not None)):  # HEIF has no tiles
        return None
    if file is None or getattr(file, "closed", False):
        raise PictureError("the file of the PIL image is closed; call load() before it is")
    position = file.tell()
    try:
        file.seek(0)
        data = file.read()
    finally:
        file.seek(position)
    try:
        form = find_format(data)
        drafted = form is not None and form.open(data).size != image.size
    except PictureUnsupportedError:  # a plugin of the user's opened it
        return None
    return None if form is None or drafted else data
