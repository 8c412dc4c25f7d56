"""From a file, bytes or an array to an upright RGB picture."""

from mien.images.decoding import no_memory
from mien.images.formats import PICTURE_SUFFIXES
from mien.images.picture import LARGE, MAX_PIXELS, Colour, Picture, PictureSource
from mien.images.reading import OpenedPicture, check_size, open_picture, read_picture
from mien.images.system_files import is_system_file

__all__ = [
    "LARGE",
    "MAX_PIXELS",
    "PICTURE_SUFFIXES",
    "Colour",
    "OpenedPicture",
    "Picture",
    "PictureSource",
    "check_size",
    "is_system_file",
    "no_memory",
    "open_picture",
    "read_picture",
]
