"""The errors of mien.

::

    MienError
    ├── PictureError            a picture cannot be used
    │   ├── PictureNotFoundError    there is no such file
    │   ├── PictureFormatError      not a picture, or a damaged one
    │   │   └── PictureUnsupportedError    a format that mien does not read
    │   ├── PictureMemoryError      not enough memory for the picture
    │   └── PictureTooLargeError    more pixels than allowed
    ├── VideoError              a camera, video or stream cannot be used
    ├── ModelError              a model file cannot be used
    ├── DeviceError             the wanted device cannot be used
    ├── OptionError             an argument is out of its range
    ├── DataError               a data set, label file or cache cannot be used
    ├── RecipeError             a training recipe cannot be used
    ├── ServiceError            the web service cannot be started
    └── MissingExtraError       an optional dependency is not installed

Each message is one sentence that names the problem and what to do.
"""

from __future__ import annotations


class MienError(Exception):
    """Base class of all errors of mien."""


class PictureError(MienError):
    """A picture cannot be used."""


class PictureNotFoundError(PictureError, FileNotFoundError):
    """There is no such picture file."""


class PictureFormatError(PictureError):
    """The file or the array is not a picture that can be read, or it is damaged."""


class PictureUnsupportedError(PictureFormatError):
    """The picture has a format, or a kind of pixels, that mien does not read."""


class PictureMemoryError(PictureError, MemoryError):
    """There is not enough memory for the picture."""


class PictureTooLargeError(PictureError):
    """The picture has more pixels than allowed."""


class VideoError(MienError):
    """A camera, video or stream cannot be used."""


class ModelError(MienError):
    """A model file cannot be used."""


class DeviceError(MienError):
    """The wanted device cannot be used."""


class OptionError(MienError, ValueError):
    """An argument is out of its range."""


class DataError(MienError):
    """A data set, label file or cache cannot be used."""


class RecipeError(MienError):
    """A training recipe cannot be used."""


class ServiceError(MienError):
    """The web service cannot be started."""


class MissingExtraError(MienError, ImportError):
    """An optional dependency is not installed.

    Args:
        feature: Feature that needs the dependency, as the subject of a sentence ("Training").
        extra: Name of the package's extra that installs it ("train").
        otherwise: End of the sentence with another way; empty if there is none.
    """

    def __init__(self, feature: str, extra: str, otherwise: str = "") -> None:
        super().__init__(
            f"{feature} needs packages that are not installed; "
            f"install them with: pip install 'mien[{extra}]'{otherwise}"
        )
