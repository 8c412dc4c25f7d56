"""From a file, bytes or an array to an upright RGB picture."""

from mien.images.decoding import no_memory
from mien.images.formats import PICTURE_SUFFIXES
from mien.images.picture import LARGE, MAX_PIXELS, Colour, Picture, PictureSource
from mien.images.reading import OpenedPicture, check_size, open_picture, read_picture

__all__ = [
    "LARGE",
    "MAX_PIXELS",
    "PICTURE_SUFFIXES",
    "Colour",
    "OpenedPicture",
    "Picture",
    "PictureSource",
    "check_size",
    "no_memory",
    "open_picture",
    "read_picture",
]
